#include "consumer/app/verify_schedule.hpp"

#include <gtest/gtest.h>

#include <ctime>

namespace entstream::consumer::app {
namespace {

using std::chrono::system_clock;

system_clock::time_point local_time(int day, int hour, int minute) {
    std::tm parts{};
    parts.tm_year = 2026 - 1900;
    parts.tm_mon = 10;
    parts.tm_mday = day;
    parts.tm_hour = hour;
    parts.tm_min = minute;
    parts.tm_isdst = -1;
    return system_clock::from_time_t(std::mktime(&parts));
}

TEST(VerifySchedule, ATimeOfTheDayIsTheNextOneAfterTheLast) {
    const auto nightly = VerifySchedule::parse("03:30");
    ASSERT_TRUE(nightly);
    EXPECT_EQ(nightly->next(local_time(26, 2, 0)), local_time(26, 3, 30));
    EXPECT_EQ(nightly->next(local_time(26, 3, 30)), local_time(27, 3, 30));
    EXPECT_EQ(nightly->next(local_time(30, 22, 0)), local_time(31, 3, 30)) << "December begins";
}

TEST(VerifySchedule, ADurationCountsFromTheLast) {
    const auto daily = VerifySchedule::parse("24h");
    ASSERT_TRUE(daily);
    EXPECT_EQ(daily->next(local_time(26, 2, 0)), local_time(27, 2, 0));
}

TEST(VerifySchedule, NothingIsNeverAndTheRestIsRefused) {
    ASSERT_TRUE(VerifySchedule::parse(""));
    EXPECT_TRUE(VerifySchedule::parse("")->is_off());
    for (const char* unsound : {"nightly", "3:30", "24:00", "03:60", "03:30 ", "-1:30", "0s", "500ms", "24"}) {
        EXPECT_FALSE(VerifySchedule::parse(unsound)) << unsound;
    }
}

}  // namespace
}  // namespace entstream::consumer::app
