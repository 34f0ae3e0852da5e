#include "consumer/merge/sql_clock.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace entstream::consumer::merge {
namespace {

SqlClock::Clock::duration of(const SqlClock& clock, SqlStep step) {
    return clock.times().at(static_cast<std::size_t>(step));
}

void spend_a_moment() {
    const auto until = SqlClock::Clock::now() + std::chrono::milliseconds(1);
    while (SqlClock::Clock::now() < until) {
        std::this_thread::yield();
    }
}

TEST(SqlClock, AStepWithinAStepCountsForItselfAlone) {
    SqlClock clock;
    const auto began = SqlClock::Clock::now();
    {
        const SqlClock::Step write(&clock, SqlStep::write);
        {
            const SqlClock::Step plan(&clock, SqlStep::plan);
            spend_a_moment();
            const SqlClock::Step guard(&clock, SqlStep::guard);
            spend_a_moment();
        }
        spend_a_moment();
    }
    const auto all = SqlClock::Clock::now() - began;
    spend_a_moment();
    SqlClock::Clock::duration sum{};
    for (const SqlStep step : {SqlStep::write, SqlStep::plan, SqlStep::guard}) {
        EXPECT_GE(of(clock, step), std::chrono::milliseconds(1));
        sum += of(clock, step);
    }
    EXPECT_LE(sum, all) << "nothing is counted twice, and nothing outside";
    EXPECT_EQ(of(clock, SqlStep::commit), SqlClock::Clock::duration::zero());
}

TEST(SqlClock, ASweepIsOneStep) {
    SqlClock clock;
    {
        const SqlClock::Step sweep(&clock, SqlStep::sweep);
        const SqlClock::Step plan(&clock, SqlStep::plan);
        spend_a_moment();
    }
    EXPECT_GE(of(clock, SqlStep::sweep), std::chrono::milliseconds(1));
    EXPECT_EQ(of(clock, SqlStep::plan), SqlClock::Clock::duration::zero());
}

}  // namespace
}  // namespace entstream::consumer::merge
