#pragma once

#include <exception>

#include "common/runtime/exit_code.hpp"

namespace entstream::consumer::app {

/// The exit code for whatever ends the consumer (docs/exit_codes.md).
runtime::ExitCode exit_code_of(const std::exception_ptr& error);

}  // namespace entstream::consumer::app
