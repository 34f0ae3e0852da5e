#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace entstream::log {

/// Lets the first few lines of a kind through in each period, and counts the others: a fault that comes with every
/// record must not fill the disk. Two lines are of a kind if they differ in numbers, UUIDs and the like only.
///
/// Not thread-safe.
class RepeatLimit {
  public:
    using Clock = std::chrono::steady_clock;
    static constexpr int lines_in_period = 10;
    static constexpr std::chrono::seconds period{60};

    /// Lines of one kind that were left out.
    struct LeftOut {
        std::int64_t lines{};
        int level{};       ///< of the last one
        std::string last;  ///< its words
    };

    /// \returns whether the line is to be written
    bool passes(int level, std::string_view line, Clock::time_point now);

    /// What was left out in periods that are over, once.
    std::vector<LeftOut> take_due(Clock::time_point now);
    /// What was left out at all, once: nothing follows.
    std::vector<LeftOut> take_all();

    /// A line without what tells it from others of its kind.
    static std::string kind_of(std::string_view line);

  private:
    static constexpr std::size_t most_kinds = 1000;

    struct Kind {
        Clock::time_point ends;
        int passed = 0;
        LeftOut left_out;
    };
    std::unordered_map<std::string, Kind> kinds_;
    Clock::time_point next_look_{};
};

}  // namespace entstream::log
