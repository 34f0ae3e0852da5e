#include "replay/commands/status.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "common/config/units.hpp"
#include "common/model/topics.hpp"
#include "consumer/merge/overview.hpp"
#include "replay/log_lag.hpp"

namespace entstream::replay::commands {

using runtime::ExitCode;

namespace {

constexpr int shown_runs = 5;

struct StatusOptions {
    bool json = false;
    std::string max_age = "5m";
};

/// What waits: the name in JSON, and words for people.
constexpr std::array<std::pair<const char*, const char*>, 10> what_waits = {{
    {"held", "removals held by the guard (held shows them)"},
    {"parked_users", "users parked: somebody else has their username"},
    {"parked_cohorts", "cohorts parked: for their idnumber, their course category or an approval"},
    {"misplaced_cohorts", "cohorts that are not in their course category, which Moodle lacks"},
    {"unmapped", "entries that cannot be mapped in full"},
    {"refused", "records that the database refuses"},
    {"unresolved_roles", "role objects whose role or place Moodle lacks"},
    {"role_candidates", "role assignments of other components, to be adopted by approval"},
    {"profile_values", "values of profile fields that Moodle does not take"},
    {"gone_in_moodle", "accounts and cohorts deleted in Moodle by hand"},
}};

std::string text_at(const nlohmann::json& object, const char* key, const std::string& otherwise) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) {
        return otherwise;
    }
    return found->is_string() ? found->get<std::string>() : found->dump();
}

std::int64_t number_at(const nlohmann::json& object, const char* key) {
    const auto found = object.find(key);
    return found == object.end() || !found->is_number() ? 0 : found->get<std::int64_t>();
}

std::string age_text(std::int64_t seconds) {
    if (seconds < 120) {
        return fmt::format("{} s", seconds);
    }
    if (seconds < 7200) {
        return fmt::format("{} min", seconds / 60);
    }
    return seconds < 172800 ? fmt::format("{} h", seconds / 3600) : fmt::format("{} days", seconds / 86400);
}

nlohmann::json state_of_source(const consumer::ConsumerConfig& config, consumer::merge::Overview& overview,
                               const std::string& source) {
    nlohmann::json state =
        overview.has_schema() ? nlohmann::json::parse(overview.source(source)) : nlohmann::json{{"source", source}};
    const std::string topic = Topics::of(config.kafka.topic_prefix, source).changes;
    const LogLag lag = log_lag(config.kafka, topic, number_at(state, "next_offset"));
    if (lag.problem.empty()) {
        state["log_end"] = lag.end;
        state["behind"] = lag.behind;
    } else {
        state["log_problem"] = lag.problem;
        state["log_reachable"] = lag.is_reachable;
    }
    return state;
}

/// What is not as it should be, in the words of the operator, and the status that says so: the first one of the list
/// that applies.
struct Verdict {
    ExitCode code = ExitCode::ok;
    std::vector<std::string> findings;

    void add(ExitCode of_finding, std::string words) {
        constexpr std::array<ExitCode, 5> order = {ExitCode::unavailable, ExitCode::refused, ExitCode::incomplete,
                                                   ExitCode::held, ExitCode::differences};
        const auto* const now = std::find(order.begin(), order.end(), code);
        const auto* const then = std::find(order.begin(), order.end(), of_finding);
        code = std::min(now, then) == order.end() ? code : *std::min(now, then);
        findings.push_back(std::move(words));
    }
};

/// What an operator said when he paused something; nothing: it is not paused.
void judge_pause(const nlohmann::json& object, const std::string& what, Verdict& verdict) {
    const nlohmann::json pause = object.value("paused", nlohmann::json());
    if (!pause.is_null()) {
        const std::string why = text_at(pause, "why", "");
        verdict.add(ExitCode::refused, fmt::format("{} paused since {} by {}{}{}", what, text_at(pause, "since", ""),
                                                   text_at(pause, "by", ""), why.empty() ? "" : ": ", why));
    }
}

void judge_source(const nlohmann::json& source, std::chrono::seconds max_age, Verdict& verdict) {
    const std::string name = source.at("source");
    judge_pause(source, "source " + name + " is", verdict);
    if (source.contains("log_problem")) {
        verdict.add(source.at("log_reachable").get<bool>() ? ExitCode::refused : ExitCode::unavailable,
                    fmt::format("source {}: {}", name, source.at("log_problem").get<std::string>()));
    }
    const nlohmann::json watermark_age = source.value("watermark_age", nlohmann::json());
    if (watermark_age.is_null()) {
        verdict.add(ExitCode::incomplete, fmt::format("source {}: the directory was not read to its end yet", name));
    } else if (watermark_age.get<std::int64_t>() > max_age.count()) {
        verdict.add(ExitCode::refused,
                    fmt::format("source {}: Moodle has what the directory said {} ago: more than --max-age allows",
                                name, age_text(watermark_age.get<std::int64_t>())));
    }
    if (const std::int64_t held = number_at(source, "held"); held > 0) {
        verdict.add(ExitCode::held, fmt::format("source {}: {} removals are held", name, held));
    }
}

