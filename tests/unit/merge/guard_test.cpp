// How many removals the guard lets pass.

#include "consumer/merge/guard.hpp"

#include <gtest/gtest.h>

namespace entstream::consumer::merge {
namespace {

const GuardConfig defaults;

/// Whether `fresh` removals are held, of a target with `linked` objects.
bool holds(const GuardConfig& config, const GuardWindow& window, std::int64_t fresh, std::int64_t linked,
           std::int64_t announced = 0) {
    return guard_verdict(
               config, window, fresh, [=] { return announced; }, [=] { return linked; })
        .holds;
}

TEST(Guard, TwentyPassEverywhereAndFivePercentWhereThatIsMore) {
    EXPECT_FALSE(holds(defaults, {}, 20, 30));
    EXPECT_TRUE(holds(defaults, {}, 21, 30));
    EXPECT_FALSE(holds(defaults, {}, 50, 1000));
    EXPECT_TRUE(holds(defaults, {}, 51, 1000));
}

TEST(Guard, WhatThisWindowLetThroughCounts) {
    EXPECT_FALSE(holds(defaults, {.let_through = 30}, 20, 1000));
    EXPECT_TRUE(holds(defaults, {.let_through = 30}, 21, 1000));
}

TEST(Guard, AWindowThatHoldsGoesOnHolding) {
    EXPECT_TRUE(holds(defaults, {.held = 1}, 1, 1000000));
}

TEST(Guard, WhatIsAnnouncedCountsFromTheFirst) {
    EXPECT_TRUE(holds(defaults, {}, 1, 1000, 51));
    EXPECT_FALSE(holds(defaults, {}, 1, 1000, 50));
    GuardConfig deaf = defaults;
    deaf.announced = false;
    EXPECT_FALSE(holds(deaf, {}, 1, 1000, 51));
}

TEST(Guard, WithoutPercentOnlyTheNumberCounts) {
    GuardConfig region = defaults;
    region.removals = 200;
    region.percent = 0;
    EXPECT_FALSE(holds(region, {}, 200, 1000000));
    EXPECT_TRUE(holds(region, {}, 201, 1000000));
}

TEST(Guard, ObjectsAreCountedOnlyWhereThatDecides) {
    const auto count = [](const GuardWindow& window, std::int64_t fresh) {
        bool counted = false;
        guard_verdict(
            defaults, window, fresh, [] { return 0; },
            [&] {
                counted = true;
                return 1000;
            });
        return counted;
    };
    EXPECT_FALSE(count({}, 20));
    EXPECT_FALSE(count({.linked = 1000}, 50)) << "they were counted in this window";
    EXPECT_FALSE(count({.held = 1}, 50));
    EXPECT_TRUE(count({}, 21));
    EXPECT_TRUE(count({.linked = 1000}, 51)) << "there may be more by now";
}

}  // namespace
}  // namespace entstream::consumer::merge
