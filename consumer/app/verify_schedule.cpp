#include "consumer/app/verify_schedule.hpp"

#include <cstddef>
#include <ctime>

#include "common/config/units.hpp"

namespace entstream::consumer::app {

using std::chrono::system_clock;

namespace {

/// "03:30"
std::optional<std::chrono::minutes> parse_time_of_day(const std::string& text) {
    constexpr std::size_t length = 5;
    if (text.size() != length || text[2] != ':') {
        return std::nullopt;
    }
    for (const std::size_t place : {0, 1, 3, 4}) {
        if (text[place] < '0' || text[place] > '9') {
            return std::nullopt;
        }
    }
    const auto number_at = [&text](std::size_t place) { return (text[place] - '0') * 10 + (text[place + 1] - '0'); };
    const int hour = number_at(0);
    const int minute = number_at(3);
    if (hour > 23 || minute > 59) {
        return std::nullopt;
    }
    return std::chrono::hours(hour) + std::chrono::minutes(minute);
}

}  // namespace

std::optional<VerifySchedule> VerifySchedule::parse(const std::string& text) {
    VerifySchedule schedule;
    if (text.empty()) {
        return schedule;
    }
    schedule.at_ = parse_time_of_day(text);
    if (!schedule.at_) {
        schedule.every_ = config::parse_duration(text);
    }
    const bool sound = schedule.at_ || (schedule.every_ && *schedule.every_ >= std::chrono::seconds(1));
    return sound ? std::optional(schedule) : std::nullopt;
}

VerifySchedule::Time VerifySchedule::next(Time since) const {
    if (every_) {
        return since + *every_;
    }
    const std::time_t from = system_clock::to_time_t(since);
    std::tm day{};
    localtime_r(&from, &day);
    for (int ahead = 0;; ++ahead) {
        std::tm then = day;
        then.tm_mday += ahead;
        then.tm_hour = static_cast<int>(at_->count() / 60);
        then.tm_min = static_cast<int>(at_->count() % 60);
        then.tm_sec = 0;
        then.tm_isdst = -1;
        if (const auto time = system_clock::from_time_t(std::mktime(&then)); time > since) {
            return time;
        }
    }
}

}  // namespace entstream::consumer::app
