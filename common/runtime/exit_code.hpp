#pragma once

#include <exception>
#include <stdexcept>
#include <string>

namespace entstream::runtime {

/// Exit statuses of our programs (docs/exit_codes.md): those of sysexits.h, so that service managers and scripts can
/// tell what needs a person (78, 77, 65) from what needs a restart (69, 75). Part of the interface: never renumbered.
enum class ExitCode : int {
    ok = 0,
    refused = 1,         ///< a question was answered with no
    usage = 2,           ///< command line
    differences = 10,    ///< a simulation or comparison found some
    held = 11,           ///< done, but for removals that the guard holds
    incomplete = 12,     ///< not done: the log does not have the whole directory
    moved_on = 13,       ///< done, but for what is not as it was any more when it was planned
    bad_data = 65,       ///< the log or the target is not what it was: truncated, recreated, restored
    no_such_entry = 66,  ///< what was asked for is not there
    unavailable = 69,    ///< a server did not answer for as long as we wait at start
    internal = 70,       ///< a fault of ours
    temporary = 75,      ///< fenced by another process, or a client that only a new process can replace
    permission = 77,     ///< a server refuses our identity or our rights
    config = 78,         ///< configuration, or settings of a server that it demands
};

/// An error that knows how the program ends.
class ProgramError : public std::runtime_error {
  public:
    ProgramError(ExitCode exit_code, const std::string& message) : std::runtime_error(message), exit_code_(exit_code) {}

    [[nodiscard]] ExitCode exit_code() const { return exit_code_; }

  private:
    ExitCode exit_code_;
};

/// The exit code for an exception of common/; internal for those it does not know.
ExitCode exit_code_of(const std::exception_ptr& error);

}  // namespace entstream::runtime
