#pragma once

#include <string>

#include "common/log/log_config.hpp"

namespace entstream::log {

/// Makes spdlog's default logger write to standard error: one line per event, with the time in UTC, the level and the
/// program's name. Everybody logs with spdlog::info and its siblings from then on.
///
/// text: 2026-11-22T15:46:52.123Z info  entstream-producer: connected
/// json: {"time":"2026-11-22T15:46:52.123Z","level":"info","program":"entstream-producer","message":"connected"}
///
/// Call it once, before the first thread.
void set_up(const LogConfig& config, const std::string& program);

}  // namespace entstream::log
