#pragma once

#include "common/runtime/exit_code.hpp"
#include "common/runtime/stop_signal.hpp"

namespace entstream::replay {

/// entstream-replay from its command line on. \returns what the command says, or usage when the command line is wrong
/// \throws whatever ends the program, for consumer::app::exit_code_of()
runtime::ExitCode run(int argc, char** argv, const runtime::StopSignal& stop);

}  // namespace entstream::replay
