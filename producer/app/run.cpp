#include "producer/app/run.hpp"

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <iostream>
#include <string>

#include "common/config/help.hpp"
#include "common/log/log.hpp"
#include "producer/app/check.hpp"
#include "producer/app/producer.hpp"
#include "producer/producer_config.hpp"

namespace entstream::producer::app {

runtime::ExitCode run(int argc, char** argv, const runtime::StopSignal& stop) {
    std::filesystem::path file;
    std::string help_format;
    bool check = false;
    bool check_config = false;
    CLI::App command_line("Publishes the changes of an academic directory to Kafka.", "entstream-producer");
    command_line.set_version_flag("--version", "entstream-producer " ENTSTREAM_VERSION);
    const auto* const help_config =
        command_line
            .add_option("--help-config", help_format, "Print every key of the configuration file (or: markdown)")
            ->expected(0, 1);
    command_line.add_option("--config", file, "Configuration file")->check(CLI::ExistingFile);
    command_line.add_flag("--check", check, "Check configuration and servers, write nothing, and exit");
    command_line.add_flag("--check-config", check_config, "Check the configuration, ask no server, and exit");
    try {
        command_line.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return command_line.exit(error) == 0 ? runtime::ExitCode::ok : runtime::ExitCode::usage;
    }
    if (help_config->count() > 0) {
        const auto format = config::help_format_of(help_format);
        if (!format) {
            std::cerr << "--help-config: " << help_format << " is not a format: text or markdown\n";
            return runtime::ExitCode::usage;
        }
        std::cout << config_help(*format);
        return runtime::ExitCode::ok;
    }
    if (file.empty()) {
        std::cerr << "--config is missing: name the configuration file (--help-config prints a sample)\n";
        return runtime::ExitCode::usage;
    }
    const ProducerConfig config = load_config(file);
    log::set_up(config.log, "entstream-producer");
    for (const std::string& warning : config.warnings) {
        spdlog::warn("{}", warning);
    }
    if (check_config) {
        return runtime::ExitCode::ok;
    }
    if (check) {
        check_servers(config);
    } else {
        Producer(config, stop).run();
    }
    return runtime::ExitCode::ok;
}

}  // namespace entstream::producer::app
