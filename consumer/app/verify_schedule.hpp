#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace entstream::consumer::app {

/// When a running consumer compares log and Moodle by itself: `consumer.verify`.
class VerifySchedule {
  public:
    using Time = std::chrono::system_clock::time_point;

    /// \param text  "" (never), a duration from one to the next ("24h"), or a time of the day ("03:30", of this
    ///              machine's time zone) \returns nullopt: it is none of these
    static std::optional<VerifySchedule> parse(const std::string& text);

    [[nodiscard]] bool is_off() const { return !every_ && !at_; }

    /// The next time. \param since  when the last one ended, or nobody knows, when the program started
    [[nodiscard]] Time next(Time since) const;

  private:
    std::optional<std::chrono::milliseconds> every_;
    std::optional<std::chrono::minutes> at_;  ///< after midnight
};

}  // namespace entstream::consumer::app
