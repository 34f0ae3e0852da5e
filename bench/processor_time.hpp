#pragma once

#include <sys/types.h>

namespace entstream::bench {

/// Processor seconds of a process so far, in user and system mode.
struct ProcessorTime {
    double own{};       ///< of the process itself
    double children{};  ///< of its children that have ended
};

/// \throws std::runtime_error there is no such process
ProcessorTime processor_time_of(pid_t process);

/// Who started it. \throws as the other
pid_t parent_of(pid_t process);

}  // namespace entstream::bench
