#pragma once

#include <sys/types.h>

#include <string>

namespace entstream::bench {

/// A line of /proc/PID/status that is in kB ("VmRSS", "VmHWM"), as MB (10^6 octets).
/// \throws std::runtime_error there is no such process
double memory_of(pid_t process, const std::string& field);

}  // namespace entstream::bench
