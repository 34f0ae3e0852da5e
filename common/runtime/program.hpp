#pragma once

#include <functional>
#include <string>

#include "common/runtime/exit_code.hpp"
#include "common/runtime/stop_signal.hpp"

namespace entstream::runtime {

/// What main does for every program: blocks SIGTERM and SIGINT before the first thread, ignores SIGPIPE, logs to
/// standard error (text, info) until the program has read its configuration, runs it, and turns what it throws into
/// one line of the log a problem and the exit status (exit_code_of). A body that does not return after the stop signal,
/// since it waits for a server, is not waited for without end (EndBound).
///
/// \param body      the program; may log::set_up() anew; its result is the exit code
/// \param classify  exit code for exceptions beyond those of common/
///
///     int main(int argc, char** argv) {
///         return runtime::run_program("entstream-consumer", [&](const runtime::StopSignal& stop) {
///             return consumer::app::run(argc, argv, stop);
///         });
///     }
int run_program(const std::string& name, const std::function<ExitCode(const StopSignal&)>& body,
                const std::function<ExitCode(const std::exception_ptr&)>& classify = exit_code_of);

}  // namespace entstream::runtime
