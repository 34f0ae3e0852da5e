#include "common/runtime/backoff.hpp"

#include <gtest/gtest.h>

namespace entstream::runtime {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, GrowsFromFirstToMostWhenChanceIsHigh) {
    Backoff backoff(milliseconds(100), milliseconds(1000), [](std::int64_t, std::int64_t high) { return high; });
    EXPECT_EQ(backoff.next(), milliseconds(100));
    EXPECT_EQ(backoff.next(), milliseconds(300));
    EXPECT_EQ(backoff.next(), milliseconds(900));
    EXPECT_EQ(backoff.next(), milliseconds(1000));
    EXPECT_EQ(backoff.next(), milliseconds(1000));
}

TEST(Backoff, NeverFallsBelowFirst) {
    Backoff backoff(milliseconds(100), milliseconds(1000), [](std::int64_t low, std::int64_t) { return low; });
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(backoff.next(), milliseconds(100));
    }
}

TEST(Backoff, StartsAnewAfterReset) {
    Backoff backoff(milliseconds(100), milliseconds(1000), [](std::int64_t, std::int64_t high) { return high; });
    backoff.next();
    backoff.next();
    backoff.reset();
    EXPECT_EQ(backoff.next(), milliseconds(100));
}

TEST(Backoff, RealChanceStaysWithinItsBounds) {
    Backoff backoff(milliseconds(10), milliseconds(200));
    for (int i = 0; i < 1000; ++i) {
        const auto delay = backoff.next();
        EXPECT_GE(delay, milliseconds(10));
        EXPECT_LE(delay, milliseconds(200));
    }
}

}  // namespace
}  // namespace entstream::runtime
