#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace entstream::replay {

/// A time as an operator writes it: 2026-11-26T05:00:00Z, 2026-11-26T05:00, 2026-11-26 (UTC), or how long ago it was:
/// 90s, 30min, 6h, 2d. \returns nullopt: it is none of these
std::optional<std::chrono::system_clock::time_point> time_from_text(const std::string& text,
                                                                    std::chrono::system_clock::time_point now);

}  // namespace entstream::replay
