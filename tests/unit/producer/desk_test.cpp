// Requests of the control topic and the answers to them, as the state topic keeps them.

#include "producer/control/desk.hpp"

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include "tests/unit/producer/fake_log.hpp"

namespace entstream::producer::test {
namespace {

using control::Desk;
using std::chrono::hours;

class DeskTest : public ::testing::Test {
  protected:
    DeskTest() { spdlog::set_level(spdlog::level::off); }

    static publish::Restored nothing() {
        publish::Restored restored;
        restored.log_id = "log";
        return restored;
    }
    static std::string resync(const std::string& id) {
        v1::ControlRequest request;
        request.set_request_id(id);
        request.mutable_resync();
        return request.SerializeAsString();
    }
    void take(Desk& desk, const std::string& id, std::int64_t offset) const {
        desk.take(id, resync(id), offset, now_, now_);
    }
    /// What the state topic says of it; nullopt: nothing any more.
    std::optional<std::string> answer(const std::string& id) {
        publisher_.commit();
        return log_.state("answer/" + id);
    }

    const Desk::Time now_ = std::chrono::system_clock::now();  // NOLINT
    ProducerConfig config_;                                    // NOLINT
    FakeLog log_;                                              // NOLINT
    publish::Publisher publisher_{log_, "test", "log", 0, 0};  // NOLINT
};

TEST_F(DeskTest, AnswersAreDroppedAfterSevenDaysAndRequestsThatWaitAreNot) {
    Desk desk(config_, publisher_, nothing());
    take(desk, "done", 0);
    take(desk, "waits", 1);
    desk.done(*desk.next_long(), {});
    desk.take("refused", "no protobuf", 2, now_, now_);
    desk.drop_old(now_ + Desk::answers_kept - hours(1));
    for (const char* id : {"done", "waits", "refused"}) {
        EXPECT_TRUE(answer(id)) << id;
    }
    desk.drop_old(now_ + Desk::answers_kept + hours(1));
    EXPECT_FALSE(answer("done"));
    EXPECT_FALSE(answer("refused"));
    EXPECT_TRUE(answer("waits"));
    ASSERT_TRUE(desk.next_long());
    EXPECT_EQ(desk.next_long()->request_id(), "waits");
}

TEST_F(DeskTest, ARestartDropsThemTooAndARequestReadLateIsRefused) {
    publish::Restored restored = nothing();
    v1::ControlAnswer& old = restored.answers["old"];
    old.set_request_id("old");
    old.set_status(v1::ANSWER_STATUS_DONE);
    *old.mutable_updated_at() = publish::to_timestamp(now_ - Desk::answers_kept - hours(1));
    publisher_.state("answer/old", &old);
    Desk desk(config_, publisher_, restored);
    desk.drop_old(now_);
    EXPECT_FALSE(answer("old"));
    // Whether it was done nobody knows any more.
    desk.take("old", resync("old"), 0, now_ - Desk::answers_kept - hours(2), now_);
    EXPECT_FALSE(desk.next_long());
    v1::ControlAnswer refused;
    ASSERT_TRUE(refused.ParseFromString(answer("old").value_or("")));
    EXPECT_EQ(refused.status(), v1::ANSWER_STATUS_REFUSED);
}

TEST_F(DeskTest, ATopicThatIsMadeAnewGivesTheSameOffsetsToOthers) {
    Desk desk(config_, publisher_, nothing());
    take(desk, "first", 0);
    desk.topic_is_new();
    EXPECT_EQ(desk.next_offset(), 0);
    take(desk, "second", 0);
    EXPECT_EQ(desk.next_offset(), 1);
    desk.done(*desk.next_long(), {});
    ASSERT_TRUE(desk.next_long()) << "one request took the place of the other";
    desk.done(*desk.next_long(), {});
    EXPECT_FALSE(desk.next_long());
}

}  // namespace
}  // namespace entstream::producer::test
