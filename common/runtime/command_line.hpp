#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/config/help.hpp"
#include "common/runtime/exit_code.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
}

namespace entstream::runtime {

/// The options that all our programs have: --config FILE, --help-config[=text|markdown|json-schema], --version, --help,
/// --help-man and --completion=bash. A program adds its own to app().
class CommandLine {
  public:
    using ConfigHelp = std::function<std::string(config::HelpFormat)>;

    /// \param name  of the program, as --version says it
    CommandLine(const std::string& name, const std::string& description, ConfigHelp config_help);
    ~CommandLine();
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;

    [[nodiscard]] CLI::App& app() { return *app_; }

    /// \returns nullopt: go on; else how the program ends, for everything was said (help, version, or what is wrong)
    std::optional<ExitCode> parse(int argc, const char* const* argv);

    /// \throws ProgramError  usage: --config is missing
    [[nodiscard]] const std::filesystem::path& config_file() const;

  private:
    std::unique_ptr<CLI::App> app_;
    ConfigHelp config_help_;
    std::filesystem::path config_file_;
    std::string name_;
    std::string help_format_;
    bool help_man_ = false;
    std::string completion_;
};

}  // namespace entstream::runtime
