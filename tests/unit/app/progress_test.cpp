#include "consumer/app/progress.hpp"

#include <gmock/gmock.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

namespace entstream::consumer::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ProgressTest : public ::testing::Test {
  protected:
    void SetUp() override {
        former_ = spdlog::default_logger();
        auto logger = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(out_));
        logger->set_pattern("%v");
        spdlog::set_default_logger(std::move(logger));
        progress_.start("rennes", 100);
    }
    void TearDown() override { spdlog::set_default_logger(former_); }

    void applied(Offset offset, std::int64_t users) {
        merge::ApplySummary summary;
        summary.counts(merge::Entity::user, merge::Action::created) = users;
        progress_.applied("rennes", summary, offset, 1100);
    }
    /// What was logged since the last call.
    std::string log() {
        std::string text = out_.str();
        out_.str("");
        return text;
    }

    std::ostringstream out_;                                  // NOLINT
    std::shared_ptr<spdlog::logger> former_;                  // NOLINT
    Progress::Clock::time_point now_{std::chrono::hours(1)};  // NOLINT
    Progress progress_{[this] { return now_; }};              // NOLINT
};

TEST_F(ProgressTest, WhileLoadingThereIsALineInSomeSecondsWithShareAndRate) {
    applied(200, 60);
    progress_.report();
    EXPECT_EQ(log(), "");
    now_ += std::chrono::seconds(5);
    applied(600, 340);
    progress_.report();
    EXPECT_THAT(log(),
                StartsWith("source rennes: loading, offset 600 of 1100 (50 %, 100 records/s): user created 400"));
    progress_.report();
    EXPECT_EQ(log(), "");
}

TEST_F(ProgressTest, TheEndIsReportedOnce) {
    applied(1100, 1000);
    now_ += std::chrono::seconds(2);
    progress_.caught_up("rennes", 1100);
    const std::string text = log();
    EXPECT_THAT(text, HasSubstr("user created 1000"));
    EXPECT_THAT(text, HasSubstr("caught up at offset 1100, 2.0 s after offset 100"));
    progress_.caught_up("rennes", 1100);
    EXPECT_EQ(log(), "");
}

TEST_F(ProgressTest, AfterwardsTheFirstChangeIsReportedAtOnceAndTheNextOnesTogether) {
    progress_.caught_up("rennes", 100);
    log();
    applied(101, 1);
    progress_.report();
    EXPECT_THAT(log(), StartsWith("source rennes: offset 101: user created 1"));
    applied(102, 1);
    progress_.report();
    applied(103, 1);
    progress_.report();
    EXPECT_EQ(log(), "");
    now_ += std::chrono::seconds(5);
    progress_.report();
    EXPECT_THAT(log(), StartsWith("source rennes: offset 103: user created 2"));
}

TEST_F(ProgressTest, HeartbeatsAreNoNews) {
    progress_.caught_up("rennes", 100);
    log();
    now_ += std::chrono::seconds(60);
    applied(101, 0);
    progress_.report();
    EXPECT_EQ(log(), "");
}

TEST(CountsText, NamesEntitiesAndActions) {
    merge::Counts counts;
    EXPECT_EQ(to_text(counts), "");
    counts(merge::Entity::user, merge::Action::created) = 2;
    counts(merge::Entity::user, merge::Action::suspended) = 1;
    counts(merge::Entity::member, merge::Action::removed) = 3;
    EXPECT_EQ(to_text(counts), "user created 2, suspended 1; member removed 3");
}

}  // namespace
}  // namespace entstream::consumer::app
