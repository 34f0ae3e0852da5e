#include "consumer/app/applier.hpp"

#include <gmock/gmock.h>

#include <numeric>

#include "common/kafka/error.hpp"
#include "tests/unit/app/fake_target.hpp"

namespace entstream::consumer::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class FakeDeadLetters final : public read::DeadLetters {
  public:
    struct Letter {
        std::string topic;
        std::string key;
        Offset offset;
        std::string reason;
    };
    std::vector<Letter> stored;
    std::vector<Letter> added;
    int failures = 0;  ///< of the coming flushes

    void add(const std::string& topic, const read::LogRecord& record, const read::Rejection& rejection) override {
        added.push_back({topic, std::string(record.key), record.offset, rejection.reason});
    }
    void flush() override {
        if (failures > 0) {
            --failures;
            throw kafka::Error("no broker", RD_KAFKA_RESP_ERR__TRANSPORT);
        }
        stored.insert(stored.end(), added.begin(), added.end());
        added.clear();
    }
};

class ApplierTest : public ::testing::Test {
  protected:
    /// A batch of users with these versions, from where the target stands.
    static Batch batch_of(Offset first, Offset next, const std::vector<Offset>& versions) {
        Batch batch;
        batch.source = "rennes";
        batch.log_id = "log";
        batch.first_offset = first;
        batch.next_offset = next;
        batch.last_sequence = static_cast<std::uint64_t>(next);
        for (const Offset version : versions) {
            UserDelta user;
            user.uuid = Uuid::from_name(std::to_string(version));
            user.version = version;
            batch.users.push_back(user);
        }
        return batch;
    }
    std::optional<merge::ApplySummary> apply(const Batch& batch) { return applier_.apply(batch, "topic"); }
    Offset position() { return target_.positions["rennes"].next_offset; }

    FakeTarget target_;                // NOLINT
    FakeDeadLetters dead_letters_;     // NOLINT
    int pauses_ = 0;                   // NOLINT
    int pauses_until_stop_ = 1000;     // NOLINT
    std::set<Offset> compacted_away_;  // NOLINT
    Recovery recovery_{target_,
                       [this](std::chrono::milliseconds) { return ++pauses_ >= pauses_until_stop_; }};  // NOLINT
    Applier applier_{target_, recovery_, dead_letters_,                                                 // NOLINT
                     [this](const std::string&, Offset offset, const auto& use) {
                         if (compacted_away_.contains(offset)) {
                             return false;
                         }
                         use({.key = "user/x", .value = "bytes", .offset = offset, .log_id = "log"});
                         return true;
                     }};
};

TEST_F(ApplierTest, AppliesABatchOnce) {
    const auto summary = apply(batch_of(0, 3, {0, 1, 2}));
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->counts(merge::Entity::user, merge::Action::created), 3);
    EXPECT_THAT(target_.applied, ElementsAre(0, 1, 2));
    EXPECT_EQ(pauses_, 0);
}

TEST_F(ApplierTest, AnOutageIsWaitedForAndTheBatchAppliedOnce) {
    target_.before_commit = {throwing<merge::Unreachable>("gone"), throwing<pqxx::broken_connection>("gone")};
    target_.at_open = {throwing<merge::Unreachable>("starting")};
    ASSERT_TRUE(apply(batch_of(0, 2, {0, 1})));
    EXPECT_THAT(target_.applied, ElementsAre(0, 1));
    EXPECT_EQ(target_.opened, 3);
    EXPECT_EQ(pauses_, 3);
}

TEST_F(ApplierTest, ACommitWhoseAnswerWasLostIsNotRepeated) {
    target_.after_commit = {throwing<pqxx::in_doubt_error>("connection lost in COMMIT")};
    ASSERT_TRUE(apply(batch_of(0, 2, {0, 1})));
    EXPECT_THAT(target_.applied, ElementsAre(0, 1));
    EXPECT_EQ(position(), 2);
}

TEST_F(ApplierTest, ACommitInDoubtThatDidNotHappenIsRepeated) {
    target_.before_commit = {throwing<pqxx::in_doubt_error>("connection lost in COMMIT")};
    ASSERT_TRUE(apply(batch_of(0, 2, {0, 1})));
    EXPECT_THAT(target_.applied, ElementsAre(0, 1));
}

