#pragma once

#include <CLI/App.hpp>

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "common/runtime/exit_code.hpp"
#include "common/runtime/stop_signal.hpp"
#include "consumer/consumer_config.hpp"

/// What a command of entstream-replay is made of. Each has a file of its own in replay/commands, and a line in
/// replay/command_table.cpp, from which the command line, --help, man pages and completion are made.
namespace entstream::replay {

inline constexpr const char* program_name = "entstream-replay";
inline constexpr const char* program_summary =
    "Shows, compares and corrects what entstream has done to a Moodle; works beside a running consumer.";

/// What a command gets.
struct Context {
    const consumer::ConsumerConfig& config;
    const runtime::StopSignal& stop;
    std::ostream& out;  ///< for the result: the operator's terminal, or where he sends it. Personal data may go here
};

/// Does the command. \throws whatever ends the program
using Run = std::function<runtime::ExitCode(const Context&)>;

/// What the options of a command have become.
struct Described {
    const CLI::App* command{};
    Run run;
    /// What is wrong with the options beyond what the command line's reader sees, before the configuration is read; may
    /// be empty. \throws runtime::ProgramError  usage
    std::function<void()> check{};
};

struct Example {
    std::string arguments;  ///< behind the name of the command: "users --simulate"
    std::string what_for;
};

/// One line of the table.
struct Command {
    std::string name;
    std::string summary;  ///< one line: what it does, without a full stop
    std::vector<Example> examples;
    /// Adds the options of the command to it, and says what runs with their values. The values live in what is
    /// returned (a shared_ptr that options and functions hold).
    std::function<Described(CLI::App&)> describe;
};

/// The commands on a command line.
class DescribedCommands {
  public:
    void add(Described described) { all_.push_back(std::move(described)); }
    /// nullptr: none was named.
    [[nodiscard]] const Described* chosen() const;
    /// "sync, status"
    [[nodiscard]] std::string names() const;

  private:
    std::vector<Described> all_;
};

/// Adds all commands of the table to a command line.
DescribedCommands describe(CLI::App& command_line);

}  // namespace entstream::replay
