#include "common/runtime/command_line.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <utility>

#include "common/runtime/manual.hpp"
#include "common/runtime/version.hpp"

namespace entstream::runtime {

CommandLine::CommandLine(const std::string& name, const std::string& description, ConfigHelp config_help)
    : app_(std::make_unique<CLI::App>(description)), config_help_(std::move(config_help)), name_(name) {
    app_->add_option("--config", config_file_, "Configuration file (TOML)")->type_name("FILE");
    app_->add_option("--help-config", help_format_,
                     "Describe every key of the configuration file: text, markdown or json-schema")
        ->type_name("[FORMAT]")
        ->expected(0, 1);
    app_->add_flag("--help-man", help_man_, "Print the manual page, for man -l -");
    app_->add_option("--completion", completion_, "Print a script that completes this program's command line")
        ->type_name("bash")
        ->check(CLI::IsMember({"bash"}));
    app_->set_version_flag("--version", name + " " + std::string(version()));
    app_->footer("Exit statuses: docs/exit_codes.md");
}

CommandLine::~CommandLine() = default;

std::optional<ExitCode> CommandLine::parse(int argc, const char* const* argv) {
    try {
        app_->parse(argc, argv);
    } catch (const CLI::ParseError& answer) {
        // Help and version are "errors" with status 0.
        return app_->exit(answer) == 0 ? ExitCode::ok : ExitCode::usage;
    }
    if (help_man_) {
        std::cout << man_page(*app_, name_);
        return ExitCode::ok;
    }
    if (!completion_.empty()) {
        std::cout << bash_completion(*app_, name_);
        return ExitCode::ok;
    }
    if (app_->count("--help-config") > 0) {
        const auto format = config::help_format_of(help_format_);
        if (!format) {
            std::cerr << "--help-config: text, markdown or json-schema, not '" << help_format_ << "'\n";
            return ExitCode::usage;
        }
        std::cout << config_help_(*format);
        return ExitCode::ok;
    }
    return std::nullopt;
}

const std::filesystem::path& CommandLine::config_file() const {
    if (config_file_.empty()) {
        throw ProgramError(ExitCode::usage, "--config FILE is missing; --help-config prints a sample file");
    }
    return config_file_;
}

}  // namespace entstream::runtime
