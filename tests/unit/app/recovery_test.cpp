#include "consumer/app/recovery.hpp"

#include <gmock/gmock.h>

#include "common/kafka/error.hpp"
#include "tests/unit/app/fake_target.hpp"

namespace entstream::consumer::app {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

class RecoveryTest : public ::testing::Test {
  protected:
    FakeTarget target_;                 // NOLINT
    std::vector<milliseconds> pauses_;  // NOLINT
    Recovery recovery_{
        target_,  // NOLINT
        [this](milliseconds pause) {
            pauses_.push_back(pause);
            return false;
        },
        runtime::Backoff(milliseconds(100), milliseconds(1000), [](std::int64_t, std::int64_t high) { return high; })};
};

TEST_F(RecoveryTest, PausesGrowDuringAnOutageAndStartAnewAfterIt) {
    int failures = 4;
    const auto work = [&] {
        if (failures-- > 0) {
            throw merge::Unreachable("gone");
        }
    };
    EXPECT_TRUE(recovery_.on_target(work));
    EXPECT_THAT(pauses_, ElementsAre(milliseconds(100), milliseconds(300), milliseconds(900), milliseconds(1000)));
    pauses_.clear();
    failures = 1;
    EXPECT_TRUE(recovery_.on_target(work));
    EXPECT_THAT(pauses_, ElementsAre(milliseconds(100)));
}

TEST_F(RecoveryTest, TheTargetIsOpenedAgainBeforeTheWorkIsRepeated) {
    std::vector<int> opened_at;
    int attempts = 0;
    EXPECT_TRUE(recovery_.on_target([&] {
        opened_at.push_back(target_.opened);
        if (++attempts < 3) {
            throw pqxx::broken_connection("gone");
        }
    }));
    EXPECT_THAT(opened_at, ElementsAre(0, 1, 2));
}

TEST_F(RecoveryTest, OnKafkaOnlyWhatPassesIsRepeated) {
    int attempts = 0;
    EXPECT_TRUE(recovery_.on_kafka([&] {
        if (++attempts < 3) {
            throw kafka::Error("no broker", RD_KAFKA_RESP_ERR__TRANSPORT);
        }
    }));
    EXPECT_EQ(attempts, 3);
    EXPECT_THROW(
        recovery_.on_kafka([] { throw kafka::Error("no right", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED); }),
        kafka::Error);
    EXPECT_EQ(target_.opened, 0);
}

}  // namespace
}  // namespace entstream::consumer::app
