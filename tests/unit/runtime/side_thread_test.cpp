#include "common/runtime/side_thread.hpp"

#include <gmock/gmock.h>

#include <future>
#include <vector>

namespace entstream::runtime {
namespace {

using ::testing::ElementsAre;

TEST(SideThread, WorksBesideItsOwnerUntilTheTurnIsOver) {
    SideThread thread;
    std::promise<void> go_on;
    std::vector<int> order;
    {
        const auto turn = thread.run([&] {
            go_on.get_future().wait();  // would never come if the work ran before run() returned
            order.push_back(2);
        });
        order.push_back(1);
        go_on.set_value();
    }
    order.push_back(3);
    EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST(SideThread, TakesOneTurnAfterTheOther) {
    SideThread thread;
    std::vector<int> done;
    for (int i = 0; i < 100; ++i) {
        const auto turn = thread.run([&done, i] { done.push_back(i); });
    }
    ASSERT_EQ(done.size(), 100U);
    EXPECT_EQ(done.front(), 0);
    EXPECT_EQ(done.back(), 99);
}

TEST(SideThread, ATurnThatAnErrorEndsWaitsForItsWorkToo) {
    SideThread thread;
    bool done = false;
    const auto fail = [&] {
        const auto turn = thread.run([&] { done = true; });
        throw std::runtime_error("the owner's own work failed");
    };
    EXPECT_THROW(fail(), std::runtime_error);
    EXPECT_TRUE(done);
}

TEST(SideThread, EndsWithoutHavingWorked) {
    const SideThread thread;
}

}  // namespace
}  // namespace entstream::runtime
