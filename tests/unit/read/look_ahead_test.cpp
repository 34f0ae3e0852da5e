#include "consumer/read/look_ahead.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <vector>

#include "consumer/map/mapping_schema.hpp"
#include "consumer/read/batch_builder.hpp"
#include "tests/unit/read/log_records.hpp"

namespace entstream::consumer::read {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Uuid eve = Uuid::from_name("eve");
const Uuid dance_class = Uuid::from_name("dance class");

class LookAheadTest : public ::testing::Test {
  protected:
    static map::MappingConfig mapping() {
        map::MappingConfig config = map::default_mapping();
        config.cohorts.select = "(cn=*)";
        return config;
    }

    void look_at_all(const std::vector<LogRecord>& records) {
        for (const LogRecord& record : records) {
            ahead_.look_at(record);
        }
    }
    Batch batch_of(const std::vector<LogRecord>& records) {
        for (const LogRecord& record : records) {
            const auto added = builder_.add(record);
            EXPECT_TRUE(added && *added == BatchBuilder::Added::yes) << record.offset;
        }
        return builder_.take();
    }
    LogRecord removal_of_eve() { return log_.removal(user_key(eve), v1::KIND_USER, eve); }
    LogRecord member(v1::Operation operation) {
        return log_.member(v1::KIND_GROUP, dance_class, "uid=eve", eve, operation);
    }
    static LogRecord typed(LogRecord record, std::string_view type) {
        record.type = type;
        return record;
    }

