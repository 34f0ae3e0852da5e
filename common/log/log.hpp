#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/log/log_config.hpp"

namespace entstream::log {

/// What all lines of a program are about, whichever thread logs them; Context says more. Empty: nothing.
struct Everywhere {
    std::string source{};
    std::string target{};
};

/// Makes spdlog's default logger write to standard error: one line per event, with the time in UTC, the level and the
/// program's name. Everybody logs with spdlog::info and its siblings from then on.
///
/// text: 2026-11-22T15:46:52.123Z info  entstream-producer: connected
/// json: {"time":"2026-11-22T15:46:52.123Z","level":"info","program":"entstream-producer","source":"rennes",
///        "message":"connected"}                             on one line; also target, offset, csn (Context)
///
/// Warnings and errors that repeat, but for numbers and UUIDs, are left out after the first ten in a minute
/// (RepeatLimit); one line tells how many. Not so at the levels debug and trace, which are for looking closely.
///
/// Call it once, before the first thread; again when the configuration was read.
void set_up(const LogConfig& config, const std::string& program, Everywhere everywhere = {});

/// Writes what is due of lines that were left out. A line that is logged does so too: this is for a program that may
/// have nothing to say for long. Thread-safe.
void tell_left_out();

/// The same at the end of the program, due or not.
void tell_all_left_out();

/// How many lines were logged since the program started.
struct Lines {
    static constexpr std::array<std::string_view, 5> level_names = {"trace", "debug", "info", "warn", "error"};
    std::array<std::uint64_t, level_names.size()> written{};  ///< by level
    std::uint64_t left_out{};                                 ///< because they repeated
};

/// Thread-safe.
Lines lines();

}  // namespace entstream::log
