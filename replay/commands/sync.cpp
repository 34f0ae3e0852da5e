#include "replay/commands/sync.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "consumer/app/progress.hpp"
#include "replay/find_object.hpp"
#include "replay/objects_output.hpp"
#include "replay/progress.hpp"
#include "replay/reconciling.hpp"
#include "replay/replay.hpp"
#include "replay/run_lock.hpp"
#include "replay/since.hpp"

namespace entstream::replay::commands {

using consumer::merge::PlannedObject;
using consumer::merge::PlanTotal;
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
    bool simulate = false;
    std::string since;
    bool no_reconcile = false;
    bool create = false;
    bool json = false;
    bool yes = false;

    [[nodiscard]] bool names(const std::string& entity) const {
        return std::find(entities.begin(), entities.end(), entity) != entities.end();
    }
    [[nodiscard]] bool is_single() const { return !user.empty() || !cohort.empty() || !role.empty(); }
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
    if (options.create && options.user.empty()) {
        throw ProgramError(ExitCode::usage, "sync: --create belongs to --user");
    }
}

/// One run of the command.
class Sync {
  public:
    Sync(const Options& options, const Context& context)
        : options_(options),
          context_(context),
          format_(format_of(options.json)),
          progress_(true),
          output_(context.out, format_) {}

    ExitCode run() {
        std::optional<RunLock> lock;
        if (!options_.simulate) {
            lock.emplace(context_);
        }
        find();
        if (options_.force && !look_again()) {
            return ExitCode::temporary;
        }
        Replay replay(context_, progress_);
        for (const std::string& source : sources()) {
            const ExitCode code = run(replay, source);
            if (code != ExitCode::ok) {
                return code;
            }
        }
        finish();
        return verdict();
    }

  private:
    void find() {
        wish_.scope = {.users = options_.names("users"),
                       .cohorts = options_.names("cohorts"),
                       .roles = options_.names("roles"),
                       .force = options_.force,
                       .by_records = !options_.since.empty(),
                       .update_only = options_.update_only};
        if (!options_.since.empty()) {
            wish_.since = time_from_text(options_.since, std::chrono::system_clock::now());
        }
        if (!options_.is_single()) {
            return;
        }
        const auto [kind, name] = !options_.user.empty()     ? std::pair("user", options_.user)
                                  : !options_.cohort.empty() ? std::pair("cohort", options_.cohort)
                                                             : std::pair("role", options_.role);
        object_ = find_object(context_, kind, name, progress_);
        wish_.object = ChosenObject{.uuid = object_->uuid, .applied = object_->applied};
        wish_.scope.users = !options_.user.empty();
        wish_.scope.cohorts = options_.role.empty();
        wish_.scope.roles = options_.cohort.empty();
        (!options_.user.empty()     ? wish_.scope.person
         : !options_.cohort.empty() ? wish_.scope.cohort
                                    : wish_.scope.role_object) = object_->uuid;
    }

    [[nodiscard]] std::vector<std::string> sources() const {
        return object_ ? std::vector<std::string>{object_->source} : context_.config.sources;
    }

    /// What the directory says now; a simulation asks nobody. \returns false: told to stop
    bool look_again() {
        if (!options_.simulate && !options_.no_reconcile) {
            return reconcile(context_, sources(), object_ ? std::optional(object_->uuid.to_text()) : std::nullopt,
                             progress_);
        }
        note_ = "The directory was last compared as a whole with the log: " + ages_of_refreshes(context_.config) + ".";
        return true;
    }

    ExitCode run(Replay& replay, const std::string& source) {
        std::optional<UnitSpool> spool;
        if (!options_.simulate) {
            spool.emplace();
        }
        const bool shows = options_.simulate || options_.json || object_.has_value();
        bool creates_person = false;
        const Planned planned = replay.plan(
            source, wish_,
            [&](const PlannedObject& object) {
                creates_person = creates_person || (object.entity == "user" && object.action == "created");
                if (shows) {
                    progress_.clear();
                    output_.add(source, object);
                }
            },
            spool ? &*spool : nullptr);
        if (planned.stopped) {
            return ExitCode::temporary;
        }
        add(planned);
        if (options_.simulate || spool->size() == 0) {
            return ExitCode::ok;
        }
        if (creates_person && object_ && !options_.create) {
            fmt::print(context_.out, "Moodle has no account for this person; --create makes it. Nothing was done.\n");
            return ExitCode::no_such_entry;
        }
        if (!confirmed(planned)) {
            fmt::print(context_.out, "Nothing was done.\n");
            return ExitCode::refused;
        }
        const Done done = replay.carry_out(source, wish_.scope, *spool, planned);
        counts_ += done.counts;
        refused_ += done.refused;
        if (done.stopped) {
            fmt::print(context_.out, "Told to stop: what was written so far is whole; start again to go on.\n");
            return ExitCode::temporary;
        }
        return ExitCode::ok;
    }

