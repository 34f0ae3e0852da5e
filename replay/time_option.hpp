#pragma once

#include <chrono>
#include <optional>
#include <string>

/// A time on the command line: `2026-11-26T06:00:00Z`, or a duration: so long ago (`2h`).
namespace entstream::replay {

/// nullopt: it is neither.
std::optional<std::chrono::system_clock::time_point> parse_time(const std::string& text,
                                                                std::chrono::system_clock::time_point now);

/// For options: \returns empty, or what is wrong with it.
std::string check_time(const std::string& text);

}  // namespace entstream::replay
