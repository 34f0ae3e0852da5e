// Enrolments beside roles in courses (roles.enrol): without one Moodle lets nobody into the course.

#include <chrono>
#include <set>
#include <string>

#include "tests/integration/merge/replay_test.hpp"

namespace entstream::test {
namespace {

class Enrolments : public Replays {
  protected:
    using Lines = std::multiset<std::string>;

    void SetUp() override {
        MergeTest::SetUp();  // NOLINT(bugprone-parent-virtual-call): without the log of Replays
        config_ = moodle_->config();
        course_ =
            sql("INSERT INTO mdl_course (category, fullname, shortname, idnumber) VALUES (1, 'C', 'C', 'C-1') "
                "RETURNING id");
        sql("INSERT INTO mdl_context (contextlevel, instanceid, path, depth) VALUES (50, " + course_ + ", '/1/9', 2)");
    }
    /// All programs begin anew with config_, and with this method.
    void enrol_by(const std::string& method) {
        config_.mapping.roles.enrol = method;
        beside_.reset();
        planner_.reset();
        target_.reset();
        target_.emplace(config_);
        target_->open();
        target_->claim("rennes");
        planner_.emplace(config_);
        beside_.emplace(config_);
        beside_->open_beside();
    }
    /// As the first heartbeat with a watermark does.
    void end_first_load() {
        log_.push_back(take_batch());
        log_.back().watermark = std::chrono::system_clock::now();
        target_->apply(log_.back());
    }
    static std::string enrolment(const std::string& action) { return "enrolment " + action + " manual in course C"; }
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

