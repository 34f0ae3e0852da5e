#include "tests/integration/merge/merge_test.hpp"

namespace entstream::test {
namespace {

class Members : public MergeTest {
  protected:
    std::string members() {
        return sql(
            "SELECT cohort.idnumber, username FROM mdl_cohort_members AS member "
            "JOIN mdl_cohort AS cohort ON cohort.id = member.cohortid "
            "JOIN mdl_user AS account ON account.id = member.userid ORDER BY 1, 2");
    }
};

TEST_P(Members, MemberGetsExactlyMoodlesRows) {
    user(1);
    group(10, "4e A", "4A");
    member(ParentKind::group, 10, 1, 1);
    const ApplySummary summary = apply();
    EXPECT_EQ(summary.counts(Entity::member, Action::created), 1);
    EXPECT_EQ(members(), "4A|u1");
    EXPECT_EQ(sql("SELECT abs(timeadded - extract(epoch FROM now())) < 60 FROM mdl_cohort_members"), "t");
    EXPECT_EQ(sql("SELECT eventname, component, action, target, objecttable, objectid = (SELECT id FROM mdl_cohort), "
                  "crud, edulevel, contextid, contextlevel, contextinstanceid, userid, courseid, relateduserid = " +
                  id_of(1) + ", other FROM mdl_logstore_standard_log WHERE target = 'cohort_member'"),
              "\\core\\event\\cohort_member_added|core|added|cohort_member|cohort|t|c|0|1|10|0|2|0|t|null");
}

TEST_P(Members, ValueThatLeavesRemovesTheMember) {
    user(1);
    group(10, "4e A", "4A");
    member(ParentKind::group, 10, 1, 1);
    apply();
    member_leaves(ParentKind::group, 10, 1);
    EXPECT_EQ(apply().counts(Entity::member, Action::removed), 1);
    EXPECT_EQ(members(), "");
    EXPECT_EQ(sql("SELECT eventname, action, crud, relateduserid = " + id_of(1) +
                  " FROM mdl_logstore_standard_log WHERE target = 'cohort_member' ORDER BY id DESC LIMIT 1"),
              "\\core\\event\\cohort_member_removed|removed|d|t");
}

TEST_P(Members, WhoComesBeforeHisUserWaitsForHim) {
    group(10, "4e A", "4A");
    member(ParentKind::group, 10, 1, 1);
    apply();
    user(1);
    EXPECT_EQ(apply().counts(Entity::member, Action::created), 1);
    EXPECT_EQ(members(), "4A|u1");
}

TEST_P(Members, WhoComesBeforeHisGroupWaitsForIt) {
    user(1);
    member(ParentKind::group, 10, 1, 1);
    apply();
    group(10, "4e A", "4A");
    apply();
    EXPECT_EQ(members(), "4A|u1");
}

TEST_P(Members, ValueOfNobodyIsResolvedByALaterRecord) {
    user(1);
    group(10, "4e A", "4A");
    member(ParentKind::group, 10, 1, std::nullopt);
    apply();
    member(ParentKind::group, 10, 1, 1);
    apply();
    EXPECT_EQ(members(), "4A|u1");
}

TEST_P(Members, MembershipEndsOnlyWithItsLastValue) {
    user(1);
    group(10, "4e A", "4A");
    member(ParentKind::group, 10, 1, 1);
    apply();
    member(ParentKind::group, 10, 2, 1);  // the new DN after a rename
    member_leaves(ParentKind::group, 10, 1);
    EXPECT_EQ(apply().counts(Entity::member, Action::removed), 0);
    EXPECT_EQ(members(), "4A|u1");
    member_leaves(ParentKind::group, 10, 2);
    apply();
    EXPECT_EQ(members(), "");
}

TEST_P(Members, ValueThatNamesAnotherPersonMovesTheMembership) {
    user(1);
    user(2);
    group(10, "4e A", "4A");
    member(ParentKind::group, 10, 1, 1);
    apply();
    member(ParentKind::group, 10, 1, 2);
    apply();
    EXPECT_EQ(members(), "4A|u2");
}

TEST_P(Members, WhoIsAddedByHandAtTheSameMomentIsAMemberOnce) {
    user(1);
    user(2);
    group(10, "4e A", "4A");
    apply();
    // Between our look and our insert.
    sql("CREATE FUNCTION add_first() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
        "IF pg_trigger_depth() = 1 THEN INSERT INTO mdl_cohort_members (cohortid, userid, timeadded) "
        "VALUES (new.cohortid, new.userid, 17); END IF; RETURN new; END$$");
    sql("CREATE TRIGGER add_first BEFORE INSERT ON mdl_cohort_members FOR EACH ROW EXECUTE FUNCTION add_first()");
    member(ParentKind::group, 10, 1, 1);
    member(ParentKind::group, 10, 2, 2);
    apply();
    sql("DROP TRIGGER add_first ON mdl_cohort_members");
    EXPECT_EQ(members(), "4A|u1\n4A|u2");
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort_members WHERE timeadded = 17"), "2");
}

TEST_P(Members, OfALargeGroupAreFoundByFewRecordsAndByMany) {
    constexpr int all = 40;
    group(50, "4e A", "4A");
    const auto name_all = [&] {
        for (int i = 1; i <= all; ++i) {
            member(ParentKind::group, 50, i, i);
        }
    };
    for (int i = 1; i <= all; ++i) {
        user(i);
    }
    name_all();
    apply();
    member_leaves(ParentKind::group, 50, 3);
    member_leaves(ParentKind::group, 50, 38);
    member(ParentKind::group, 50, 20, 7);
    const ApplySummary few = apply();
    EXPECT_EQ(few.counts(Entity::member, Action::removed), 3);
    EXPECT_EQ(few.counts(Entity::member, Action::created), 0);
    EXPECT_EQ(sql("SELECT count(*), count(DISTINCT member_uuid) FROM entstream.membership"), "38|37");
    name_all();
    const ApplySummary many = apply();
    EXPECT_EQ(many.counts(Entity::member, Action::removed), 0);
    EXPECT_EQ(many.counts(Entity::member, Action::created), 3);
    EXPECT_EQ(sql("SELECT count(*), count(DISTINCT member_uuid) FROM entstream.membership"), "40|40");
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort_members"), "40");
}

TEST_P(Members, OlderRecordIsIgnored) {
    user(1);
    group(10, "4e A", "4A");
    member(ParentKind::group, 10, 1, 1);
    apply();
    member_leaves(ParentKind::group, 10, 1);
    batch_.members.back().version = 1;
    EXPECT_EQ(apply().counts.total(), 0);
    EXPECT_EQ(members(), "4A|u1");
}

TEST_P(Members, OfAGroupDeletedLaterInTheBatchAreVoid) {
    user(1);
    group(10, "4e A", "4A");
    apply();
    member(ParentKind::group, 10, 1, 1);
    group_leaves(10);
    apply();
    EXPECT_EQ(members(), "");
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.membership"), "0");
}

TEST_P(Members, SuspendedUserStaysUntilTheDirectoryRemovesHim) {
    user(1);
    group(10, "4e A", "4A");
    member(ParentKind::group, 10, 1, 1);
    apply();
    user_leaves(1);
    apply();
    EXPECT_EQ(members(), "4A|u1");
    member_leaves(ParentKind::group, 10, 1);
    apply();
    EXPECT_EQ(members(), "");
}

TEST_P(Members, AddedByHandAlreadyIsNotAddedAgain) {
    user(1);
    group(10, "4e A", "4A");
    apply();
    sql("INSERT INTO mdl_cohort_members (cohortid, userid, timeadded) SELECT id, " + id_of(1) + ", 1 FROM mdl_cohort");
    member(ParentKind::group, 10, 1, 1);
    EXPECT_EQ(apply().counts(Entity::member, Action::created), 0);
    EXPECT_EQ(sql("SELECT timeadded FROM mdl_cohort_members"), "1");
}

TEST_P(Members, OfAnotherCohortOrByHandAreNotTouched) {
    user(1);
    user(2);
    group(10, "4e A", "4A");
    member(ParentKind::group, 10, 1, 1);
    apply();
    sql("INSERT INTO mdl_cohort_members (cohortid, userid, timeadded) SELECT id, " + id_of(2) + ", 1 FROM mdl_cohort");
    member_leaves(ParentKind::group, 10, 1);
    apply();
    EXPECT_EQ(members(), "4A|u2");
}

TEST_P(Members, WhoWasDeletedInMoodleGetsNoRows) {
    user(1);
    group(10, "4e A", "4A");
    apply();
    sql("UPDATE mdl_user SET deleted = 1 WHERE username = 'u1'");
    member(ParentKind::group, 10, 1, 1);
    apply();
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort_members"), "0");
}

TEST_P(Members, CohortDeletedInMoodleGetsNoRows) {
    user(1);
    group(10, "4e A", "4A");
    apply();
    sql("DELETE FROM mdl_cohort");
    member(ParentKind::group, 10, 1, 1);
    apply();
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort_members"), "0");
}

TEST_P(Members, AFirstLoadInOneBatch) {
    constexpr int people = 500;
    for (int i = 1; i <= people; ++i) {
        user(i);
    }
    for (int i = 0; i < 10; ++i) {
        group(1000 + i, "Class " + std::to_string(i), "C" + std::to_string(i));
    }
    for (int i = 1; i <= people; ++i) {
        member(ParentKind::group, 1000 + i % 10, i, i);
    }
    const ApplySummary summary = apply();
    EXPECT_EQ(summary.counts(Entity::user, Action::created), people);
    EXPECT_EQ(summary.counts(Entity::cohort, Action::created), 10);
    EXPECT_EQ(summary.counts(Entity::member, Action::created), people);
    EXPECT_EQ(sql("SELECT count(*), count(DISTINCT userid), count(DISTINCT cohortid) FROM mdl_cohort_members"),
              "500|500|10");
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_context WHERE contextlevel = 30 AND instanceid > 2"), "500");
    EXPECT_EQ(sql("SELECT entity, action, objects FROM entstream.audit ORDER BY id"),
              "user|created|500\ncohort|created|10\nmember|created|500");
}

ENTSTREAM_MERGE_SUITE(Members);

}  // namespace
}  // namespace entstream::test
