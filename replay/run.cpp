#include "replay/run.hpp"

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

#include <iostream>
#include <string>

#include "common/log/log.hpp"
#include "common/runtime/command_line.hpp"
#include "consumer/consumer_config.hpp"
#include "replay/command.hpp"
#include "replay/command_table.hpp"

namespace entstream::replay {

runtime::ExitCode run(int argc, char** argv, const runtime::StopSignal& stop) {
    runtime::CommandLine command_line(program_name, program_summary,
                                      [](config::HelpFormat format) { return consumer::config_help(format); });
    const DescribedCommands described = describe(command_line.app());
    if (const auto done = command_line.parse(argc, argv)) {
        return *done;
    }
    const Described* const chosen = described.chosen();
    if (chosen == nullptr) {
        throw runtime::ProgramError(runtime::ExitCode::usage,
                                    "say which command: " + described.names() + "; " + program_name + " --help");
    }
    if (chosen->check) {
        chosen->check();
    }
    const consumer::ConsumerConfig config = consumer::load_config(command_line.config_file());
    log::set_up(
        config.log, program_name,
        {.source = config.sources.size() == 1 ? config.sources.front() : std::string(), .target = config.target});
    for (const std::string& warning : config.warnings) {
        spdlog::warn("{}", warning);
    }
    return chosen->run({.config = config, .stop = stop, .out = std::cout});
}

}  // namespace entstream::replay