    consumer::ConsumerConfig config_;
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

TEST_P(Enrolments, ArePlannedWithTheRolesThatTheyFollow) {
    enrol_by("manual");
    const std::string manual = instance("manual", 0, 0);
    user(1);
    role_in_course(20, "editingteacher");
    write();
    const Lines found = simulated(everything);
    EXPECT_EQ(found.count(enrolment("created")), 1U) << "with an account of the same batch\n"
                                                     << ::testing::PrintToString(found);
    EXPECT_EQ(enrolments(), "");
    target_->apply(log_.back());
    EXPECT_EQ(enrolments(), manual + "|u1|0");
    EXPECT_EQ(sql("SELECT action, objects FROM entstream.audit WHERE entity = 'enrolment'"), "created|1");
    EXPECT_EQ(simulated(forced()), Lines{});
    end_first_load();

    role_leaves(20);
    write();
    EXPECT_EQ(simulated(everything).count(enrolment("suspended")), 1U);
    EXPECT_EQ(target_->apply(log_.back()).counts(Entity::enrolment, Action::suspended), 1);
    EXPECT_EQ(enrolments(), manual + "|u1|1");
    EXPECT_EQ(sql("SELECT action, objects, uuid = '" + uuid(1).to_text() + "', moodle_id = " + id_of(1) +
                  ", field, before, after FROM entstream.audit JOIN entstream.audit_field ON audit_id = id "
                  "WHERE entity = 'enrolment' ORDER BY field"),
              "suspended|1|t|t|course_id|" + course_ + "|\nsuspended|1|t|t|enrol_id|" + manual + "|");
    EXPECT_EQ(simulated(forced()), Lines{});
}

TEST_P(Enrolments, ForcedReplaysPutRightWhatSomebodyTookAwayOrSuspended) {
    enrol_by("manual");
    const std::string manual = instance("manual", 0, 0);
    user(1);
    user(2);
    user(3);
    role_in_course(20, "editingteacher");
    member(ParentKind::role, 20, 2, 2);
    publish();
    sql("INSERT INTO mdl_user_enrolments (status, enrolid, userid) VALUES (1, " + manual + ", " + id_of(3) + ")");
    member(ParentKind::role, 20, 3, 3);
    publish();
    EXPECT_EQ(simulated(forced()), Lines{}) << "what others have suspended is theirs";
    sql("DELETE FROM mdl_user_enrolments WHERE userid = " + id_of(1));
    sql("UPDATE mdl_user_enrolments SET status = 1; DELETE FROM mdl_cache_flags");
    EXPECT_EQ(simulated(everything), Lines{});
    const Lines both{enrolment("created"), enrolment("revived")};
    EXPECT_EQ(simulated(forced()), both);
    ReplayScope one = forced();
    one.person = uuid(2);
    EXPECT_EQ(simulated(one), Lines{enrolment("revived")});
    ReplayScope object = forced();
    object.role_object = uuid(20);
    EXPECT_EQ(simulated(object), both);
    EXPECT_EQ(simulated(update_only(forced())), Lines{});
    std::set<std::string> reasons;
    plan(forced(), {.object = {}, .unit = {}, .decision = [&](const consumer::merge::Decision& decision) {
                        if (decision.object.entity == "enrolment") {
                            reasons.insert(decision.object.parent + decision.object.reason);
                            EXPECT_TRUE(decision.version);
                        }
                    }});
    EXPECT_EQ(reasons, std::set<std::string>{uuid(20).to_text() + "a role object gives a role in the course"});
    EXPECT_EQ(replay(forced(), 1).total(), 2);
    EXPECT_EQ(enrolments(), manual + "|u1|0\n" + manual + "|u2|0\n" + manual + "|u3|1");
    EXPECT_EQ(sql("SELECT flagtype, name = '" + id_of(2) + "' FROM mdl_cache_flags"), "accesslib/dirtyusers|t")
        << "running sessions have to see that one is valid again";
    EXPECT_EQ(replay(forced()).total(), 0);
}

TEST_P(Enrolments, StayWhereTheRemovalOfTheRoleIsHeld) {
    config_.guard.removals = 0;
    config_.guard.percent = 0;
    enrol_by("manual");
    const std::string manual = instance("manual", 0, 0);
    user(1);
    role_in_course(20, "editingteacher");
    publish();
    role_leaves(20);
    publish();
    EXPECT_EQ(sql("SELECT entity FROM entstream.held"), "role_assignment");
    EXPECT_EQ(enrolments(), manual + "|u1|0");
    sql("UPDATE mdl_user_enrolments SET status = 1");
    replay(forced());
    EXPECT_EQ(enrolments(), manual + "|u1|0") << "he has the role";
    consumer::merge::HeldDecision decision;
    target_->approve("rennes", {}, decision);
    EXPECT_EQ(decision.counts(Entity::enrolment, Action::suspended), 1);
    EXPECT_EQ(enrolments(), manual + "|u1|1");
}

TEST_P(Enrolments, FollowRolesThatAreAdopted) {
    config_.adopt.roles.components = {""};
    enrol_by("manual");
    const std::string manual = instance("manual", 0, 0);
    user(1);
    user(2);
    publish();
    sql("INSERT INTO mdl_role_assignments (roleid, contextid, userid, component) SELECT role.id, context.id, "
        "account.id, '' "
        "FROM mdl_role AS role, mdl_context AS context, mdl_user AS account WHERE role.shortname = 'editingteacher' "
        "AND "
        "contextlevel = 50 AND instanceid = " +
        course_ + " AND account.id IN (" + id_of(1) + ", " + id_of(2) + ")");
    sql("INSERT INTO mdl_user_enrolments (status, enrolid, userid, timeend, modifierid) VALUES (0, " + manual + ", " +
        id_of(2) + ", 99, 7)");
    role_in_course(20, "editingteacher");
    member(ParentKind::role, 20, 2, 2);
    write();
    const auto counts = target_->apply(log_.back()).counts;
    EXPECT_EQ(counts(Entity::role_assignment, Action::adopted), 2);
    EXPECT_EQ(counts(Entity::enrolment, Action::created), 1);
    EXPECT_EQ(enrolments(), manual + "|u1|0\n" + manual + "|u2|0");
    EXPECT_EQ(simulated(forced()), Lines{});
    role_leaves(20);
    publish();
    EXPECT_EQ(enrolments(), manual + "|u1|1\n" + manual + "|u2|0") << "it was made by hand";
    EXPECT_EQ(sql("SELECT timeend, modifierid FROM mdl_user_enrolments WHERE userid = " + id_of(2)), "99|7");
}

INSTANTIATE_TEST_SUITE_P(Moodle, Enrolments, ::testing::Values(MoodleKind::core_tables), kind_name);

}  // namespace
}  // namespace entstream::test
