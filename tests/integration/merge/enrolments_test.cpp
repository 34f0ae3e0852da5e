// Enrolments beside roles in courses (roles.enrol): without one Moodle lets nobody into the course.

#include <string>

#include "tests/integration/merge/merge_test.hpp"

namespace entstream::test {
namespace {

class Enrolments : public MergeTest {
  protected:
    void SetUp() override {
        MergeTest::SetUp();
        course_ =
            sql("INSERT INTO mdl_course (category, fullname, shortname, idnumber) VALUES (1, 'C', 'C', 'C-1') "
                "RETURNING id");
        sql("INSERT INTO mdl_context (contextlevel, instanceid, path, depth) VALUES (50, " + course_ + ", '/1/9', 2)");
    }
    void enrol_by(const std::string& method) {
        auto config = moodle_->config();
        config.mapping.roles.enrol = method;
        target_.reset();
        target_.emplace(config);
        target_->open();
        target_->claim("rennes");
    }
    /// An enrolment method of the course. \returns its id
    std::string instance(const std::string& method, int status, int place) {
        return sql("INSERT INTO mdl_enrol (enrol, status, courseid, sortorder) VALUES ('" + method + "', " +
                   std::to_string(status) + ", " + course_ + ", " + std::to_string(place) + ") RETURNING id");
    }
    void role_in_course(int number, const std::string& shortname) {
        role(number, shortname, ContextLevel::course, "idnumber", "C-1");
        member(ParentKind::role, number, 1, 1);
    }
    std::string enrolments() {
        return sql(
            "SELECT enrolid, username, status FROM mdl_user_enrolments AS enrolment "
            "JOIN mdl_user AS account ON account.id = userid ORDER BY 1, 2");
    }

    std::string course_;
};

TEST_P(Enrolments, WhoGetsARoleInACourseIsEnrolledAndIsSuspendedWithTheLastOne) {
    enrol_by("manual");
    instance("cohort", 0, 0);
    instance("manual", 1, 1);
    const std::string manual = instance("manual", 0, 2);
    user(1);
    user(2);
    role(22, "manager", ContextLevel::system);
    member(ParentKind::role, 22, 1, 2);
    role_in_course(20, "editingteacher");
    role_in_course(21, "student");
    apply();
    EXPECT_EQ(enrolments(), manual + "|u1|0") << "by the first enabled instance, and only in courses";
    EXPECT_EQ(sql("SELECT timestart, timeend, modifierid, timecreated = timemodified, "
                  "abs(timecreated - extract(epoch FROM now())) < 60 FROM mdl_user_enrolments"),
              "0|0|2|t|t");
    const std::string log =
        "SELECT eventname, log.component, action, target, objecttable, objectid = enrolment.id, crud, edulevel, "
        "log.contextid = context.id, log.contextlevel, contextinstanceid = " +
        course_ + ", log.userid, courseid = " + course_ +
        ", relateduserid = enrolment.userid, other FROM mdl_logstore_standard_log AS log, mdl_user_enrolments AS "
        "enrolment, mdl_context AS context WHERE target = 'user_enrolment' AND context.contextlevel = 50 AND "
        "context.instanceid = " +
        course_ + " ORDER BY log.id DESC LIMIT 1";
    EXPECT_EQ(sql(log),
              "\\core\\event\\user_enrolment_created|core|created|user_enrolment|user_enrolments|t|c|0|t|50|t|2|t|t|"
              "{\"enrol\":\"manual\"}");

    member_leaves(ParentKind::role, 20, 1);
    apply();
    EXPECT_EQ(enrolments(), manual + "|u1|0") << "another role is left";
    member_leaves(ParentKind::role, 21, 1);
    apply();
    EXPECT_EQ(enrolments(), manual + "|u1|1");
    EXPECT_EQ(sql(log),
              "\\core\\event\\user_enrolment_updated|core|updated|user_enrolment|user_enrolments|t|u|0|t|50|t|2|t|t|"
              "{\"enrol\":\"manual\"}");
    sweep();
    EXPECT_EQ(enrolments(), manual + "|u1|1");
    member(ParentKind::role, 21, 1, 1);
    apply();
    EXPECT_EQ(enrolments(), manual + "|u1|0");
}

TEST_P(Enrolments, ThoseOfOthersStayAsTheyAre) {
    enrol_by("manual");
    const std::string manual = instance("manual", 0, 0);
    user(1);
    apply();
    sql("INSERT INTO mdl_user_enrolments (status, enrolid, userid) VALUES (1, " + manual + ", " + id_of(1) + ")");
    role_in_course(20, "editingteacher");
    apply();
    EXPECT_EQ(enrolments(), manual + "|u1|1") << "an administrator has suspended it";
    sql("UPDATE mdl_user_enrolments SET status = 0");
    role_leaves(20);
    apply();
    EXPECT_EQ(enrolments(), manual + "|u1|0");
}

TEST_P(Enrolments, SweepsEnrolWhoHasHisRoleAlreadyButNobodyTwice) {
    user(1);
    role_in_course(20, "editingteacher");
    apply();
    const std::string manual = instance("manual", 1, 0);
    sweep();
    EXPECT_EQ(enrolments(), "") << "nobody has asked for it";
    enrol_by("manual");
    sweep();
    EXPECT_EQ(enrolments(), "") << "the course has no enabled instance";
    sql("UPDATE mdl_enrol SET status = 0");
    sweep();
    EXPECT_EQ(enrolments(), manual + "|u1|0");
    sql("DELETE FROM mdl_user_enrolments");
    sweep();
    EXPECT_EQ(enrolments(), "") << "somebody took him out";
    role_leaves(20);
    apply();
    role_in_course(20, "editingteacher");
    apply();
    EXPECT_EQ(enrolments(), manual + "|u1|0") << "a new role is a new reason";
}

INSTANTIATE_TEST_SUITE_P(Moodle, Enrolments, ::testing::Values(MoodleKind::core_tables), kind_name);

}  // namespace
}  // namespace entstream::test
