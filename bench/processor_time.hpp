#pragma once

#include <sys/types.h>

namespace entstream::bench {

/// Processor seconds of a process so far, in user and system mode, without its children.
/// \throws std::runtime_error there is no such process
double processor_time_of(pid_t process);

}  // namespace entstream::bench
