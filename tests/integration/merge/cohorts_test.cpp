#include "tests/integration/merge/merge_test.hpp"

namespace entstream::test {
namespace {

class Cohorts : public MergeTest {
  protected:
    std::string cohorts() { return sql("SELECT name, idnumber, component, visible FROM mdl_cohort ORDER BY id"); }
    std::string members_of(const std::string& idnumber) {
        return sql(
            "SELECT string_agg(username, ',' ORDER BY username) FROM mdl_cohort_members AS member "
            "JOIN mdl_cohort AS cohort ON cohort.id = member.cohortid "
            "JOIN mdl_user AS account ON account.id = member.userid WHERE cohort.idnumber = '" +
            idnumber + "'");
    }
    void heartbeat() { batch_.watermark = std::chrono::system_clock::now(); }
};

TEST_P(Cohorts, NewGroupGetsExactlyMoodlesRows) {
    group(10, "4e A", "4A").description = "";
    EXPECT_EQ(apply().counts(Entity::cohort, Action::created), 1);
    EXPECT_EQ(
        sql("SELECT contextid, name, idnumber, description, descriptionformat, visible, component, "
            "timecreated = timemodified, abs(timecreated - extract(epoch FROM now())) < 60, theme FROM mdl_cohort"),
        "1|4e A|4A||1|1|local_entstream|t|t|");
    EXPECT_EQ(sql("SELECT eventname, log.component, action, target, objecttable, objectid = cohort.id, crud, edulevel, "
                  "log.contextid, contextlevel, contextinstanceid, userid, courseid, relateduserid IS NULL, anonymous, "
                  "other, origin FROM mdl_logstore_standard_log AS log, mdl_cohort AS cohort WHERE target = 'cohort'"),
              "\\core\\event\\cohort_created|core|created|cohort|cohort|t|c|0|1|10|0|2|0|t|0|null|cli");
}

TEST_P(Cohorts, ChangeIsWrittenOnceAndLogged) {
    group(10, "4e A", "4A");
    apply();
    sql("UPDATE mdl_cohort SET timemodified = 1, visible = 0, theme = 'classic'");
    group(10, "4e A bis", "4A");
    EXPECT_EQ(apply().counts(Entity::cohort, Action::updated), 1);
    EXPECT_EQ(sql("SELECT name, visible, theme, timemodified > 1 FROM mdl_cohort"), "4e A bis|0|classic|t")
        << "visibility and theme are the administrators'";
    EXPECT_EQ(sql("SELECT action FROM mdl_logstore_standard_log WHERE target = 'cohort' ORDER BY id"),
              "created\nupdated");
    group(10, "4e A bis", "4A");
    EXPECT_EQ(apply().counts.total(), 0);
}

TEST_P(Cohorts, VanishedGroupIsReleasedWithItsMembers) {
    user(1);
    group(10, "4e A", "4A");
    member(ParentKind::group, 10, 1, 1);
    apply();
    group_leaves(10);
    const ApplySummary summary = apply();
    EXPECT_EQ(summary.counts(Entity::cohort, Action::released), 1);
    EXPECT_EQ(summary.counts(Entity::member, Action::removed), 0);
    EXPECT_EQ(cohorts(), "4e A|4A||0");
    EXPECT_EQ(members_of("4A"), "u1");
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.membership"), "0") << "one DELETE stands for all members";
}

TEST_P(Cohorts, ReleasedCohortIsTheAdministrators) {
    group(10, "4e A", "4A");
    apply();
    group_not_selected(10);
    apply();
    sql("UPDATE mdl_cohort SET visible = 1, component = 'local_theirs'");
    group_not_selected(10);
    EXPECT_EQ(apply().counts.total(), 0);
    EXPECT_EQ(cohorts(), "4e A|4A|local_theirs|1");
}

TEST_P(Cohorts, GroupThatComesBackGetsItsCohortAndLosesStaleMembersOnlyWhenComplete) {
    user(1);
    user(2);
    user(3);
    group(10, "4e A", "4A");
    member(ParentKind::group, 10, 1, 1);
    member(ParentKind::group, 10, 2, 2);
    apply();
    group_leaves(10);
    apply();

    group(10, "4e A", "4A");
    member(ParentKind::group, 10, 1, 1);
    EXPECT_EQ(apply().counts(Entity::cohort, Action::created), 0);
    EXPECT_EQ(cohorts(), "4e A|4A|local_entstream|1");
    EXPECT_EQ(members_of("4A"), "u1,u2") << "its member records may not all be there yet";

    member(ParentKind::group, 10, 3, 3);
    apply();
    EXPECT_EQ(members_of("4A"), "u1,u2,u3");

    heartbeat();
    EXPECT_EQ(apply().counts(Entity::member, Action::removed), 1);
    EXPECT_EQ(members_of("4A"), "u1,u3");
    EXPECT_EQ(sql("SELECT DISTINCT status FROM entstream.link"), "active");
}

TEST_P(Cohorts, WhomAdministratorsAddedToAReleasedCohortStays) {
    user(1);
    user(2);
    user(3);
    group(10, "4e A", "4A");
    member(ParentKind::group, 10, 1, 1);
    member(ParentKind::group, 10, 2, 2);
    apply();
    group_leaves(10);
    apply();
    sql("INSERT INTO mdl_cohort_members (cohortid, userid, timeadded) SELECT cohort.id, account.id, 1 "
        "FROM mdl_cohort AS cohort, mdl_user AS account WHERE username IN ('admin', 'u3')");
    group(10, "4e A", "4A");
    member(ParentKind::group, 10, 1, 1);
    apply();
    heartbeat();
    EXPECT_EQ(apply().counts(Entity::member, Action::removed), 1);
    EXPECT_EQ(members_of("4A"), "admin,u1,u3");
}

TEST_P(Cohorts, GroupThatIsSelectedAgainHasTheMembersThatTheDirectorySays) {
    for (int i = 1; i <= 4; ++i) {
        user(i);
    }
    group(10, "4e A", "4A");
    member(ParentKind::group, 10, 1, 1);
    member(ParentKind::group, 10, 2, 2);
    member(ParentKind::group, 10, 3, 3);
    apply();
    group_not_selected(10);
    EXPECT_EQ(apply().counts(Entity::cohort, Action::released), 1);
    member_leaves(ParentKind::group, 10, 2);
    member(ParentKind::group, 10, 4, 4);
    apply();
    EXPECT_EQ(members_of("4A"), "u1,u2,u3") << "a released cohort is the administrators'";

    group(10, "4e A", "4A");
    apply();
    heartbeat();
    apply();
    EXPECT_EQ(members_of("4A"), "u1,u3,u4");
}

TEST_P(Cohorts, MembersOfAGroupThatIsNotSelectedWaitForItsSelection) {
    user(1);
    group_not_selected(10);
    member(ParentKind::group, 10, 1, 1);
    apply();
    group_not_selected(10);
    apply();
    group(10, "4e A", "4A");
    apply();
    EXPECT_EQ(members_of("4A"), "u1");
}

TEST_P(Cohorts, ForeignIdnumberParksUntilItIsFree) {
    sql("INSERT INTO mdl_cohort (contextid, name, idnumber, descriptionformat, timecreated, timemodified) "
        "VALUES (1, 'by hand', '4A', 1, 1, 1)");
    user(1);
    group(10, "4e A", "4A");
    group(11, "4e B", "4B");
    member(ParentKind::group, 10, 1, 1);
    EXPECT_EQ(apply().counts(Entity::cohort, Action::parked), 1);
    EXPECT_EQ(cohorts(), "by hand|4A||1\n4e B|4B|local_entstream|1");
    EXPECT_EQ(sweep().parked_cohorts, 1);

    sql("UPDATE mdl_cohort SET idnumber = 'other' WHERE name = 'by hand'");
    EXPECT_EQ(sweep().parked_cohorts, 0);
    EXPECT_EQ(members_of("4A"), "u1") << "its members waited";
}

TEST_P(Cohorts, ReleasedCohortGivesItsIdnumberToTheGroupThatHasItNow) {
    group(10, "4e A", "4A");
    apply();
    group_leaves(10);
    group(11, "4e A", "4A");
    EXPECT_EQ(apply().counts(Entity::cohort, Action::parked), 0);
    EXPECT_EQ(sql("SELECT idnumber = '4A.left' || id, component, visible FROM mdl_cohort ORDER BY id LIMIT 1"), "t||0");
    EXPECT_EQ(sql("SELECT component FROM mdl_cohort WHERE idnumber = '4A'"), "local_entstream");
}

TEST_P(Cohorts, IdnumbersChangeHandsInOneBatch) {
    group(10, "A", "1");
    group(11, "B", "2");
    apply();
    group(10, "A", "2");
    group(11, "B", "1");
    EXPECT_EQ(apply().counts(Entity::cohort, Action::parked), 0);
    EXPECT_EQ(sql("SELECT name, idnumber FROM mdl_cohort ORDER BY name"), "A|2\nB|1");
}

TEST_P(Cohorts, IdnumbersChangeHandsInARingOfSeveralBatches) {
    group(10, "A", "1");
    group(11, "B", "2");
    group(12, "C", "3");
    apply();
    group(10, "A", "2");
    apply();
    group(11, "B", "3");
    apply();
    group(12, "C", "1");
    EXPECT_EQ(apply().counts(Entity::cohort, Action::updated), 3);
    EXPECT_EQ(sql("SELECT name, idnumber FROM mdl_cohort ORDER BY name"), "A|2\nB|3\nC|1");
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.parked"), "0");
}

TEST_P(Cohorts, DeletedInMoodleIsReported) {
    user(1);
    group(10, "4e A", "4A");
    apply();
    sql("DELETE FROM mdl_cohort");
    group(10, "4e A", "4A");
    EXPECT_EQ(apply().counts(Entity::cohort, Action::gone), 1);
    member(ParentKind::group, 10, 1, 1);
    EXPECT_EQ(apply().counts(Entity::member, Action::created), 0);
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort"), "0");
}

TEST_P(Cohorts, MovedToACategoryItStaysThere) {
    group(10, "4e A", "4A");
    apply();
    sql("UPDATE mdl_cohort SET contextid = 3");
    user(1);
    member(ParentKind::group, 10, 1, 1);
    group(10, "4e B", "4A");
    apply();
    EXPECT_EQ(sql("SELECT contextid, name FROM mdl_cohort"), "3|4e B");
    EXPECT_EQ(sql("SELECT contextid, contextlevel, contextinstanceid FROM mdl_logstore_standard_log "
                  "WHERE target = 'cohort_member'"),
              "3|40|1");
}

ENTSTREAM_MERGE_SUITE(Cohorts);

}  // namespace
}  // namespace entstream::test