    LogRecords log_;                                                                                 // NOLINT
    LookAhead ahead_;                                                                                // NOLINT
    const map::Mapper mapper_{mapping()};                                                            // NOLINT
    BatchBuilder builder_{mapper_, "rennes", "entstream.rennes.changes", StartPosition{}, &ahead_};  // NOLINT
};

TEST_F(LookAheadTest, WhoHasLeftIsPassedOverUntilHisDelete) {
    const std::vector<LogRecord> records = {log_.user(eve, "eve1"), log_.user(ana, "ana1"),
                                            member(v1::OPERATION_CREATE), member(v1::OPERATION_DELETE),
                                            removal_of_eve()};
    look_at_all(records);
    const Batch batch = batch_of({records[0], records[1], records[2]});
    ASSERT_THAT(batch.users, SizeIs(1));
    EXPECT_EQ(batch.users[0].uuid, ana);
    EXPECT_THAT(batch.members, IsEmpty());
    EXPECT_EQ(batch.next_offset, 3) << "the position moves on";
    EXPECT_EQ(batch.last_sequence, 3U);
    EXPECT_EQ(batch.reading.records, 3);
    EXPECT_EQ(batch.reading.superseded, 2);

    const Batch removals = batch_of({records[3], records[4]});
    ASSERT_THAT(removals.users, SizeIs(1));
    EXPECT_FALSE(removals.users[0].present);
    ASSERT_THAT(removals.members, SizeIs(1));
    EXPECT_FALSE(removals.members[0].present);
}

TEST_F(LookAheadTest, WhatIsNewerThanWhatWasSeenAlwaysCounts) {
    const std::vector<LogRecord> records = {log_.user(eve, "eve1"), removal_of_eve()};
    look_at_all(records);
    EXPECT_THAT(batch_of({records[0]}).users, IsEmpty());
    const Batch batch = batch_of({records[1], log_.user(eve, "eve2")});
    ASSERT_THAT(batch.users, SizeIs(1));
    EXPECT_TRUE(batch.users[0].present) << "she is there again";
    EXPECT_EQ(batch.users[0].version, 2);
}

TEST_F(LookAheadTest, OfSeveralStatesTheNewestCounts) {
    const std::vector<LogRecord> records = {log_.user(eve, "eve1"), removal_of_eve(), log_.user(eve, "eve2"),
                                            log_.user(eve, "eve3", v1::OPERATION_UPDATE)};
    look_at_all(records);
    const Batch batch = batch_of({records[0], records[1], records[2]});
    EXPECT_THAT(batch.users, IsEmpty()) << "nor is she suspended in between";
    EXPECT_THAT(batch_of({records[3]}).users, SizeIs(1));
}

TEST_F(LookAheadTest, ACreateAfterADeleteIsNoticedThoughNothingIsRememberedOfOthers) {
    const std::vector<LogRecord> records = {typed(log_.user(eve, "eve1"), "entstream.user.create"),
                                            typed(log_.user(ana, "ana1"), "entstream.user.create")};
    look_at_all(records);
    EXPECT_EQ(ahead_.size(), 0U);
    const LogRecord removal = typed(removal_of_eve(), "entstream.user.delete");
    const LogRecord again = typed(log_.user(eve, "eve2"), "entstream.user.create");
    look_at_all({removal, again});
    EXPECT_EQ(ahead_.size(), 1U);
    EXPECT_THAT(batch_of({records[0], records[1], removal}).users, SizeIs(1)) << "ana";
    EXPECT_THAT(batch_of({again}).users, SizeIs(1));
}

TEST_F(LookAheadTest, ADeleteCountsThoughItWasPurgedSince) {
    const std::vector<LogRecord> records = {log_.user(eve, "eve1"), removal_of_eve(), log_.tombstone(user_key(eve))};
    look_at_all(records);
    EXPECT_THAT(batch_of({records[0]}).users, IsEmpty());
    const Batch batch = batch_of({records[1], records[2]});
    ASSERT_THAT(batch.users, SizeIs(1));
    EXPECT_FALSE(batch.users[0].present);
}

TEST_F(LookAheadTest, TheDeleteOfAGroupThatCameBackCountsForItEndsMemberships) {
    const std::vector<LogRecord> records = {log_.group(dance_class, "D1"),
                                            log_.removal(group_key(dance_class), v1::KIND_GROUP, dance_class),
                                            log_.group(dance_class, "D2")};
    look_at_all(records);
    EXPECT_THAT(batch_of({records[0]}).cohorts, IsEmpty());
    const Batch batch = batch_of({records[1]});
    ASSERT_THAT(batch.cohorts, SizeIs(1));
    EXPECT_TRUE(batch.cohorts[0].deleted);
    EXPECT_THAT(batch_of({records[2]}).cohorts, SizeIs(1));
}

TEST_F(LookAheadTest, KindsAndParentsAreKeptApart) {
    // One UUID in two searches; one value in two groups.
    const std::vector<LogRecord> records = {log_.user(eve, "eve1"),
                                            log_.group(eve, "E"),
                                            log_.member(v1::KIND_GROUP, dance_class, "uid=ana", ana),
                                            log_.member(v1::KIND_GROUP, eve, "uid=ana", ana),
                                            log_.removal(group_key(eve), v1::KIND_GROUP, eve),
                                            log_.tombstone(member_key(eve, Uuid::from_name("uid=ana")))};
    look_at_all(records);
    const Batch batch = batch_of({records[0], records[1], records[2], records[3]});
    EXPECT_THAT(batch.users, SizeIs(1));
    EXPECT_THAT(batch.cohorts, IsEmpty());
    ASSERT_THAT(batch.members, SizeIs(1));
    EXPECT_EQ(batch.members[0].parent, dance_class);
}

TEST_F(LookAheadTest, WhatIsNoRecordOfTheProducersSaysNothing) {
    const LogRecord hers = log_.user(eve, "eve1");
    LogRecord foreign = removal_of_eve();
    foreign.log_id.reset();
    look_at_all({hers, foreign, log_.raw(user_key(eve), "no protobuf"), log_.raw("user/nobody", "")});
    EXPECT_THAT(batch_of({hers}).users, SizeIs(1));
}

TEST_F(LookAheadTest, TheDirectoryIsHeardToItsEndBehindAllThatWasReadAhead) {
    const std::chrono::system_clock::time_point noon{std::chrono::hours(12)};
    const std::vector<LogRecord> records = {log_.user(eve, "eve1"), log_.heartbeat(noon),
                                            log_.user(eve, "eve2", v1::OPERATION_UPDATE)};
    look_at_all(records);
    EXPECT_FALSE(batch_of({records[0], records[1]}).watermark) << "who waits for eve would take her for gone";
    EXPECT_EQ(batch_of({records[2]}).watermark, noon);
    EXPECT_FALSE(batch_of({log_.user(ana, "ana1")}).watermark);
    EXPECT_EQ(batch_of({log_.heartbeat(noon + std::chrono::hours(1))}).watermark, noon + std::chrono::hours(1));
}

}  // namespace
}  // namespace entstream::consumer::read
