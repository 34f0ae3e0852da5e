#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Durations and sizes as configuration files write them.
namespace entstream::config {

/// "500ms", "10s", "2m", "1h", "7d": a whole number and a unit; nullopt for anything else.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
std::string duration_text(std::chrono::milliseconds duration);

/// "4096", "64KiB", "64MiB", "1GiB": a whole number and an optional unit; nullopt for anything else.
std::optional<std::size_t> parse_size(std::string_view text);
std::string size_text(std::size_t bytes);

}  // namespace entstream::config
