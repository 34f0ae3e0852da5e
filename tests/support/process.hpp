#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/temp_dir.hpp"

namespace entstream::test {

/// How a program ended: its exit status, or 128 + the signal that killed it, as a shell says it.
struct Exit {
    int status{};
    std::string out;  ///< standard output
    std::string err;  ///< standard error
};

/// A child process with its outputs captured. Killed and reaped by the destructor: no test leaves one behind.
class Process {
  public:
    /// \param command      program (path, or name looked up in PATH) and arguments
    /// \param environment  added to ours, and to a free port for the metrics of entstream's programs
    explicit Process(const std::vector<std::string>& command,
                     const std::map<std::string, std::string>& environment = {});
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void signal(int number) const;
    void kill() const { signal(SIGKILL); }
    void terminate() const { signal(SIGTERM); }

    [[nodiscard]] bool running();
    /// What it has written so far.
    [[nodiscard]] std::string out() const;
    [[nodiscard]] std::string err() const;
    /// Waits for its end; kills it (status 137) when the patience is over.
    Exit wait(std::chrono::milliseconds patience = std::chrono::seconds(60));
    [[nodiscard]] pid_t pid() const { return pid_; }

    /// Runs a command to its end.
    static Exit run(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment = {},
                    std::chrono::milliseconds patience = std::chrono::seconds(120));

  private:
    TempDir outputs_;
    pid_t pid_ = -1;
    std::optional<int> status_;
};

/// A file of the source tree, e.g. source_path("schemas/ldap/sample.ldif").
std::filesystem::path source_path(const std::string& relative);
/// A program of ours as it was built with these tests, e.g. program_path("entstream-consumer").
std::filesystem::path program_path(const std::string& name);

}  // namespace entstream::test
