#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "consumer/merge/target.hpp"

namespace entstream::consumer::app {

/// Says once an hour, in one line of the log, what waits for a person: what the last sweeps of all sources found, and
/// whom the past hour spared. Nothing where nothing waits.
class Waiting {
  public:
    using Clock = std::chrono::steady_clock;

    explicit Waiting(std::function<Clock::time_point()> now = Clock::now)
        : now_(std::move(now)), next_(now_() + interval) {}

    /// \param counts  of a batch
    void done(const merge::Counts& counts);

    /// \param summary  of a complete sweep
    void swept(const std::string& source, const merge::SweepSummary& summary);

    /// Writes the line if it is due. Call it often.
    void report();

  private:
    static constexpr std::chrono::hours interval{1};

    std::function<Clock::time_point()> now_;
    Clock::time_point next_;
    std::map<std::string, merge::SweepSummary> sources_;
    std::int64_t spared_ = 0;  ///< since the last line
};

}  // namespace entstream::consumer::app
