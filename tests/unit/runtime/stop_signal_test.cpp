#include "common/runtime/stop_signal.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

namespace entstream::runtime {
namespace {

TEST(StopSignal, NobodyAskedToStop) {
    const StopSignal stop;
    EXPECT_FALSE(stop.requested());
    EXPECT_FALSE(stop.wait(std::chrono::milliseconds(1)));
}

TEST(StopSignal, TerminateAndInterruptAreHeardAndStayHeard) {
    for (const int signal : {SIGTERM, SIGINT}) {
        const StopSignal stop;
        ::kill(::getpid(), signal);
        EXPECT_TRUE(stop.requested());
        EXPECT_TRUE(stop.requested());
        EXPECT_TRUE(stop.wait(std::chrono::hours(1)));
    }
}

TEST(StopSignal, WakesWhoWaits) {
    const StopSignal stop;
    std::thread waiter([&] { EXPECT_TRUE(stop.wait(std::chrono::hours(1))); });
    ::kill(::getpid(), SIGTERM);
    waiter.join();
}

TEST(StopSignal, AnOldSignalIsForgottenWithItsOwner) {
    {
        const StopSignal stop;
        ::kill(::getpid(), SIGTERM);
    }
    const StopSignal stop;
    EXPECT_FALSE(stop.requested());
}

}  // namespace
}  // namespace entstream::runtime
