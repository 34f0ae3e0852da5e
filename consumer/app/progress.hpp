#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "consumer/merge/target.hpp"

namespace entstream::consumer::app {

/// "users created 10, updated 2; members created 5"; empty when nothing was done.
std::string to_text(const merge::Counts& counts);

/// What the log says about work done: at most one line per source in some seconds, with counts and, while a log is
/// loaded, rate and share; one line when the end of the log is reached for the first time.
class Progress {
  public:
    using Clock = std::chrono::steady_clock;

    explicit Progress(std::function<Clock::time_point()> now = Clock::now) : now_(std::move(now)) {}

    /// Reading begins. \param offset  first one that is read
    void start(const std::string& source, std::int64_t offset);

    /// \param offset  behind the last record applied
    /// \param end     where the log ended when reading began
    void applied(const std::string& source, const merge::ApplySummary& summary, std::int64_t offset, std::int64_t end);

    /// The end of the log is reached; says so the first time.
    void caught_up(const std::string& source, std::int64_t offset);

    /// Writes the lines that are due. Call it often.
    void report();

  private:
    static constexpr std::chrono::seconds interval{5};

    struct Source {
        bool loading = true;
        Clock::time_point started;
        Clock::time_point last_line;
        std::int64_t first_offset = 0;
        std::int64_t offset = 0;       ///< applied so far
        std::int64_t last_offset = 0;  ///< of the last line
        std::int64_t end = 0;
        merge::Counts counts;  ///< since the last line
    };
    void write_line(const std::string& name, Source& source);

    std::function<Clock::time_point()> now_;
    std::map<std::string, Source> sources_;
};

}  // namespace entstream::consumer::app
