#pragma once

#include "common/runtime/exit_code.hpp"
#include "common/runtime/stop_signal.hpp"

namespace entstream::producer::app {

/// entstream-producer from its command line on. \returns ok, usage when the command line is wrong, or what
/// ask() returns
/// \throws whatever ends the program, for runtime::exit_code_of()
runtime::ExitCode run(int argc, char** argv, const runtime::StopSignal& stop);

}  // namespace entstream::producer::app
