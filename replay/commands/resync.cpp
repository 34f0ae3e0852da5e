#include "replay/commands/resync.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <string>

#include "consumer/merge/rebuild.hpp"
#include "replay/reconciling.hpp"
#include "replay/replay_run.hpp"
#include "replay/run_trace.hpp"

namespace entstream::replay::commands {

using runtime::ExitCode;

namespace {

struct ResyncOptions {
    bool simulate = false;
    bool no_reconcile = false;
    bool json = false;
    bool yes = false;
    TraceOptions trace;
    std::string report;
    std::string save;
};

ExitCode run_resync(const ResyncOptions& options, const Context& context) {
    const consumer::merge::ConfigChanges changes = consumer::merge::config_changes(context.config);
    if (!changes.obstacles.empty()) {
        throw runtime::ProgramError(ExitCode::config, fmt::format("{}", fmt::join(changes.obstacles, "\n")));
    }
    if (!changes.remapped.empty() && !options.simulate) {
        refuse_while_served(changes);
    }
    ReplayRun run(context, {.kind = "resync",
                            .options = options.no_reconcile ? "--no-reconcile" : "",
                            .simulate = options.simulate,
                            .json = options.json,
                            .yes = options.yes,
                            .shows_objects = false,
                            .creates_person = true,
                            // A reconcile reads the directory to its end.
                            .needs_complete = options.simulate || options.no_reconcile,
                            .remapped = changes.remapped,
                            .rebuilds = true,
                            .report = options.report,
                            .save = options.save,
                            .trace = options.trace});
    if (options.simulate || options.no_reconcile) {
        run.note("The directory was last compared as a whole with the log: " + ages_of_refreshes(context.config) + ".");
    } else if (!reconcile(context, context.config.sources, std::nullopt, run.progress())) {
        return ExitCode::temporary;
    }
    Wish wish;
    wish.scope = {.users = true, .cohorts = true, .roles = true, .force = true, .by_records = true, .whole = true};
    return run.run(context.config.sources, wish);
}

Described describe_resync(CLI::App& command) {
    const auto options = std::make_shared<ResyncOptions>();
    auto* const simulate =
        command.add_flag("--simulate", options->simulate, "Show what would be done; write nothing anywhere");
    command.add_option("--save", options->save, "With --simulate: keep the plan in this file (mode 0600), for apply")
        ->type_name("PLAN")
        ->needs(simulate);
    command.add_flag("--no-reconcile", options->no_reconcile,
                     "Take the log as it is, without asking the producer to compare the directory with it first");
    command.add_flag("--json", options->json, "One JSON object a line: each object, at the end the totals");
    command.add_flag("--yes", options->yes, "Do not ask at a terminal before Moodle is changed");
    add_trace_options(command, options->trace);
    command.add_option("--report", options->report, "Write a report in JSON to this file (mode 0600)")
        ->type_name("FILE");
    return {.command = &command,
            .run = [options](const Context& context) { return run_resync(*options, context); },
            .check = {}};
}

}  // namespace

Command resync() {
    return {
        .name = "resync",
        .summary =
            "Apply the logs once more from their start, also with another mapping, and let go what they do not name",
        .examples = {{"--simulate",
                      "what a full resync would do; also with a changed mapping, while the consumer serves with the "
                      "former one"},
                     {"--report resync.json", "compare the directory with the log, apply all of it, keep a report"}},
        .describe = describe_resync};
}

}  // namespace entstream::replay::commands