/// The last comparison of directory, log and Moodle: whether it found something, or came to no result.
void judge_verification(const nlohmann::json& target, Verdict& verdict) {
    const nlohmann::json failed = target.value("verification_without_result", nlohmann::json());
    // Whoever stopped it knows that.
    if (!failed.is_null() && text_at(failed, "outcome", "") != "stopped") {
        verdict.add(
            ExitCode::refused,
            fmt::format("the last verification ({}, {} ago, by {}) {}: it says nothing",
                        text_at(failed, "compared", ""), age_text(number_at(failed, "age")), text_at(failed, "by", ""),
                        text_at(failed, "outcome", "") == "too long" ? "took too long and was given up"
                                                                     : "failed; its log says why"));
    }
    const nlohmann::json found = target.value("verification", nlohmann::json());
    if (found.is_null()) {
        return;
    }
    std::int64_t objects = 0;
    for (const nlohmann::json& difference : found.value("differences", nlohmann::json::array())) {
        objects += number_at(difference, "objects");
    }
    if (objects > 0) {
        verdict.add(ExitCode::differences,
                    fmt::format("the {} ({}, {} ago) found {} differences",
                                failed.is_null() ? "last verification" : "verification before it",
                                text_at(found, "compared", ""), age_text(number_at(found, "age")), objects));
    }
}

Verdict judge(const nlohmann::json& target, const nlohmann::json& sources, std::chrono::seconds max_age) {
    Verdict verdict;
    if (!target.value("serves", false)) {
        verdict.add(ExitCode::refused, "no entstream-consumer serves this Moodle");
    }
    judge_pause(target, "all sources are", verdict);
    for (const nlohmann::json& source : sources) {
        judge_source(source, max_age, verdict);
    }
    judge_verification(target, verdict);
    return verdict;
}

void print_source(const nlohmann::json& source, std::ostream& out) {
    fmt::print(out, "\nsource {}\n", source.at("source").get<std::string>());
    if (source.contains("behind")) {
        fmt::print(out, "  log         applied up to offset {}, {}\n", number_at(source, "next_offset"),
                   number_at(source, "behind") == 0 ? "which is its end"
                                                    : fmt::format("{} behind its end ({})", number_at(source, "behind"),
                                                                  number_at(source, "log_end")));
    } else {
        fmt::print(out, "  log         {}\n", text_at(source, "log_problem", ""));
    }
    const nlohmann::json age = source.value("watermark_age", nlohmann::json());
    fmt::print(out, "  directory   {}\n",
               age.is_null() ? "not read to its end yet"
                             : fmt::format("as it was {} ago, at {}", age_text(age.get<std::int64_t>()),
                                           text_at(source, "watermark", "")));
    if (!source.value("rebuild_begun_at", nlohmann::json()).is_null()) {
        fmt::print(out, "  rebuild     going on since {}\n", text_at(source, "rebuild_begun_at", ""));
    }
    fmt::print(out, "  in Moodle   {} users, {} cohorts, {} role objects\n", number_at(source, "users"),
               number_at(source, "cohorts"), number_at(source, "role_objects"));
    bool anything = false;
    for (const auto& [key, words] : what_waits) {
        if (const std::int64_t count = number_at(source, key); count > 0) {
            fmt::print(out, "  {}{} {}\n", std::exchange(anything, true) ? "            " : "waiting     ", count,
                       words);
        }
    }
}

/// The last comparison, and, where it came to no result, the last one that did.
void print_verification(const nlohmann::json& target, std::ostream& out) {
    if (const nlohmann::json failed = target.value("verification_without_result", nlohmann::json());
        !failed.is_null()) {
        fmt::print(out, "\nverifying   {} ago: {}: {}: nothing can be said\n", age_text(number_at(failed, "age")),
                   text_at(failed, "compared", ""), text_at(failed, "outcome", ""));
    }
    const nlohmann::json found = target.value("verification", nlohmann::json());
    if (found.is_null()) {
        return;
    }
    fmt::print(out, "\nverified    {} ago: {}: {}\n", age_text(number_at(found, "age")), text_at(found, "compared", ""),
               text_at(found, "outcome", ""));
    for (const nlohmann::json& difference : found.value("differences", nlohmann::json::array())) {
        fmt::print(out, "  {:>10}  {} {} ({}, source {})\n", number_at(difference, "objects"),
                   text_at(difference, "entity", ""), text_at(difference, "kind", ""),
                   text_at(difference, "between", "") == "log_moodle" ? "in Moodle" : "on the log",
                   text_at(difference, "source", ""));
    }
}

