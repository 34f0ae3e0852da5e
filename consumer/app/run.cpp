#include "consumer/app/run.hpp"

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <iostream>
#include <string>

#include "common/config/help.hpp"
#include "common/log/log.hpp"
#include "common/runtime/command_line.hpp"
#include "consumer/app/check.hpp"
#include "consumer/app/consumer.hpp"
#include "consumer/consumer_config.hpp"
#include "consumer/map/default_mapping.hpp"

namespace entstream::consumer::app {

namespace {

struct Options {
    std::filesystem::path config;
    bool print_mapping = false;
    bool check = false;
    bool check_config = false;
    bool once = false;
};

void describe(CLI::App& command_line, Options& options) {
    command_line.add_flag("--print-mapping", options.print_mapping,
                          "Print the mapping that is used where the configuration file says nothing, as TOML");
    command_line.add_flag("--check", options.check, "Check configuration and servers, write nothing, and exit");
    command_line.add_flag("--check-config", options.check_config, "Check the configuration, ask no server, and exit");
    command_line.add_flag("--once", options.once, "Exit when everything that is on the logs now is applied");
}

}  // namespace

runtime::ExitCode run(int argc, char** argv, const runtime::StopSignal& stop) {
    Options options;
    runtime::CommandLine command_line(
        "entstream-consumer", "Applies the changes of academic directories, read from Kafka, to Moodle's database.",
        [](config::HelpFormat format) { return config_help(format); });
    describe(command_line.app(), options);
    if (const auto done = command_line.parse(argc, argv)) {
        return *done;
    }
    if (options.print_mapping) {
        std::cout << map::default_mapping_toml();
        return runtime::ExitCode::ok;
    }
    const ConsumerConfig config = load_config(command_line.config_file());
    log::set_up(config.log, "entstream-consumer");
    for (const std::string& warning : config.warnings) {
        spdlog::warn("{}", warning);
    }
    if (options.check_config) {
        return runtime::ExitCode::ok;
    }
    if (options.check) {
        check_servers(config);
        return runtime::ExitCode::ok;
    }
    Consumer(config, stop).run(options.once ? Consumer::Until::end_of_log : Consumer::Until::stopped);
    return runtime::ExitCode::ok;
}

}  // namespace entstream::consumer::app
