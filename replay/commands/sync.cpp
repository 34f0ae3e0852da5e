#include "replay/commands/sync.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "replay/find_object.hpp"
#include "replay/progress.hpp"
#include "replay/reconciling.hpp"
#include "replay/replay_run.hpp"
#include "replay/run_trace.hpp"
#include "replay/since.hpp"

namespace entstream::replay::commands {

using consumer::merge::CohortLock;
using runtime::ExitCode;
using runtime::ProgramError;

namespace {

const std::vector<std::string> entity_names = {"users", "cohorts", "roles"};

struct Options {
    std::vector<std::string> entities;
    std::string user;
    std::string cohort;
    std::string role;
    bool force = false;
    bool update_only = false;
    bool release_lock = false;
    bool lock = false;
    bool simulate = false;
    std::string since;
    bool no_reconcile = false;
    bool create = false;
    bool json = false;
    bool yes = false;
    TraceOptions trace;
    std::string report;
    std::string save;

    [[nodiscard]] bool names(const std::string& entity) const {
        return std::find(entities.begin(), entities.end(), entity) != entities.end();
    }
    [[nodiscard]] bool is_single() const { return !user.empty() || !cohort.empty() || !role.empty(); }
    [[nodiscard]] bool changes_lock() const { return release_lock || lock; }
};

void check(const Options& options) {
    if (options.entities.empty() && !options.is_single()) {
        throw ProgramError(ExitCode::usage,
                           "sync: say what: users, cohorts, roles, or several of them; or one object by --user, "
                           "--cohort or --role");
    }
    if (!options.since.empty() && !time_from_text(options.since, std::chrono::system_clock::now())) {
        throw ProgramError(ExitCode::usage, "sync: --since " + options.since +
                                                ": give a time (2026-11-26, 2026-11-26T05:00, UTC) or how long ago "
                                                "(90s, 30min, 6h, 2d)");
    }
    if (options.changes_lock() && !options.names("cohorts") && options.cohort.empty()) {
        throw ProgramError(ExitCode::usage,
                           fmt::format("sync: {} is about cohorts: name them too (sync cohorts, or --cohort NAME)",
                                       options.lock ? "--lock" : "--release-lock"));
    }
    if (options.create && options.user.empty()) {
        throw ProgramError(ExitCode::usage, "sync: --create belongs to --user");
    }
}

/// Those that say what was done, for entstream.run.
std::string options_text(const Options& options) {
    std::vector<std::string> words = options.entities;
    const auto add = [&words](bool given, const char* word) {
        if (given) {
            words.emplace_back(word);
        }
    };
    add(!options.user.empty(), "--user");
    add(!options.cohort.empty(), "--cohort");
    add(!options.role.empty(), "--role");
    add(options.force, "--force");
    add(options.update_only, "--update-only");
    add(options.release_lock, "--release-lock");
    add(options.lock, "--lock");
    add(!options.since.empty(), "--since");
    add(options.no_reconcile, "--no-reconcile");
    add(options.create, "--create");
    return fmt::format("{}", fmt::join(words, " "));
}

/// What the options ask for. \param object  the single one that they name
Wish wish_of(const Options& options, const std::optional<FoundObject>& object) {
    Wish wish;
    wish.scope = {.users = options.names("users"),
                  .cohorts = options.names("cohorts"),
                  .roles = options.names("roles"),
                  .force = options.force,
                  .by_records = !options.since.empty(),
                  .update_only = options.update_only,
                  .lock = options.release_lock ? CohortLock::release
                          : options.lock       ? CohortLock::set
                                               : CohortLock::keep};
    if (!options.since.empty()) {
        wish.since = time_from_text(options.since, std::chrono::system_clock::now());
    }
    if (object) {
        wish.object = ChosenObject{.uuid = object->uuid, .applied = object->applied};
        wish.scope.users = !options.user.empty();
        wish.scope.cohorts = options.role.empty();
        wish.scope.roles = options.cohort.empty();
        (!options.user.empty()     ? wish.scope.person
         : !options.cohort.empty() ? wish.scope.cohort
                                   : wish.scope.role_object) = object->uuid;
    }
    return wish;
}

std::optional<FoundObject> single_object(const Options& options, const Context& context, Progress& progress) {
    if (!options.user.empty()) {
        return find_object(context, "user", options.user, progress);
    }
    if (!options.cohort.empty()) {
        return find_object(context, "cohort", options.cohort, progress);
    }
    return options.role.empty() ? std::nullopt : std::optional(find_object(context, "role", options.role, progress));
}

ExitCode run_sync(const Options& options, const Context& context) {
    ReplayRun run(context, {.kind = "sync",
                            .options = options_text(options),
                            .simulate = options.simulate,
                            .json = options.json,
                            .yes = options.yes,
                            .always_asks = options.changes_lock(),
                            .shows_objects = options.is_single() || options.changes_lock(),
                            .creates_person = options.user.empty() || options.create,
                            .needs_complete = false,
                            .report = options.report,
                            .save = options.save,
                            .trace = options.trace});
    std::optional<FoundObject> object = single_object(options, context, run.progress());
    const std::vector<std::string> sources = object ? std::vector<std::string>{object->source} : context.config.sources;
    // A simulation asks nobody: a question would be a record.
    if (options.force && (options.simulate || options.no_reconcile)) {
        run.note("The directory was last compared as a whole with the log: " + ages_of_refreshes(context.config) + ".");
    } else if (options.force) {
        const auto entry = object ? std::optional(object->uuid.to_text()) : std::nullopt;
        if (!reconcile(context, sources, entry, run.progress())) {
            return ExitCode::temporary;
        }
    }
    return run.run(sources, wish_of(options, object));
}

Described describe_sync(CLI::App& command) {
    const auto options = std::make_shared<Options>();
    auto* const entities = command.add_option("entities", options->entities, "What to look at: one or several")
                               ->type_name("users|cohorts|roles")
                               ->check(CLI::IsMember(entity_names).description(""));
    auto* const user = command
                           .add_option("--user", options->user,
                                       "One person, with his memberships and roles, by username, ID number, e-mail "
                                       "address, UUID, DN or Moodle's id; also one who left")
                           ->type_name("NAME");
    auto* const cohort = command
                             .add_option("--cohort", options->cohort,
                                         "One cohort, with its members, by ID number, name, UUID, DN or Moodle's id")
                             ->type_name("NAME");
    auto* const role =
        command.add_option("--role", options->role, "One role object, with what it gives, by UUID, DN or cn")
            ->type_name("NAME");
    user->excludes(entities)->excludes(cohort)->excludes(role);
    cohort->excludes(entities)->excludes(role);
    role->excludes(entities);
    command.add_flag(
        "--force", options->force,
        "Examine every entry again, also what has not changed since it was applied, and put right what was "
        "changed in Moodle by hand; the producer compares the directory with the log first");
    command.add_flag("--update-only", options->update_only,
                     "Refresh what is linked; create, adopt and remove nothing but members of existing cohorts");
    auto* const release_lock =
        command.add_flag("--release-lock", options->release_lock,
                         "Let administrators edit the cohorts in Moodle: their component is cleared, also "
                         "local_ent_installer's, and stays so; their members go on following the directory. Lists them "
                         "and asks");
    command
        .add_flag("--lock", options->lock,
                  "Take that back: the cohorts get entstream's component again. Lists them and asks")
        ->excludes(release_lock);
    auto* const simulate =
        command.add_flag("--simulate", options->simulate, "Show what would be done; write nothing anywhere");
    command.add_option("--save", options->save, "With --simulate: keep the plan in this file (mode 0600), for apply")
        ->type_name("PLAN")
        ->needs(simulate);
    command
        .add_option("--since", options->since,
                    "Only entries that changed since then, by their CSN: 2026-11-26T05:00, or how long ago: 6h")
        ->type_name("TIME");
    command.add_flag("--no-reconcile", options->no_reconcile,
                     "With --force: take the log as it is, without asking the producer first");
    command.add_flag("--create", options->create, "With --user: make the account if Moodle has none");
    command.add_flag("--json", options->json, "One JSON object a line: each object, at the end the totals");
    command.add_flag("--yes", options->yes,
                     "Do not ask at a terminal before Moodle is changed; --release-lock and --lock need it where there "
                     "is no terminal");
    add_trace_options(command, options->trace);
    command.add_option("--report", options->report, "Write a report in JSON to this file (mode 0600)")
        ->type_name("FILE");
    return {.command = &command,
            .run = [options](const Context& context) { return run_sync(*options, context); },
            .check = [options] { check(*options); }};
}

}  // namespace

Command sync() {
    return {.name = "sync",
            .summary = "Bring users, cohorts and role assignments of Moodle to what the directory says",
            .examples = {{"users cohorts roles --force --simulate",
                          "what differs from the directory, object by object; nothing is written"},
                         {"users cohorts roles --force", "the same, put right"},
                         {"--user jdupont --force", "one person: his account, his cohorts, his roles"},
                         {"--user jdupont --force --simulate --trace", "why this person's account is as it is"},
                         {"cohorts --release-lock --simulate", "whose lock would be released"},
                         {"cohorts --release-lock --yes", "let administrators edit all cohorts, without asking"},
                         {"--cohort 4EME1 --lock", "lock one again"},
                         {"users --force --update-only --since 2d",
                          "fields of the accounts whose entries changed in the last two days"}},
            .describe = describe_sync};
}

}  // namespace entstream::replay::commands