    void add(const Planned& planned) {
        differences_ += planned.differences();
        held_ += planned.held();
        records_ += planned.records;
        for (const PlanTotal& total : planned.totals) {
            const auto known = std::find_if(totals_.begin(), totals_.end(), [&](const PlanTotal& sum) {
                return sum.entity == total.entity && sum.action == total.action && sum.reason == total.reason;
            });
            if (known == totals_.end()) {
                totals_.push_back(total);
            } else {
                known->objects += total.objects;
            }
        }
    }

    /// At a terminal somebody is asked.
    [[nodiscard]] bool confirmed(const Planned& planned) const {
        if (options_.yes || isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0) {
            return true;
        }
        fmt::print(context_.out, "{} changes to Moodle. Carry them out? [y/N] ", planned.differences());
        context_.out.flush();
        std::string answer;
        std::getline(std::cin, answer);
        return answer == "y" || answer == "Y" || answer == "yes";
    }

    void finish() {
        progress_.clear();
        output_.totals(totals_);
        if (format_ == Format::json) {
            return;
        }
        if (options_.simulate) {
            fmt::print(context_.out, "\n{} records of the log were read; nothing was written.\n", records_);
        } else {
            const std::string done = consumer::app::to_text(counts_);
            fmt::print(context_.out, "\n{} records of the log were read. Done: {}.\n", records_,
                       done.empty() ? "nothing" : done);
        }
        if (refused_ > 0) {
            fmt::print(context_.out, "{} changes were refused by the database; entstream-replay has logged them.\n",
                       refused_);
        }
        if (held_ > 0) {
            fmt::print(context_.out, "{} removals are held by the guard: entstream-consumer --held shows them.\n",
                       held_);
        }
        if (!note_.empty()) {
            fmt::print(context_.out, "{}\n", note_);
        }
    }

    [[nodiscard]] ExitCode verdict() const {
        if (options_.simulate && differences_ > 0) {
            return ExitCode::differences;
        }
        if (held_ > 0) {
            return ExitCode::held;
        }
        return refused_ > 0 ? ExitCode::bad_data : ExitCode::ok;
    }

    const Options& options_;
    const Context& context_;
    Format format_;
    Progress progress_;
    ObjectsOutput output_;
    Wish wish_;
    std::optional<FoundObject> object_;
    std::string note_;
    std::vector<PlanTotal> totals_;
    consumer::merge::Counts counts_;
    std::int64_t differences_ = 0;
    std::int64_t held_ = 0;
    std::int64_t records_ = 0;
    std::int64_t refused_ = 0;
};

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
    command.add_flag("--simulate", options->simulate, "Show what would be done; write nothing anywhere");
    command
        .add_option("--since", options->since,
                    "Only entries that changed since then, by their CSN: 2026-11-26T05:00, or how long ago: 6h")
        ->type_name("TIME");
    command.add_flag("--no-reconcile", options->no_reconcile,
                     "With --force: take the log as it is, without asking the producer first");
    command.add_flag("--create", options->create, "With --user: make the account if Moodle has none");
    command.add_flag("--json", options->json, "One JSON object a line: each object, at the end the totals");
    command.add_flag("--yes", options->yes, "Do not ask before Moodle is changed");
    return {.command = &command,
            .run = [options](const Context& context) { return Sync(*options, context).run(); },
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
                         {"users --force --update-only --since 2d",
                          "fields of the accounts whose entries changed in the last two days"}},
            .describe = describe_sync};
}

}  // namespace entstream::replay::commands
