#include "consumer/read/batch_builder.hpp"

#include <gmock/gmock.h>

#include <chrono>

#include "consumer/map/mapping_schema.hpp"
#include "tests/unit/read/log_records.hpp"

namespace entstream::consumer::read {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const Uuid ben = Uuid::from_name("ben");
const Uuid class_group = Uuid::from_name("a class");
const Uuid role_object = Uuid::from_name("a role object");

class BatchBuilderTest : public ::testing::Test {
  protected:
    void add(const LogRecord& record) {
        const auto added = builder_.add(record);
        ASSERT_TRUE(added) << added.error().reason;
        EXPECT_EQ(*added, BatchBuilder::Added::yes);
    }

    Rejection rejection_of(const LogRecord& record) {
        const auto added = builder_.add(record);
        EXPECT_FALSE(added) << "accepted";
        return added ? Rejection{} : added.error();
    }

    LogRecords log_;  // NOLINT
    static map::MappingConfig mapping() {
        map::MappingConfig config = map::default_mapping();
        config.cohorts.select = "(cn=*)";
        return config;
    }

    const map::Mapper mapper_{mapping()};                                                   // NOLINT
    BatchBuilder builder_{mapper_, "rennes", "entstream.rennes.changes", StartPosition{}};  // NOLINT
};

TEST_F(BatchBuilderTest, SaysWhenItsRecordsCameAboutAndWhichOfThemHaveNoConsequence) {
    const std::chrono::system_clock::time_point changed{std::chrono::seconds(1790000000)};
    const std::chrono::system_clock::time_point committed = changed + std::chrono::seconds(2);
    const auto add_change = [&](v1::Phase phase, const std::string& csn) {
        v1::Change change;
        ASSERT_TRUE(change.ParseFromString(std::string(*log_.user(ana, "ana1").value)));
        change.set_phase(phase);
        change.set_csn(csn);
        change.mutable_changed_at()->set_seconds(1790000000);
        LogRecord record = log_.change(user_key(ana), change);
        record.published_at = committed;
        add(record);
    };
    const std::string csn = "20260921134640.000000Z#000000#001#000000";
    add_change(v1::PHASE_PERSIST, csn);
    add_change(v1::PHASE_RECONCILE, csn);
    add_change(v1::PHASE_PERSIST, "");
    LogRecord beat = log_.heartbeat(changed);
    beat.published_at = committed;
    add(beat);
    const Batch::Reading reading = builder_.take().reading;
    EXPECT_EQ(reading.records, 4);
    EXPECT_EQ(reading.superseded, 2);
    EXPECT_EQ(reading.unselected, 0);
    EXPECT_EQ(reading.newest_change, changed);
    ASSERT_THAT(reading.times, SizeIs(3)) << "a heartbeat is no change";
    EXPECT_EQ(reading.times[0].committed, committed);
    EXPECT_EQ(reading.times[0].changed, changed);
    EXPECT_EQ(reading.times[1].changed, std::nullopt) << "a reconcile finds what was changed long before";
    EXPECT_EQ(reading.times[2].changed, std::nullopt) << "nobody knows when";

    add(log_.group(class_group, "4EME1"));
    EXPECT_EQ(builder_.take().reading.records, 1) << "of the next batch";
}

TEST_F(BatchBuilderTest, EachKindOfEntryBecomesItsDelta) {
    add(log_.user(ana, "ana1"));
    add(log_.group(class_group, "4EME1"));
    add(log_.role(role_object, "moodle:ENS:COURS:MATH"));
    add(log_.member(v1::KIND_GROUP, class_group, "uid=ana1", ana));
    add(log_.member(v1::KIND_ROLE, role_object, "uid=nobody", std::nullopt));
    const Batch batch = builder_.take();

    ASSERT_THAT(batch.users, SizeIs(1));
    EXPECT_EQ(batch.users[0].uuid, ana);
    EXPECT_EQ(batch.users[0].version, 0);
    EXPECT_TRUE(batch.users[0].present);
    EXPECT_EQ(batch.users[0][UserField::username], "ana1");
    ASSERT_THAT(batch.cohorts, SizeIs(1));
    EXPECT_EQ(batch.cohorts[0].idnumber, "4EME1");
    ASSERT_THAT(batch.roles, SizeIs(1));
    EXPECT_EQ(batch.roles[0].role, "editingteacher");
    ASSERT_THAT(batch.members, SizeIs(2));
    EXPECT_EQ(batch.members[0].parent_kind, ParentKind::group);
    EXPECT_EQ(batch.members[0].parent, class_group);
    EXPECT_EQ(batch.members[0].member, ana);
    EXPECT_TRUE(batch.members[0].present);
    EXPECT_EQ(batch.members[1].parent_kind, ParentKind::role);
    EXPECT_EQ(batch.members[1].member, std::nullopt);
}

TEST_F(BatchBuilderTest, ABatchKnowsItsStretchOfTheLog) {
    add(log_.user(ana, "ana1"));
    add(log_.user(ben, "ben1"));
    const Batch first = builder_.take();
    EXPECT_EQ(first.source, "rennes");
    EXPECT_EQ(first.log_id, log_.log_id);
    EXPECT_EQ(first.first_offset, 0);
    EXPECT_EQ(first.next_offset, 2);
    EXPECT_EQ(first.last_sequence, 2U);

    // Control records and compacted ones leave gaps.
    log_.next_offset = 10;
    add(log_.user(ana, "ana2", v1::OPERATION_UPDATE));
    const Batch second = builder_.take();
    EXPECT_EQ(second.first_offset, 2);
    EXPECT_EQ(second.next_offset, 11);
    EXPECT_EQ(second.last_sequence, 3U);
    EXPECT_THAT(second.users, SizeIs(1));
}

TEST_F(BatchBuilderTest, TheLastStateOfAKeyWins) {
    add(log_.user(ana, "ana1"));
    add(log_.user(ben, "ben1"));
    add(log_.removal(user_key(ana), v1::KIND_USER, ana));
    add(log_.user(ben, "ben2", v1::OPERATION_UPDATE));
    add(log_.member(v1::KIND_GROUP, class_group, "uid=ben", ben));
    add(log_.member(v1::KIND_GROUP, class_group, "uid=ben", ben, v1::OPERATION_DELETE));
    const Batch batch = builder_.take();
    ASSERT_THAT(batch.users, SizeIs(2));
    EXPECT_FALSE(batch.users[0].present);
    EXPECT_EQ(batch.users[0].version, 2);
    EXPECT_EQ(batch.users[1][UserField::username], "ben2");
    ASSERT_THAT(batch.members, SizeIs(1));
    EXPECT_FALSE(batch.members[0].present);
}

TEST_F(BatchBuilderTest, AUserWhoLeavesAndComesBackIsThere) {
    add(log_.removal(user_key(ana), v1::KIND_USER, ana));
    add(log_.user(ana, "ana1"));
    const Batch batch = builder_.take();
    ASSERT_THAT(batch.users, SizeIs(1));
    EXPECT_TRUE(batch.users[0].present);
}

TEST_F(BatchBuilderTest, TheDeletionOfAGroupOverridesItsEarlierMembers) {
    add(log_.group(class_group, "4EME1"));
    add(log_.member(v1::KIND_GROUP, class_group, "uid=ana", ana));
    add(log_.member(v1::KIND_ROLE, role_object, "uid=ana", ana));
    add(log_.removal(group_key(class_group), v1::KIND_GROUP, class_group));
    add(log_.tombstone(member_key(class_group, Uuid::from_name("uid=ana"))));
    const Batch batch = builder_.take();
    ASSERT_THAT(batch.cohorts, SizeIs(1));
    EXPECT_FALSE(batch.cohorts[0].present);
    EXPECT_TRUE(batch.cohorts[0].deleted);
    ASSERT_THAT(batch.members, SizeIs(1));
    EXPECT_EQ(batch.members[0].parent, role_object);
    EXPECT_EQ(batch.next_offset, 5);
}

TEST_F(BatchBuilderTest, WhatIsNotSelectedIsNotDeleted) {
    add(log_.role(role_object, "another application's"));
    add(log_.member(v1::KIND_ROLE, role_object, "uid=ana", ana));
    const Batch batch = builder_.take();
    ASSERT_THAT(batch.roles, SizeIs(1));
    EXPECT_FALSE(batch.roles[0].present);
    EXPECT_FALSE(batch.roles[0].deleted);
    EXPECT_THAT(batch.members, SizeIs(1));
}

TEST_F(BatchBuilderTest, AGroupThatComesBackWaitsUntilItsDeletionIsApplied) {
    add(log_.removal(group_key(class_group), v1::KIND_GROUP, class_group));
    const LogRecord again = log_.group(class_group, "4EME1");
    EXPECT_EQ(builder_.add(again), BatchBuilder::Added::after_take);
    EXPECT_EQ(builder_.add(again), BatchBuilder::Added::after_take) << "asking twice changes nothing";
    const Batch removal = builder_.take();
    ASSERT_THAT(removal.cohorts, SizeIs(1));
    EXPECT_FALSE(removal.cohorts[0].present);
    EXPECT_EQ(removal.next_offset, 1);

    add(again);
    add(log_.member(v1::KIND_GROUP, class_group, "uid=ana", ana));
    const Batch back = builder_.take();
    ASSERT_THAT(back.cohorts, SizeIs(1));
    EXPECT_TRUE(back.cohorts[0].present);
    EXPECT_THAT(back.members, SizeIs(1));
}

TEST_F(BatchBuilderTest, ManyPeopleInARowAreABatchOfTheirOwnAndFewAreNot) {
    constexpr int many = 1000;
    const auto add_people = [&](int count) {
        for (int i = 0; i < count; ++i) {
            add(log_.user(Uuid::random(), "person" + std::to_string(i)));
        }
    };
    add_people(many - 1);
    add(log_.group(class_group, "4EME1"));
    add_people(many - 1);
    add(log_.heartbeat(std::chrono::system_clock::time_point{}));
    add_people(1);
    EXPECT_FALSE(builder_.take().users.empty());
    add_people(1);  // the last one of many did not fit into the batch
    const LogRecord member = log_.member(v1::KIND_GROUP, class_group, "uid=ana1", ana);
    const auto waits = builder_.add(member);
    ASSERT_TRUE(waits);
    EXPECT_EQ(*waits, BatchBuilder::Added::after_take);
    const Batch people = builder_.take();
    EXPECT_EQ(people.next_offset, member.offset);
    EXPECT_THAT(people.members, IsEmpty());

    add(member);
    EXPECT_THAT(builder_.take().members, SizeIs(1));
}

TEST_F(BatchBuilderTest, AStretchThatChangesNothingIsTakenInLargerPieces) {
    for (const bool first_load : {true, false}) {
        EXPECT_EQ(batch_size(10000, first_load, true).records, 20000U);
        EXPECT_EQ(batch_size(10000, first_load, true).members_for_one, 8U);
    }
}

TEST_F(BatchBuilderTest, AFirstLoadTakesMoreAndOfMembersEightForOne) {
    constexpr std::size_t configured = 10000;
    EXPECT_EQ(batch_size(configured, true, false).records, configured);
    EXPECT_EQ(batch_size(configured, false, false).records, 4000U);
    EXPECT_EQ(batch_size(1, false, false).records, 1U);

    const BatchSize first_load = batch_size(3, true, false);
    const BatchSize live = batch_size(3, false, false);
    add(log_.user(ana, "ana1"));
    add(log_.group(class_group, "4EME1"));
    EXPECT_FALSE(builder_.fills(live));
    add(log_.member(v1::KIND_GROUP, class_group, "uid=member0", ana));
    EXPECT_TRUE(builder_.fills(live));
    for (int i = 1; i < 8; ++i) {
        EXPECT_FALSE(builder_.fills(first_load));
        add(log_.member(v1::KIND_GROUP, class_group, "uid=member" + std::to_string(i), ana));
    }
    EXPECT_TRUE(builder_.fills(first_load));
    static_cast<void>(builder_.take());
    EXPECT_FALSE(builder_.fills(live));
}

TEST_F(BatchBuilderTest, ATombstoneSaysNothingButMovesThePosition) {
    add(log_.tombstone(user_key(ana)));
    EXPECT_EQ(builder_.records(), 1U);
    const Batch batch = builder_.take();
    EXPECT_FALSE(batch.has_deltas());
    EXPECT_EQ(batch.next_offset, 1);
}

TEST_F(BatchBuilderTest, AHeartbeatCarriesTheWatermark) {
    const auto watermark = std::chrono::system_clock::time_point(std::chrono::microseconds(1790000000123456));
    add(log_.heartbeat(watermark - std::chrono::seconds(10)));
    add(log_.heartbeat(watermark));
    const Batch batch = builder_.take();
    EXPECT_EQ(batch.watermark, watermark);
    EXPECT_FALSE(batch.has_deltas());
    add(log_.user(ana, "ana1"));
    EXPECT_EQ(builder_.take().watermark, std::nullopt) << "a watermark belongs to its own batch";
}

TEST_F(BatchBuilderTest, WhatCannotBeDecodedIsRejectedAndCountsAsRead) {
    EXPECT_THAT(rejection_of(log_.raw("user/not-a-uuid", "x")).reason, HasSubstr("unknown key"));
    EXPECT_THAT(rejection_of(log_.raw(user_key(ana), "\xff\xff not protobuf")).reason, HasSubstr("protobuf"));
    v1::Change change;
    change.set_kind(v1::KIND_USER);
    change.set_uuid(ana.to_bytes());
    EXPECT_THAT(rejection_of(log_.change(user_key(ana), change)).reason, HasSubstr("operation"));
    change.set_operation(v1::OPERATION_UPDATE);
    EXPECT_THAT(rejection_of(log_.change(user_key(ben), change)).reason, HasSubstr("different entries"));
    EXPECT_THAT(rejection_of(log_.change(group_key(ana), change)).reason, HasSubstr("different kinds"));
    const auto member = log_.member(v1::KIND_USER, class_group, "uid=ana", ana);
    EXPECT_THAT(rejection_of(member).reason, HasSubstr("parent"));
    EXPECT_EQ(rejection_of(member).stage, Stage::value_converter);

    EXPECT_EQ(builder_.records(), 7U);
    const Batch batch = builder_.take();
    EXPECT_FALSE(batch.has_deltas());
    EXPECT_EQ(batch.next_offset, member.offset + 1);
}

TEST_F(BatchBuilderTest, OfAPersonsCohortsTheLatestRecordDecides) {
    map::MappingConfig config = map::default_mapping();
    map::FieldRule uid;
    uid.value = "${uid}";
    config.cohorts.from_people = {{.name = "one each",
                                   .filter = {},
                                   .attribute = "uid",
                                   .cohort_name = uid,
                                   .cohort_idnumber = uid,
                                   .cohort_description = {}}};
    const map::Mapper mapper(config);
    BatchBuilder builder(mapper, "rennes", "t", StartPosition{});
    ASSERT_TRUE(builder.add(log_.user(ana, "ana1")));
    ASSERT_TRUE(builder.add(log_.user(ben, "ben1")));
    ASSERT_TRUE(builder.add(log_.user(ana, "ana2", v1::OPERATION_UPDATE)));
    ASSERT_TRUE(builder.add(log_.removal(user_key(ben), v1::KIND_USER, ben)));
    const Batch batch = builder.take();
    ASSERT_THAT(batch.users, SizeIs(2));
    ASSERT_THAT(batch.users[0].cohorts, SizeIs(1));
    EXPECT_EQ(batch.users[0].cohorts[0].idnumber, "ana2");
    EXPECT_EQ(batch.users[0].cohorts[0].version, 2);
    EXPECT_THAT(batch.users[1].cohorts, IsEmpty());
    EXPECT_THAT(batch.cohorts, IsEmpty());
}

TEST_F(BatchBuilderTest, AnOperationOfTheFutureIsRejectedNotIgnored) {
    v1::Change change;
    change.set_kind(v1::KIND_USER);
    change.set_uuid(ana.to_bytes());
    change.set_operation(static_cast<v1::Operation>(17));
    EXPECT_THAT(rejection_of(log_.change(user_key(ana), change)).reason, HasSubstr("17"));
}

TEST_F(BatchBuilderTest, ARecordOfAnotherWriterIsRejected) {
    LogRecord record = log_.user(ana, "ana1");
    record.log_id.reset();
    EXPECT_THAT(rejection_of(record).reason, HasSubstr("entstream-log-id"));
}

TEST_F(BatchBuilderTest, WhatCannotBeMappedInFullIsReportedWithoutPersonalDataAndKeepsWhatAnEarlierRecordGave) {
    add(log_.user(ana, "ana1"));
    v1::Change nameless;
    nameless.set_kind(v1::KIND_USER);
    nameless.set_uuid(ana.to_bytes());
    nameless.set_operation(v1::OPERATION_UPDATE);
    auto* attribute = nameless.add_attributes();
    attribute->set_name("objectClass");
    attribute->add_values("ENTEleve");
    attribute = nameless.add_attributes();
    attribute->set_name("givenName");
    attribute->add_values("Secret");
    const Rejection rejection = rejection_of(log_.change(user_key(ana), nameless));
    EXPECT_EQ(rejection.stage, Stage::transformation);
    EXPECT_THAT(rejection.reason, Not(HasSubstr("Secret")));
    const Batch batch = builder_.take();
    ASSERT_THAT(batch.users, SizeIs(1));
    EXPECT_EQ(batch.users[0].version, 1);
    EXPECT_EQ(batch.users[0].problem, rejection.reason);
    EXPECT_EQ(batch.users[0][UserField::username], "ana1");
    EXPECT_EQ(batch.users[0][UserField::firstname], "Secret");
    EXPECT_EQ(batch.next_offset, 2);
}

TEST_F(BatchBuilderTest, ARoleObjectThatNamesNoRoleAnyMoreIsNotPresentAndKeepsItsMembers) {
    const Uuid teachers = Uuid::from_name("teachers");
    add(log_.role(teachers, "moodle:ENS:COURS:C-1"));
    const Rejection rejection = rejection_of(log_.role(teachers, "moodle:XYZ:COURS:C-1", v1::OPERATION_UPDATE));
    EXPECT_EQ(rejection.stage, Stage::transformation);
    const Batch batch = builder_.take();
    ASSERT_THAT(batch.roles, SizeIs(1));
    EXPECT_FALSE(batch.roles[0].present);
    EXPECT_FALSE(batch.roles[0].deleted);
    EXPECT_EQ(batch.roles[0].problem, rejection.reason);
}

TEST_F(BatchBuilderTest, ASourceThatDoesNotPublishWhatTheMappingNeedsIsRefused) {
    try {
        const auto ignored = builder_.add(log_.source_description({"uid", "objectClass"}));
        FAIL() << "accepted";
    } catch (const MappingRefused& refused) {
        EXPECT_THAT(refused.what(), HasSubstr("givenName"));
    }
}

TEST_F(BatchBuilderTest, ReadingGoesOnWhereTheTargetStands) {
    BatchBuilder resumed(mapper_, "rennes", "t",
                         StartPosition{.log_id = log_.log_id, .next_offset = 100, .last_sequence = 50});
    log_.next_offset = 103;
    log_.next_sequence = 51;
    ASSERT_TRUE(resumed.add(log_.user(ana, "ana1")));
    const Batch batch = resumed.take();
    EXPECT_EQ(batch.first_offset, 100);
    EXPECT_EQ(batch.next_offset, 104);
}

TEST_F(BatchBuilderTest, MembersThatTheTargetKnowsArePassedOver) {
    BatchBuilder builder(mapper_, "rennes", "t", StartPosition{.log_id = {}, .next_offset = 0, .members_from = 3});
    log_.next_offset = 0;
    log_.next_sequence = 1;
    const auto add = [&](const LogRecord& record) {
        return builder.pass_over(record.key, record.offset) || builder.add(record).has_value();
    };
    ASSERT_TRUE(add(log_.user(ana, "ana1")));
    ASSERT_TRUE(add(log_.member(v1::KIND_GROUP, class_group, "uid=ana1", ana)));
    ASSERT_TRUE(add(log_.member(v1::KIND_ROLE, role_object, "uid=ana1", ana)));
    EXPECT_EQ(builder.records(), 3U);
    ASSERT_TRUE(add(log_.member(v1::KIND_GROUP, class_group, "uid=ben", ben)));
    const Batch batch = builder.take();
    EXPECT_THAT(batch.users, SizeIs(1));
    ASSERT_THAT(batch.members, SizeIs(1));
    EXPECT_EQ(batch.members[0].member, ben);
    EXPECT_EQ(batch.next_offset, 4);
}

TEST_F(BatchBuilderTest, AnotherLogIsRefusedEvenWhereItsRecordsCannotBeDecoded) {
    BatchBuilder resumed(mapper_, "rennes", "t",
                         StartPosition{.log_id = "another log", .next_offset = 100, .last_sequence = 50});
    EXPECT_THROW(static_cast<void>(resumed.add(log_.raw(user_key(ana), "\xff"))), LogRefused);
}

TEST_F(BatchBuilderTest, RemovalsThatBelongTogetherAreCountedTogether) {
    const auto removal = [&](const std::string& key, v1::Kind kind, const Uuid& uuid, std::uint64_t generation) {
        v1::Change change;
        change.set_kind(kind);
        change.set_operation(v1::OPERATION_DELETE);
        change.set_uuid(uuid.to_bytes());
        change.set_generation(generation);
        change.mutable_removals()->set_cause(v1::CAUSE_RESYNC);
        change.mutable_removals()->set_users(1000);
        change.mutable_removals()->set_groups(2);
        return log_.change(key, change);
    };
    add(removal(user_key(ana), v1::KIND_USER, ana, 7));
    add(removal(user_key(ben), v1::KIND_USER, ben, 7));
    add(removal(group_key(class_group), v1::KIND_GROUP, class_group, 7));
    add(removal(role_key(role_object), v1::KIND_ROLE, role_object, 8));
    add(log_.removal(user_key(Uuid::from_name("of an older producer")), v1::KIND_USER,
                     Uuid::from_name("of an older producer")));
    const Batch batch = builder_.take();
    ASSERT_THAT(batch.removals, SizeIs(2));
    EXPECT_EQ(batch.removals[0].generation, 7U);
    EXPECT_EQ(batch.removals[0].cause, "resync");
    EXPECT_EQ(batch.removals[0].announced.users, 1000);
    EXPECT_EQ(batch.removals[0].announced.groups, 2);
    EXPECT_EQ(batch.removals[0].seen_counts().users, 2);
    EXPECT_EQ(batch.removals[0].seen_counts().groups, 1);
    EXPECT_EQ(batch.removals[1].generation, 8U);
    EXPECT_EQ(batch.removals[1].seen_counts().roles, 1);
    EXPECT_THAT(builder_.take().removals, IsEmpty());
}

}  // namespace
}  // namespace entstream::consumer::read
