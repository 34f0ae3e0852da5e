#include "consumer/app/retry_refused.hpp"

#include <gmock/gmock.h>

#include "consumer/map/mapping_schema.hpp"
#include "tests/unit/app/fake_target.hpp"

namespace entstream::consumer::app {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class RefusedRetriesTest : public ::testing::Test {
  protected:
    void refuse(Offset version) {
        const std::string key = user_key(Uuid::from_name("person " + std::to_string(version)));
        target_.waiting[key] = {.key = key, .value = {}, .version = version, .reason = "SQLSTATE 23514"};
        target_.bad_data.insert(version);
    }
    /// A sweep so long after the start. \returns how many records the database refused once more
    int sweep_at(minutes after_start) {
        target_.refusals = 0;
        retries_.try_due(target_, mapper_, "rennes", RefusedRetries::Clock::time_point{} + after_start);
        return target_.refusals;
    }

    FakeTarget target_;                           // NOLINT
    map::Mapper mapper_{map::default_mapping()};  // NOLINT
    RefusedRetries retries_{minutes(1)};          // NOLINT
};

TEST_F(RefusedRetriesTest, PausesDoubleUpToAnHour) {
    refuse(7);
    std::vector<int> tried;
    for (int minute = 0; minute < 240; ++minute) {
        if (sweep_at(minutes(minute)) > 0) {
            tried.push_back(minute);
        }
    }
    EXPECT_THAT(tried, ::testing::ElementsAre(0, 1, 3, 7, 15, 31, 63, 123, 183));
}

TEST_F(RefusedRetriesTest, EachRecordHasItsOwnPausesAndANewerOneBeginsAnew) {
    refuse(7);
    for (const int minute : {0, 1, 3}) {
        sweep_at(minutes(minute));
    }
    refuse(8);
    EXPECT_EQ(sweep_at(minutes(4)), 1) << "the new one only";
    target_.waiting.begin()->second.version = 9;
    std::next(target_.waiting.begin())->second.version = 10;
    target_.bad_data = {9, 10};
    EXPECT_EQ(sweep_at(minutes(4)), 3) << "both together, then each by itself";
}

TEST_F(RefusedRetriesTest, WhatTheDatabaseTakesByNowIsTakenWhenItsTimeHasCome) {
    refuse(7);
    sweep_at(minutes(0));
    sweep_at(minutes(1));
    target_.bad_data.clear();
    sweep_at(minutes(2));
    EXPECT_EQ(target_.waiting.size(), 1U);
    sweep_at(minutes(3));
    EXPECT_TRUE(target_.waiting.empty());
    sweep_at(minutes(4));
    refuse(7);
    EXPECT_EQ(sweep_at(minutes(5)), 1) << "it is not known any more";
}

}  // namespace
}  // namespace entstream::consumer::app