TEST_F(ApplierTest, OneBadRecordGoesToTheDeadLettersAndTheRestGoesOn) {
    target_.bad_data = {5};
    std::vector<Offset> versions(10);
    std::iota(versions.begin(), versions.end(), 0);
    const auto summary = apply(batch_of(0, 10, versions));
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->counts(merge::Entity::user, merge::Action::created), 9);
    EXPECT_THAT(target_.applied, ElementsAre(0, 1, 2, 3, 4, 6, 7, 8, 9));
    EXPECT_EQ(position(), 10);
    EXPECT_EQ(target_.positions["rennes"].last_sequence, 10U);
    ASSERT_THAT(dead_letters_.stored, SizeIs(1));
    EXPECT_EQ(dead_letters_.stored[0].offset, 5);
    EXPECT_EQ(dead_letters_.stored[0].topic, "topic");
    ASSERT_THAT(target_.kept, SizeIs(1));
    EXPECT_EQ(target_.kept[0].version, 5);
    EXPECT_EQ(target_.kept[0].value, "bytes");
    EXPECT_THAT(target_.kept[0].reason, HasSubstr("23514"));
}

TEST_F(ApplierTest, TheReasonOfADeadLetterHoldsNoPersonalData) {
    target_.bad_data = {0};
    ASSERT_TRUE(apply(batch_of(0, 1, {0})));
    ASSERT_THAT(dead_letters_.stored, SizeIs(1));
    EXPECT_THAT(dead_letters_.stored[0].reason, HasSubstr("23514"));
    EXPECT_THAT(dead_letters_.stored[0].reason, Not(HasSubstr("ana.petit")));
}

TEST_F(ApplierTest, ABadRecordThatALaterOneReplacedNeedsNoLetter) {
    target_.bad_data = {0};
    compacted_away_ = {0};
    ASSERT_TRUE(apply(batch_of(0, 1, {0})));
    EXPECT_THAT(dead_letters_.stored, IsEmpty());
    EXPECT_EQ(position(), 1);
}

TEST_F(ApplierTest, DeadLettersAreStoredBeforeThePositionMoves) {
    dead_letters_.add("topic", {.key = "user/y", .value = "x", .offset = 0, .log_id = "log"}, {});
    dead_letters_.failures = 2;
    target_.before_commit = {[&] { EXPECT_THAT(dead_letters_.stored, SizeIs(1)); }};
    ASSERT_TRUE(apply(batch_of(0, 2, {1})));
    EXPECT_EQ(pauses_, 2);
    EXPECT_EQ(position(), 2);
}

TEST_F(ApplierTest, ASplitBatchStoresNoSequenceThatItsFirstHalfDoesNotHave) {
    applier_.start_at("rennes", 7);
    target_.bad_data = {0, 1};
    std::vector<std::uint64_t> sequences;
    const auto note = [&] { sequences.push_back(target_.positions["rennes"].last_sequence); };
    target_.after_commit = {note, note};
    ASSERT_TRUE(apply(batch_of(0, 100, {0, 1})));
    EXPECT_THAT(sequences, ElementsAre(7U, 100U));
}

TEST_F(ApplierTest, WhatIsNotDataStopsTheProgram) {
    target_.before_commit = {throwing<merge::Fenced>("another owner")};
    EXPECT_THROW(apply(batch_of(0, 2, {0, 1})), merge::Fenced);
    target_.before_commit = {throwing<merge::TargetError>("restored")};
    EXPECT_THROW(apply(batch_of(0, 2, {0, 1})), merge::TargetError);
    EXPECT_THAT(target_.applied, IsEmpty());
}

TEST_F(ApplierTest, AStopEndsTheWaiting) {
    pauses_until_stop_ = 3;
    for (int i = 0; i < 10; ++i) {
        target_.before_commit.push_back(throwing<merge::Unreachable>("gone"));
    }
    EXPECT_EQ(apply(batch_of(0, 2, {0, 1})), std::nullopt);
    EXPECT_EQ(pauses_, 3);
    EXPECT_THAT(target_.applied, IsEmpty());
}

}  // namespace
}  // namespace entstream::consumer::app