void print_runs(const nlohmann::json& runs, std::ostream& out) {
    for (const nlohmann::json& run : runs) {
        const std::string options = text_at(run, "options", "");
        fmt::print(out, "\nrun {}: {}{} of {}", text_at(run, "id", ""), text_at(run, "kind", ""),
                   options.empty() ? "" : " " + options, text_at(run, "planned_at", ""));
        for (const auto& [key, words] :
             {std::pair("approved_at", ", approved "), std::pair("ended_at", ", ended "), std::pair("outcome", ": ")}) {
            const std::string value = text_at(run, key, "");
            fmt::print(out, "{}{}", value.empty() ? "" : words, value);
        }
        fmt::print(out, "\n");
        for (const nlohmann::json& total : run.value("totals", nlohmann::json::array())) {
            fmt::print(out, "  {:>10}  {} {}{}\n", number_at(total, "objects"), text_at(total, "entity", ""),
                       text_at(total, "action", ""),
                       total.contains("reason") ? ": " + text_at(total, "reason", "") : "");
        }
    }
}

void print_table(const consumer::ConsumerConfig& config, const nlohmann::json& target, const nlohmann::json& sources,
                 const Verdict& verdict, std::ostream& out) {
    fmt::print(out, "{}\n", consumer::merge::describe(config.database));
    if (target.empty()) {
        fmt::print(out, "  entstream has applied nothing to this Moodle yet\n");
    } else if (target.value("serves", false)) {
        fmt::print(out, "  served by {} (target {}, sources {}), last sign of life {} ago\n",
                   text_at(target, "owner", "?"), text_at(target, "target", "?"), text_at(target, "sources", "?"),
                   age_text(number_at(target, "silent")));
    } else {
        fmt::print(out, "  nobody serves it\n");
    }
    for (const nlohmann::json& source : sources) {
        print_source(source, out);
    }
    print_verification(target, out);
    print_runs(target.value("runs", nlohmann::json::array()), out);
    fmt::print(out, "\n");
    for (const std::string& finding : verdict.findings) {
        fmt::print(out, "! {}\n", finding);
    }
    if (verdict.findings.empty()) {
        fmt::print(out, "all is well\n");
    }
}

ExitCode show_status(const StatusOptions& options, const Context& context) {
    consumer::merge::Overview overview(context.config);
    const nlohmann::json target =
        overview.has_schema() ? nlohmann::json::parse(overview.target(shown_runs)) : nlohmann::json::object();
    nlohmann::json sources = nlohmann::json::array();
    for (const std::string& source : context.config.sources) {
        sources.push_back(state_of_source(context.config, overview, source));
    }
    const auto max_age = std::chrono::floor<std::chrono::seconds>(*config::parse_duration(options.max_age));
    const Verdict verdict = judge(target, sources, max_age);
    if (options.json) {
        fmt::print(context.out, "{}\n",
                   nlohmann::json({{"target", context.config.target},
                                   {"served", target},
                                   {"sources", sources},
                                   {"findings", verdict.findings},
                                   {"status", static_cast<int>(verdict.code)}})
                       .dump());
    } else {
        print_table(context.config, target, sources, verdict, context.out);
    }
    return verdict.code;
}

Described describe_status(CLI::App& command) {
    const auto options = std::make_shared<StatusOptions>();
    command.add_flag("--json", options->json, "One JSON object");
    command
        .add_option("--max-age", options->max_age,
                    "How old what Moodle has may be: the time until which everything the directory said is in")
        ->type_name("DURATION")
        ->capture_default_str()
        ->check([](const std::string& text) {
            return config::parse_duration(text) ? std::string() : "'" + text + "' is no duration like 30s, 5m or 2h";
        });
    return {.run = [options](const Context& context) { return show_status(*options, context); }};
}

}  // namespace

Command status() {
    return {.name = "status",
            .summary = "Show who serves this Moodle, how far each source is behind, and what waits",
            .examples = {{"", "as a table; exit status 0: all is well"},
                         {"--json --max-age 1h", "for scripts and monitoring"}},
            .describe = describe_status};
}

}  // namespace entstream::replay::commands
