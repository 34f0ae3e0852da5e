#include "tests/integration/merge/merge_test.hpp"

namespace entstream::test {
namespace {

class Roles : public MergeTest {
  protected:
    /// All assignments of ours: role, context level and instance, user.
    std::string assignments() {
        return sql(
            "SELECT role.shortname, context.contextlevel, context.instanceid, username "
            "FROM mdl_role_assignments AS assignment JOIN mdl_role AS role ON role.id = roleid "
            "JOIN mdl_context AS context ON context.id = contextid "
            "JOIN mdl_user AS account ON account.id = userid "
            "WHERE assignment.component = 'local_entstream' ORDER BY 1, 2, 3, 4");
    }
    /// A course as an administrator makes it. \returns its id
    std::string make_course(const std::string& shortname, const std::string& idnumber) {
        std::string id = sql("INSERT INTO mdl_course (category, fullname, shortname, idnumber) VALUES (1, '" +
                             shortname + "', '" + shortname + "', '" + idnumber + "') RETURNING id");
        sql("INSERT INTO mdl_context (contextlevel, instanceid, depth) VALUES (50, " + id +
            ", 3);"
            "UPDATE mdl_context SET path = '/1/3/' || id WHERE contextlevel = 50 AND instanceid = " +
            id);
        return id;
    }
};

TEST_P(Roles, AssignmentGetsExactlyMoodlesRows) {
    user(1);
    role(20, "manager", ContextLevel::system);
    member(ParentKind::role, 20, 1, 1);
    EXPECT_EQ(apply().counts(Entity::role_assignment, Action::created), 1);
    EXPECT_EQ(sql("SELECT roleid, contextid, userid = " + id_of(1) +
                  ", modifierid, component, itemid, sortorder, abs(timemodified - extract(epoch FROM now())) < 60 "
                  "FROM mdl_role_assignments"),
              "1|1|t|2|local_entstream|0|0|t");
    EXPECT_EQ(sql("SELECT eventname, log.component, action, target, objecttable, objectid, crud, edulevel, "
                  "log.contextid, contextlevel, contextinstanceid, log.userid, courseid, relateduserid = " +
                  id_of(1) +
                  ", other = '{\"id\":' || assignment.id || ',\"component\":\"local_entstream\",\"itemid\":\"0\"}' "
                  "FROM mdl_logstore_standard_log AS log, mdl_role_assignments AS assignment WHERE target = 'role'"),
              "\\core\\event\\role_assigned|core|assigned|role|role|1|c|0|1|10|0|2|0|t|t");
}

TEST_P(Roles, ContextsAreFoundByTheirKeys) {
    const std::string course = make_course("MATH", "C-1");
    sql("UPDATE mdl_course_categories SET idnumber = 'SCHOOL' WHERE id = 1;"
        "INSERT INTO mdl_role_context_levels (roleid, contextlevel) VALUES (4, 30)");
    user(1);
    user(2);
    role(20, "manager", ContextLevel::category, "idnumber", "SCHOOL");
    role(21, "editingteacher", ContextLevel::course, "idnumber", "C-1");
    role(22, "teacher", ContextLevel::course, "shortname", "MATH");
    role(23, "student", ContextLevel::course, "id", course);
    role(24, "coursecreator", ContextLevel::category, "id", "1");
    role(25, "teacher", ContextLevel::user, "username", "u2");
    for (int object = 20; object <= 25; ++object) {
        member(ParentKind::role, object, 1, 1);
    }
    EXPECT_EQ(apply().counts(Entity::role_assignment, Action::created), 6);
    EXPECT_EQ(assignments(), "coursecreator|40|1|u1\neditingteacher|50|" + course +
                                 "|u1\nmanager|40|1|u1\nstudent|50|" + course + "|u1\nteacher|30|" + id_of(2) +
                                 "|u1\nteacher|50|" + course + "|u1");
    EXPECT_EQ(
        sql("SELECT DISTINCT courseid FROM mdl_logstore_standard_log WHERE target = 'role' AND contextlevel = 50"),
        course);
    EXPECT_EQ(
        sql("SELECT DISTINCT courseid FROM mdl_logstore_standard_log WHERE target = 'role' AND contextlevel = 40"),
        "0");
}

TEST_P(Roles, WhatMoodleLacksWaitsForTheSweep) {
    user(1);
    role(20, "editingteacher", ContextLevel::course, "idnumber", "C-1");
    role(21, "unheardof", ContextLevel::system);
    role(22, "student", ContextLevel::system);
    for (int object = 20; object <= 22; ++object) {
        member(ParentKind::role, object, 1, 1);
    }
    const ApplySummary summary = apply();
    EXPECT_EQ(summary.counts(Entity::role, Action::parked), 3);
    EXPECT_EQ(assignments(), "");
    EXPECT_EQ(sweep().unresolved_roles, 3);

    const std::string course = make_course("MATH", "C-1");
    const SweepSummary swept = sweep();
    EXPECT_EQ(swept.unresolved_roles, 2) << "no such role; role not allowed at that level";
    EXPECT_EQ(swept.counts(Entity::role_assignment, Action::created), 1);
    EXPECT_EQ(assignments(), "editingteacher|50|" + course + "|u1");
}

TEST_P(Roles, IdentifierOfSeveralCoursesNamesNone) {
    make_course("MATH", "C-1");
    const std::string second = make_course("MATH2", "C-1");
    user(1);
    role(20, "editingteacher", ContextLevel::course, "idnumber", "C-1");
    member(ParentKind::role, 20, 1, 1);
    EXPECT_EQ(apply().counts(Entity::role, Action::parked), 1);
    sql("UPDATE mdl_course SET idnumber = '' WHERE id = " + second);
    sweep();
    EXPECT_NE(assignments(), "");
}

TEST_P(Roles, CourseDeletedAndMadeAgainIsFoundAgain) {
    const std::string first = make_course("MATH", "C-1");
    user(1);
    role(20, "editingteacher", ContextLevel::course, "idnumber", "C-1");
    member(ParentKind::role, 20, 1, 1);
    apply();
    sql("DELETE FROM mdl_role_assignments; DELETE FROM mdl_context WHERE contextlevel = 50 AND instanceid = " + first +
        "; DELETE FROM mdl_course WHERE id = " + first);
    EXPECT_EQ(sweep().unresolved_roles, 1);
    const std::string second = make_course("MATH", "C-1");
    EXPECT_EQ(sweep().unresolved_roles, 0);
    EXPECT_EQ(assignments(), "editingteacher|50|" + second + "|u1");
}

TEST_P(Roles, IdentifierThatMovesToAnotherCourseTakesTheAssignmentsAlong) {
    const std::string former = make_course("MATH-2025", "C-1");
    const std::string next = make_course("MATH-2026", "C-2");
    user(1);
    role(20, "editingteacher", ContextLevel::course, "idnumber", "C-1");
    member(ParentKind::role, 20, 1, 1);
    apply();
    EXPECT_EQ(assignments(), "editingteacher|50|" + former + "|u1");
    sql("UPDATE mdl_course SET idnumber = 'C-0' WHERE id = " + former +
        "; UPDATE mdl_course SET idnumber = 'C-1' WHERE id = " + next);
    const SweepSummary swept = sweep();
    EXPECT_EQ(swept.counts(Entity::role_assignment, Action::removed), 1);
    EXPECT_EQ(swept.counts(Entity::role_assignment, Action::created), 1);
    EXPECT_EQ(assignments(), "editingteacher|50|" + next + "|u1");
    EXPECT_EQ(sweep().counts.total(), 0);
}

TEST_P(Roles, IdentifierThatNamesNothingForAWhileLeavesTheAssignments) {
    const std::string course = make_course("MATH", "C-1");
    user(1);
    role(20, "editingteacher", ContextLevel::course, "idnumber", "C-1");
    member(ParentKind::role, 20, 1, 1);
    apply();
    sql("UPDATE mdl_course SET idnumber = '' WHERE id = " + course);
    EXPECT_EQ(sweep().counts.total(), 0);
    EXPECT_EQ(assignments(), "editingteacher|50|" + course + "|u1");

    // As Moodle deletes a course: its context and what was assigned there are gone.
    sql("DELETE FROM mdl_role_assignments; DELETE FROM mdl_context WHERE contextlevel = 50 AND instanceid = " + course +
        "; DELETE FROM mdl_course WHERE id = " + course);
    EXPECT_EQ(sweep().unresolved_roles, 1);
    EXPECT_EQ(sql("SELECT count(context_id) FROM entstream.role_object"), "0");
}

TEST_P(Roles, WhatWaitsOnIsWrittenOnce) {
    role(20, "editingteacher", ContextLevel::course, "idnumber", "C-1");
    apply();
    const std::string state = "SELECT (SELECT xmin FROM entstream.role_object), (SELECT count(*) FROM entstream.audit)";
    const std::string before = sql(state);
    EXPECT_EQ(sweep().unresolved_roles, 1);
    EXPECT_EQ(sql(state), before);
}

TEST_P(Roles, MemberWhoLeavesLosesTheRole) {
    user(1);
    role(20, "manager", ContextLevel::system);
    member(ParentKind::role, 20, 1, 1);
    apply();
    member_leaves(ParentKind::role, 20, 1);
    EXPECT_EQ(apply().counts(Entity::role_assignment, Action::removed), 1);
    EXPECT_EQ(assignments(), "");
    EXPECT_EQ(sql("SELECT eventname, crud, objectid FROM mdl_logstore_standard_log WHERE target = 'role' "
                  "ORDER BY id DESC LIMIT 1"),
              "\\core\\event\\role_unassigned|d|1");
}

TEST_P(Roles, VanishedRoleObjectTakesItsAssignmentsAlong) {
    user(1);
    user(2);
    role(20, "manager", ContextLevel::system);
    role(21, "manager", ContextLevel::system);
    member(ParentKind::role, 20, 1, 1);
    member(ParentKind::role, 20, 2, 2);
    member(ParentKind::role, 21, 1, 1);
    apply();
    EXPECT_EQ(assignments(), "manager|10|0|u1\nmanager|10|0|u2");
    role_leaves(20);
    EXPECT_EQ(apply().counts(Entity::role_assignment, Action::removed), 1);
    EXPECT_EQ(assignments(), "manager|10|0|u1") << "another role object still gives it";
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.membership"), "1");
}

TEST_P(Roles, ObjectThatIsSelectedAgainGivesItsRoleAgain) {
    user(1);
    role(20, "manager", ContextLevel::system);
    member(ParentKind::role, 20, 1, 1);
    apply();
    role_not_selected(20);
    EXPECT_EQ(apply().counts(Entity::role_assignment, Action::removed), 1);
    EXPECT_EQ(assignments(), "");
    role(20, "manager", ContextLevel::system);
    apply();
    EXPECT_EQ(assignments(), "manager|10|0|u1");
}

TEST_P(Roles, ObjectThatChangesMovesItsAssignments) {
    user(1);
    role(20, "manager", ContextLevel::system);
    member(ParentKind::role, 20, 1, 1);
    apply();
    role(20, "coursecreator", ContextLevel::category, "id", "1");
    const ApplySummary summary = apply();
    EXPECT_EQ(summary.counts(Entity::role_assignment, Action::created), 1);
    EXPECT_EQ(summary.counts(Entity::role_assignment, Action::removed), 1);
    EXPECT_EQ(assignments(), "coursecreator|40|1|u1");
}

TEST_P(Roles, WhatSeveralObjectsGiveStaysUntilNoneGivesIt) {
    user(1);
    role(20, "manager", ContextLevel::system);
    role(21, "manager", ContextLevel::system);
    member(ParentKind::role, 20, 1, 1);
    member(ParentKind::role, 21, 1, 1);
    EXPECT_EQ(apply().counts(Entity::role_assignment, Action::created), 1);

    // One of them moves and names him again in the same batch; the other one is not in it.
    role(20, "coursecreator", ContextLevel::category, "id", "1");
    member(ParentKind::role, 20, 1, 1);
    EXPECT_EQ(apply().counts(Entity::role_assignment, Action::removed), 0);
    EXPECT_EQ(assignments(), "coursecreator|40|1|u1\nmanager|10|0|u1");

    // It comes back while the other one drops him.
    role(20, "manager", ContextLevel::system);
    member_leaves(ParentKind::role, 21, 1);
    EXPECT_EQ(apply().counts(Entity::role_assignment, Action::created), 0);
    EXPECT_EQ(assignments(), "manager|10|0|u1");

    member_leaves(ParentKind::role, 20, 1);
    apply();
    EXPECT_EQ(assignments(), "");
}

TEST_P(Roles, MembersWaitForUserAndObjectInAnyOrder) {
    member(ParentKind::role, 20, 1, 1);
    apply();
    role(20, "manager", ContextLevel::system);
    apply();
    EXPECT_EQ(assignments(), "");
    user(1);
    apply();
    EXPECT_EQ(assignments(), "manager|10|0|u1");
}

TEST_P(Roles, WhoWasDeletedInMoodleGetsNone) {
    user(1);
    role(20, "manager", ContextLevel::system);
    apply();
    sql("UPDATE mdl_user SET deleted = 1 WHERE username = 'u1'");
    member(ParentKind::role, 20, 1, 1);
    apply();
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_role_assignments"), "0");
}

TEST_P(Roles, AssignmentsOfOthersAreNotTouched) {
    user(1);
    role(20, "manager", ContextLevel::system);
    member(ParentKind::role, 20, 1, 1);
    apply();
    sql("INSERT INTO mdl_role_assignments (roleid, contextid, userid, component) VALUES (1, 1, " + id_of(1) +
        ", ''), (1, 1, " + id_of(1) + ", 'enrol_cohort')");
    role_leaves(20);
    apply();
    EXPECT_EQ(sql("SELECT component FROM mdl_role_assignments WHERE userid = " + id_of(1) + " ORDER BY 1"),
              "\nenrol_cohort");
}

TEST_P(Roles, SameRecordTwiceAssignsOnce) {
    user(1);
    role(20, "manager", ContextLevel::system);
    member(ParentKind::role, 20, 1, 1);
    apply();
    role(20, "manager", ContextLevel::system);
    member(ParentKind::role, 20, 1, 1);
    EXPECT_EQ(apply().counts.total(), 0);
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_role_assignments"), "1");
}

TEST_P(Roles, OlderRecordIsIgnored) {
    user(1);
    role(20, "manager", ContextLevel::system);
    member(ParentKind::role, 20, 1, 1);
    apply();
    role(20, "coursecreator", ContextLevel::system).version = 1;
    EXPECT_EQ(apply().counts.total(), 0);
    EXPECT_EQ(assignments(), "manager|10|0|u1");
}

ENTSTREAM_MERGE_SUITE(Roles);

}  // namespace
}  // namespace entstream::test
