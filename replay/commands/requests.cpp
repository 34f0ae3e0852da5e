#include "replay/commands/requests.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "common/model/uuid.hpp"
#include "common/requests/ask.hpp"
#include "common/requests/request.hpp"
#include "consumer/merge/erasure.hpp"
#include "replay/confirm.hpp"

namespace entstream::replay::commands {

using runtime::ExitCode;

namespace {

/// Options of a command that asks a producer.
struct RequestOptions {
    std::string source;
    std::string search;
    std::string entry;
    std::string what;
    bool yes = false;
};

void add_source_option(CLI::App& command, RequestOptions& options) {
    command.add_option("--source", options.source, "Of which source; all sources of the target unless given")
        ->type_name("NAME");
}

std::vector<std::string> chosen_sources(const RequestOptions& options, const consumer::ConsumerConfig& config) {
    if (options.source.empty()) {
        return config.sources;
    }
    if (std::find(config.sources.begin(), config.sources.end(), options.source) == config.sources.end()) {
        throw runtime::ProgramError(ExitCode::usage, fmt::format("the configuration has no source '{}'; it has {}",
                                                                 options.source, fmt::join(config.sources, ", ")));
    }
    return {options.source};
}

/// Asks one source after the other, and prints what each answers.
/// \returns the first status that is not ok
ExitCode ask_sources(const v1::ControlRequest& request, const RequestOptions& options, const Context& context) {
    ExitCode code = ExitCode::ok;
    for (const std::string& source : chosen_sources(options, context.config)) {
        const auto answer =
            requests::ask(context.config.kafka, source, request, context.stop, [&](const v1::ControlAnswer& heard) {
                fmt::print(context.out, "source {}: {}\n", source, requests::describe(heard));
                context.out.flush();
            });
        const ExitCode of_source = requests::exit_code_of(answer);
        code = code == ExitCode::ok ? of_source : code;
    }
    return code;
}

/// \throws runtime::ProgramError  usage
void check_request(const v1::ControlRequest& request) {
    constexpr const char* any_id = "any";
    v1::ControlRequest named = request;
    named.set_request_id(any_id);
    if (const auto refusal = requests::check(named, any_id)) {
        throw runtime::ProgramError(ExitCode::usage, refusal->reason + "; remedy: " + refusal->remedy);
    }
}

/// What an ENTRY is, for help.
constexpr const char* entry_type = "UUID|DN|(FILTER)";

v1::ControlRequest reconcile_request(const RequestOptions& options) {
    std::vector<std::string> words = {"reconcile"};
    if (!options.search.empty()) {
        words.insert(words.end(), {"search", options.search});
    } else if (!options.entry.empty()) {
        words.push_back(options.entry);
    }
    return requests::from_words(words, "reconcile");
}

Described describe_reconcile(CLI::App& command) {
    const auto options = std::make_shared<RequestOptions>();
    auto* entry = command.add_option("entry", options->entry, "Only these entries")->type_name(entry_type);
    command.add_option("--search", options->search, "Only this search of the producer's configuration")
        ->type_name("NAME")
        ->excludes(entry);
    add_source_option(command, *options);
    return {.run = [options](
                       const Context& context) { return ask_sources(reconcile_request(*options), *options, context); },
            .check = [options] { check_request(reconcile_request(*options)); }};
}

Described describe_republish(CLI::App& command) {
    const auto options = std::make_shared<RequestOptions>();
    command.add_option("entry", options->entry, "Which entries")->type_name(entry_type)->required();
    add_source_option(command, *options);
    const auto request = [options] { return requests::from_words({"republish", options->entry}, "republish"); };
    return {.run = [options, request](const Context& context) { return ask_sources(request(), *options, context); },
            .check = [request] { check_request(request()); }};
}

/// What entstream's own tables have of an entry, once the log has nothing of it any more.
ExitCode erase_entry(const Uuid& entry, const consumer::merge::ErasureLook& look, const Context& context) {
    std::int64_t rows = 0;
    for (const auto& [table, count] : consumer::merge::erase(context.config, entry)) {
        if (count > 0) {
            fmt::print(context.out, "entstream.{}: {} rows\n", table, count);
        }
        rows += count;
    }
    fmt::print(context.out, "{} rows of entstream's own tables were about it\n", rows);
    if (look.account) {
        fmt::print(context.out,
                   "Moodle still has the account {}: Site administration, Users, Privacy and policies, Data requests "
                   "deletes what it has of the person\n",
                   *look.account);
    }
    if (look.cohort) {
        fmt::print(context.out, "Moodle still has the cohort {}, which is the administrators' now\n", *look.cohort);
    }
    fmt::print(context.out,
               "dead letters about it, if there are any, go by themselves within 90 days (dlq list --all)\n");
    return ExitCode::ok;
}

ExitCode purge_what(const RequestOptions& options, const Context& context) {
    const auto uuid = Uuid::from_text(options.what);
    consumer::merge::ErasureLook look;
    if (uuid) {
        look = consumer::merge::look_before_erasure(context.config, *uuid);
        if (!look.obstacle.empty()) {
            fmt::print(context.out, "{}: {}\n", options.what, look.obstacle);
            return ExitCode::refused;
        }
        confirm("forget the entry " + options.what + " on the log and in entstream's own tables", options.yes);
    } else {
        confirm("take deletions older than " + options.what + " days out of the log", options.yes);
    }
    const ExitCode of_log = ask_sources(requests::from_words({"purge", options.what}, "purge"), options, context);
    return of_log != ExitCode::ok || !uuid ? of_log : erase_entry(*uuid, look, context);
}

Described describe_purge(CLI::App& command) {
    const auto options = std::make_shared<RequestOptions>();
    command
        .add_option("what", options->what,
                    "Deletions that are older than so many days, or the UUID of an entry that has left")
        ->type_name("DAYS|UUID")
        ->required();
    add_source_option(command, *options);
    command.add_flag("--yes", options->yes, "Do not ask");
    return {.run = [options](const Context& context) { return purge_what(*options, context); },
            .check =
                [options] {
                    check_request(requests::from_words({"purge", options->what}, "purge"));
                }};
}

}  // namespace

Command reconcile() {
    return {.name = "reconcile",
            .summary = "Ask the producer to compare the directory with the log and to publish true differences",
            .examples = {{"", "everything; the stream goes on meanwhile"},
                         {"'uid=edupont,ou=people,dc=ent,dc=example,dc=fr'", "one entry"},
                         {"--search people", "one search"}},
            .describe = describe_reconcile};
}

Command republish() {
    return {.name = "republish",
            .summary = "Ask the producer to publish entries again, changed or not, with their memberships",
            .examples = {{"'(uid=edupont)'", "one person, whom Moodle then has as the directory says"}},
            .describe = describe_republish};
}

Command purge() {
    return {.name = "purge",
            .summary = "Take deletions out of the log: old ones, or all that is known of one entry that has left",
            .examples = {{"30", "deletions older than 30 days"},
                         {"6b360ee8-7ae5-4510-8a1f-4f0954e12e95 --yes",
                          "the right to erasure: log and entstream's own tables forget this entry"}},
            .describe = describe_purge};
}

}  // namespace entstream::replay::commands
