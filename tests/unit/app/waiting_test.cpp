#include "consumer/app/waiting.hpp"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <sstream>
#include <string>

namespace entstream::consumer::app {
namespace {

class WaitingTest : public ::testing::Test {
  protected:
    void SetUp() override {
        auto logger = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(out_));
        logger->set_pattern("%v");
        former_ = spdlog::default_logger();
        spdlog::set_default_logger(std::move(logger));
    }
    void TearDown() override { spdlog::set_default_logger(former_); }

    /// What is logged an hour later.
    std::string after_an_hour() {
        now_ += std::chrono::hours(1);
        out_.str("");
        waiting_.report();
        return out_.str();
    }

    std::ostringstream out_;                                 // NOLINT
    std::shared_ptr<spdlog::logger> former_;                 // NOLINT
    Waiting::Clock::time_point now_{std::chrono::hours(1)};  // NOLINT
    Waiting waiting_{[this] { return now_; }};               // NOLINT
};

TEST_F(WaitingTest, NothingIsSaidWhereNothingWaits) {
    EXPECT_EQ(after_an_hour(), "");
    waiting_.swept("rennes", {});
    EXPECT_EQ(after_an_hour(), "");
}

TEST_F(WaitingTest, OneLineAnHourSaysWhatWaitsOfAllSources) {
    merge::SweepSummary rennes;
    rennes.parked_users = 1;
    rennes.unmapped = 2;
    rennes.gone = 3;
    rennes.held = 8;
    merge::SweepSummary nantes;
    nantes.parked_users = 4;
    nantes.parked_cohorts = 5;
    nantes.unresolved_roles = 6;
    nantes.refused = 7;
    waiting_.swept("rennes", rennes);
    waiting_.swept("nantes", nantes);
    waiting_.report();
    EXPECT_EQ(out_.str(), "") << "the hour is not over";
    const std::string line =
        "waiting: 5 users parked, 5 cohorts parked, 6 role objects without a place in Moodle, 2 entries unmapped, 7 "
        "records refused, 8 removals held, 3 accounts and cohorts gone in Moodle "
        "(docs/moodle_tables_of_entstream.md)\n";
    EXPECT_EQ(after_an_hour(), line);
    EXPECT_EQ(after_an_hour(), line) << "it waits still";
    waiting_.swept("nantes", {});
    waiting_.swept("rennes", {});
    EXPECT_EQ(after_an_hour(), "");
}

TEST_F(WaitingTest, WhoWasSparedIsCountedForTheHourThatIsOver) {
    merge::Counts counts;
    counts(merge::Entity::user, merge::Action::spared) = 2;
    waiting_.done(counts);
    waiting_.done(counts);
    EXPECT_EQ(after_an_hour(), "waiting: 4 accounts spared in the past hour (docs/moodle_tables_of_entstream.md)\n");
    EXPECT_EQ(after_an_hour(), "");
}

}  // namespace
}  // namespace entstream::consumer::app
