#include "consumer/read/log_check.hpp"

#include <gmock/gmock.h>

#include "tests/unit/read/log_records.hpp"

namespace entstream::consumer::read {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::string topic = "entstream.rennes.changes";

/// What the check says of one record; "" when it passes.
std::string verdict(LogCheck& check, const LogRecord& record) {
    DecodedRecord decoded;
    EXPECT_TRUE(decode(record, decoded));
    try {
        check.check_identity(record);
        check.check_content(record, decoded);
    } catch (const LogRefused& refused) {
        return refused.what();
    }
    return "";
}

TEST(LogCheck, TheFirstRecordSaysWhichLogItIs) {
    LogRecords log;
    LogCheck check(topic, "", 0, 0);
    EXPECT_EQ(verdict(check, log.user(ana, "a")), "");
    EXPECT_EQ(check.log_id(), log.log_id);
    EXPECT_EQ(check.last_sequence(), 1U);
}

TEST(LogCheck, ARecreatedTopicIsRefusedWithTheRemedy) {
    LogRecords log;
    LogCheck check(topic, "the former log", 5, 5);
    log.next_sequence = 100;
    EXPECT_THAT(verdict(check, log.user(ana, "a")),
                AllOf(HasSubstr(topic), HasSubstr("the former log"), HasSubstr(log.log_id), HasSubstr("rebuild")));
}

TEST(LogCheck, ASequenceThatDoesNotRiseIsRefused) {
    for (const std::uint64_t sequence : {49U, 50U}) {
        LogRecords log;
        LogCheck check(topic, log.log_id, 100, 50);
        log.next_sequence = sequence;
        EXPECT_THAT(verdict(check, log.user(ana, "a")), AllOf(HasSubstr("truncated"), HasSubstr("rebuild")));
    }
}

TEST(LogCheck, SequencesMayHaveGaps) {
    LogRecords log;
    LogCheck check(topic, log.log_id, 100, 50);
    log.next_sequence = 51;
    EXPECT_EQ(verdict(check, log.user(ana, "a")), "");
    log.next_sequence = 900;
    EXPECT_EQ(verdict(check, log.user(ana, "a")), "");
}

TEST(LogCheck, ANewerFormatAsksForAnUpgrade) {
    LogRecords log;
    LogCheck check(topic, "", 0, 0);
    EXPECT_EQ(verdict(check, log.identity(log_format_version)), "");
    EXPECT_THAT(verdict(check, log.identity(log_format_version + 1)), HasSubstr("upgrade"));
}

TEST(LogCheck, WhoWasAwayWhileDeletionsWerePurgedRebuilds) {
    LogRecords log;
    log.next_offset = 500;
    log.next_sequence = 300;  // there were others in between
    LogCheck away(topic, log.log_id, 100, 80);
    EXPECT_THAT(verdict(away, log.purge_mark(100)), AllOf(HasSubstr("purged"), HasSubstr("rebuild")));
    LogCheck far_enough(topic, log.log_id, 101, 80);
    EXPECT_EQ(verdict(far_enough, log.purge_mark(100)), "");
}

TEST(LogCheck, WhoHasReadEverySequenceHasSeenWhatIsPurgedAMomentLater) {
    LogRecords log;
    log.next_offset = 105;  // behind the end of a transaction
    log.next_sequence = 81;
    LogCheck check(topic, log.log_id, 100, 80);
    EXPECT_EQ(verdict(check, log.removal(user_key(ana), v1::KIND_USER, ana)), "");
    EXPECT_EQ(verdict(check, log.purge_mark(105)), "");
    log.next_sequence = 90;  // some are missing
    EXPECT_EQ(verdict(check, log.user(ana, "a")), "");
    EXPECT_THAT(verdict(check, log.purge_mark(107)), HasSubstr("rebuild"));
}

TEST(LogCheck, WhoReadsFromTheStartMissesNoDeletion) {
    LogRecords log;
    LogCheck check(topic, "", 0, 0);
    EXPECT_EQ(verdict(check, log.purge_mark(1000)), "");
}

TEST(LogCheck, WhoWasInterruptedWhileReadingFromTheStartMissesNothingThatWasPurgedBefore) {
    LogRecords log;
    log.next_offset = 500;
    log.next_sequence = 300;
    LogRecord mark = log.purge_mark(400);
    const auto now = std::chrono::system_clock::now();
    mark.published_at = now - std::chrono::hours(1);
    LogCheck began_later(topic, log.log_id, 100, 80, now);
    EXPECT_EQ(verdict(began_later, mark), "");
    LogCheck began_before(topic, log.log_id, 100, 80, now - std::chrono::hours(2));
    EXPECT_THAT(verdict(began_before, mark), HasSubstr("rebuild"));
    LogCheck unknown(topic, log.log_id, 100, 80);
    EXPECT_THAT(verdict(unknown, mark), HasSubstr("rebuild"));
}

TEST(LogCheck, WhoHadReadToTheEndHasSeenWhatIsPurgedLater) {
    LogRecords log;
    LogCheck check(topic, log.log_id, 100, 80);
    log.next_sequence = 300;
    check.reached_end(200);
    EXPECT_EQ(verdict(check, log.purge_mark(199)), "");
    log.next_sequence = 400;
    EXPECT_THAT(verdict(check, log.purge_mark(200)), HasSubstr("rebuild"));
}

}  // namespace
}  // namespace entstream::consumer::read
