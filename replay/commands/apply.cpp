#include "replay/commands/apply.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

#include "replay/replay_run.hpp"
#include "replay/run_trace.hpp"

namespace entstream::replay::commands {

namespace {

struct ApplyOptions {
    std::string plan;
    bool json = false;
    bool yes = false;
    TraceOptions trace;
    std::string report;
};

Described describe_apply(CLI::App& command) {
    const auto options = std::make_shared<ApplyOptions>();
    command.add_option("plan", options->plan, "What sync or resync saved with --simulate --save")
        ->type_name("FILE")
        ->required();
    command.add_flag("--json", options->json, "The totals as JSON");
    command.add_flag("--yes", options->yes, "Do not ask at a terminal before Moodle is changed");
    add_trace_options(command, options->trace);
    command.add_option("--report", options->report, "Write a report in JSON to this file (mode 0600)")
        ->type_name("FILE");
    return {.command = &command,
            .run =
                [options](const Context& context) {
                    return ReplayRun(context, {.kind = "apply",
                                               .options = {},
                                               .json = options->json,
                                               .yes = options->yes,
                                               .report = options->report,
                                               .trace = options->trace})
                        .run_saved(options->plan);
                },
            .check = {}};
}

}  // namespace

Command apply() {
    return {.name = "apply",
            .summary = "Carry out a saved plan; what has moved on since is left alone, and listed",
            .examples = {{"monday.plan", "what sync --simulate --save monday.plan has shown"}},
            .describe = describe_apply};
}

}  // namespace entstream::replay::commands
