// Replays: a log planned and applied once more beside the process that serves the Moodle.

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "consumer/merge/log_plan.hpp"
#include "tests/integration/merge/merge_test.hpp"

namespace entstream::test {
namespace {

using consumer::UserField;
using consumer::merge::Counts;
using consumer::merge::LogPlanner;
using consumer::merge::PlannedObject;
using consumer::merge::PlanTotal;
using consumer::merge::ReplayScope;
using consumer::merge::ReplayUnit;
using consumer::merge::StoredPosition;

constexpr ReplayScope everything{.users = true, .cohorts = true, .roles = true};

ReplayScope forced(ReplayScope scope = everything) {
    scope.force = true;
    return scope;
}

ReplayScope update_only(ReplayScope scope = everything) {
    scope.update_only = true;
    return scope;
}

class Replays : public MergeTest {
  protected:
    void SetUp() override {
        MergeTest::SetUp();
        if (!moodle_) {
            return;
        }
        user(1, {{UserField::city, "Rennes"}});
        user(2);
        user(3);
        user(4);
        group(10, "4EME1", "4EME1");
        group(11, "4EME2", "4EME2");
        role(20, "manager", ContextLevel::system);
        role(21, "coursecreator", ContextLevel::system);
        member(ParentKind::group, 10, 101, 1);
        member(ParentKind::group, 10, 102, 2);
        member(ParentKind::group, 11, 103, 3);
        member(ParentKind::role, 20, 101, 1);
        member(ParentKind::role, 20, 102, 2);
        member(ParentKind::role, 21, 103, 3);
        publish();
        user_leaves(4);
        user(2, {{UserField::city, "Brest"}});
        publish();
        planner_.emplace(moodle_->config());
        beside_.emplace(moodle_->config());
        beside_->open_beside();
    }

    /// What was collected goes on the log, and is not applied.
    void write() {
        log_.push_back(take_batch());
        if (log_.size() > 1) {
            log_.back().first_offset = log_[log_.size() - 2].next_offset;
        }
    }

    /// The same, applied.
    void publish() {
        write();
        target_->apply(log_.back());
        target_->settle();
    }

    std::vector<PlanTotal> plan(const ReplayScope& scope, const LogPlanner::Takers& takers) {
        return planner_->replay(
            "rennes", scope,
            [&](const StoredPosition& start, const std::function<void(const Batch&)>& stage) {
                for (const Batch& batch : log_) {
                    if (scope.force || batch.first_offset >= start.next_offset) {
                        stage(batch);
                    }
                }
            },
            takers);
    }

    /// What a simulation shows: "user updated u1 {"city": ["x", "Rennes"]}".
    std::multiset<std::string> simulated(const ReplayScope& scope) {
        std::multiset<std::string> lines;
        plan(scope, {.object =
                         [&](const PlannedObject& object) {
                             lines.insert(object.entity + " " + object.action + " " + object.subject + object.changes);
                         },
                     .unit = {}});
        return lines;
    }

    Counts replay(const ReplayScope& scope, std::size_t portion = 1000) {
        std::vector<ReplayUnit> units;
        plan(scope, {.object = {}, .unit = [&](const ReplayUnit& unit) { units.push_back(unit); }});
        Counts counts;
        for (std::size_t i = 0; i < units.size(); i += portion) {
            counts +=
                beside_->replay("rennes", scope,
                                {units.begin() + static_cast<std::ptrdiff_t>(i),
                                 units.begin() + static_cast<std::ptrdiff_t>(std::min(i + portion, units.size()))},
                                {});
        }
        beside_->settle_beside("rennes");
        return counts;
    }

    std::string members(int group) {
        return sql(
            "SELECT account.username FROM mdl_cohort_members AS member JOIN mdl_user AS account ON account.id = "
            "member.userid JOIN entstream.link ON link.moodle_id = member.cohortid AND link.kind = 'cohort' WHERE "
            "link.uuid = '" +
            uuid(group).to_text() + "' ORDER BY 1");
    }
    std::string roles() {
        return sql(
            "SELECT account.username, role.shortname FROM mdl_role_assignments AS assignment JOIN mdl_user AS account "
            "ON account.id = assignment.userid JOIN mdl_role AS role ON role.id = assignment.roleid WHERE "
            "assignment.component = 'local_entstream' ORDER BY 1, 2");
    }
    std::string cohort_of(int group) {
        return sql("SELECT moodle_id FROM entstream.link WHERE kind = 'cohort' AND uuid = '" + uuid(group).to_text() +
                   "'");
    }

    /// Somebody changes Moodle by hand, each kind of thing once.
    void change_by_hand() {
        sql("UPDATE mdl_user SET city = 'Paris' WHERE username = 'u1'");
        sql("UPDATE mdl_user SET lastname = 'Other', email = 'x@example.org' WHERE username = 'u3'");
        sql("UPDATE mdl_user SET suspended = 0 WHERE username = 'u4'");
        sql("UPDATE mdl_cohort SET name = 'Mine', component = '' WHERE id = " + cohort_of(11));
        sql("DELETE FROM mdl_cohort_members WHERE cohortid = " + cohort_of(10) + " AND userid = " + id_of(2));
        sql("INSERT INTO mdl_cohort_members (cohortid, userid, timeadded) VALUES (" + cohort_of(10) + ", " + id_of(3) +
            ", 1)");
        sql("DELETE FROM mdl_role_assignments WHERE userid = " + id_of(1) + " AND component = 'local_entstream'");
        sql("INSERT INTO mdl_role_assignments (roleid, contextid, userid, component) SELECT id, 1, " + id_of(2) +
            ", 'local_entstream' FROM mdl_role WHERE shortname = 'coursecreator'");
    }

    std::vector<Batch> log_;
    std::optional<LogPlanner> planner_;
    std::optional<MoodleTarget> beside_;
};

const std::multiset<std::string> differences_of_users = {
    R"(user suspended u4{"suspended": [0, 1]})", R"(user updated u1{"city": ["Paris", "Rennes"]})",
    R"(user updated u3{"email": ["x@example.org", "u3@example.org"], "lastname": ["Other", "Last3"]})"};

TEST_P(Replays, FindNothingWhereNothingWasChanged) {
    EXPECT_TRUE(simulated(everything).empty());
    EXPECT_EQ(simulated(forced()), std::multiset<std::string>{});
    EXPECT_EQ(replay(forced()).total(), 0);
}

TEST_P(Replays, WithoutForceDoNotSeeWhatWasChangedByHand) {
    change_by_hand();
    EXPECT_EQ(simulated(everything), std::multiset<std::string>{});
}

TEST_P(Replays, PutRightWhatWasChangedByHand) {
    change_by_hand();
    const std::multiset<std::string> found = simulated(forced());
    EXPECT_EQ(simulated(forced()), found) << "a simulation changes nothing";
    std::multiset<std::string> expected = differences_of_users;
    expected.insert({R"(cohort updated 4EME2{"name": ["Mine", "4EME2"], "component": ["", "local_entstream"]})",
                     "member created ", "member removed "});
    for (const std::string& line : expected) {
        EXPECT_TRUE(found.contains(line)) << line;
    }
    EXPECT_EQ(found.size(), 8U) << ::testing::PrintToString(found);
    replay(forced(), 3);
    EXPECT_EQ(simulated(forced()), std::multiset<std::string>{});
    EXPECT_EQ(sql("SELECT username, city, suspended FROM mdl_user WHERE username ~ '^u[0-9]$' ORDER BY 1"),
              "u1|Rennes|0\nu2|Brest|0\nu3||0\nu4||1");
    EXPECT_EQ(members(10), "u1\nu2");
    EXPECT_EQ(members(11), "u3");
    EXPECT_EQ(roles(), "u1|manager\nu2|manager\nu3|coursecreator");
    EXPECT_EQ(sql("SELECT name, component FROM mdl_cohort WHERE id = " + cohort_of(11)), "4EME2|local_entstream");
    EXPECT_EQ(replay(forced()).total(), 0) << "a second run has nothing to do";
    user(1, {{UserField::city, "Quimper"}});
    member_leaves(ParentKind::group, 10, 101);
    publish();
    EXPECT_EQ(members(10), "u2") << "the stream goes on";
}

TEST_P(Replays, LookAtTheNamedEntitiesOnly) {
    change_by_hand();
    EXPECT_EQ(simulated(forced({.users = true})), differences_of_users);
    EXPECT_EQ(simulated(forced({.cohorts = true})).size(), 3U);
    EXPECT_EQ(simulated(forced({.roles = true})).size(), 2U);
    replay(forced({.cohorts = true}));
    EXPECT_EQ(members(10), "u1\nu2");
    EXPECT_EQ(roles(), "u2|coursecreator\nu2|manager\nu3|coursecreator");
    EXPECT_EQ(simulated(forced({.users = true})), differences_of_users);
    replay(forced({.users = true, .roles = true}));
    EXPECT_EQ(simulated(forced()), std::multiset<std::string>{});
}

TEST_P(Replays, OfOneObjectLeaveTheOthers) {
    change_by_hand();
    ReplayScope one = forced();
    one.person = uuid(1);
    EXPECT_EQ(simulated(one).size(), 2U) << "his city and his role";
    replay(one);
    EXPECT_EQ(sql("SELECT city FROM mdl_user WHERE username = 'u1'"), "Rennes");
    one.person = uuid(2);
    EXPECT_EQ(replay(one).total(), 2) << "his membership, and a role that no object gives";
    EXPECT_EQ(roles(), "u1|manager\nu2|manager\nu3|coursecreator");
    EXPECT_EQ(members(10), "u1\nu2\nu3");
    ReplayScope cohort = forced();
    cohort.cohort = uuid(10);
    EXPECT_EQ(replay(cohort).total(), 1);
    EXPECT_EQ(members(10), "u1\nu2");
    EXPECT_EQ(sql("SELECT name FROM mdl_cohort WHERE id = " + cohort_of(11)), "Mine");
    sql("DELETE FROM mdl_role_assignments WHERE component = 'local_entstream'");
    ReplayScope object = forced();
    object.role_object = uuid(21);
    replay(object);
    EXPECT_EQ(roles(), "u3|coursecreator");
}

TEST_P(Replays, ThatOnlyUpdateCreateAndRemoveNothing) {
    change_by_hand();
    user(5);
    user(1, {{UserField::city, "Quimper"}});
    group(12, "new", "new");
    member(ParentKind::group, 10, 105, 5);
    group_leaves(11);
    user_leaves(2);
    write();
    const std::string accounts = sql("SELECT count(*) FROM mdl_user");
    replay(update_only(forced()));
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_user"), accounts);
    EXPECT_EQ(sql("SELECT username, city, suspended FROM mdl_user WHERE username ~ '^u[0-9]$' ORDER BY 1"),
              "u1|Quimper|0\nu2|Brest|0\nu3||0\nu4||0");
    EXPECT_EQ(members(10), "u1\nu2");
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort WHERE name = 'new'"), "0");
    EXPECT_EQ(roles(), "u2|coursecreator\nu2|manager\nu3|coursecreator") << "an assignment is there or not";
    // Nothing of it is lost for the process that serves.
    target_->apply(log_.back());
    EXPECT_EQ(members(10), "u1\nu2\nu5");
    EXPECT_EQ(sql("SELECT suspended FROM mdl_user WHERE username = 'u2'"), "1");
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort WHERE name = 'new'"), "1");
}

TEST_P(Replays, ApplyWhatIsNewerThanWhatWasApplied) {
    user(1, {{UserField::city, "Quimper"}});
    user(5);
    group(12, "new", "new");
    member(ParentKind::group, 12, 105, 5);
    member(ParentKind::role, 21, 105, 5);
    member_leaves(ParentKind::group, 10, 102);
    write();
    replay(everything);
    EXPECT_EQ(sql("SELECT city FROM mdl_user WHERE username = 'u1'"), "Quimper");
    EXPECT_EQ(members(12), "u5");
    EXPECT_EQ(members(10), "u1");
    EXPECT_EQ(roles(), "u1|manager\nu2|manager\nu3|coursecreator\nu5|coursecreator");
    EXPECT_EQ(simulated(everything), std::multiset<std::string>{});
    // The process that serves comes by the same records later.
    EXPECT_EQ(target_->apply(log_.back()).counts.total(), 0);
    EXPECT_EQ(simulated(forced()), std::multiset<std::string>{});
}

TEST_P(Replays, NeverPutAnOlderRecordOverANewerOne) {
    sql("UPDATE mdl_user SET city = 'Paris' WHERE username = 'u1'");
    std::vector<ReplayUnit> units;
    plan(forced(), {.object = {}, .unit = [&](const ReplayUnit& unit) { units.push_back(unit); }});
    user(1, {{UserField::city, "Quimper"}});
    publish();
    beside_->replay("rennes", forced(), units, {});
    EXPECT_EQ(sql("SELECT city FROM mdl_user WHERE username = 'u1'"), "Quimper");
}

TEST_P(Replays, LeaveToTheGuardWhatIsTooMuch) {
    consumer::ConsumerConfig config = moodle_->config();
    config.guard = {.enabled = true, .removals = 1, .percent = 0};
    planner_.emplace(config);
    beside_.emplace(config);
    beside_->open_beside();
    user_leaves(1);
    user_leaves(2);
    user_leaves(3);
    publish();
    sql("UPDATE mdl_user SET suspended = 0 WHERE username IN ('u1', 'u2', 'u3')");
    EXPECT_EQ(simulated(forced()), (std::multiset<std::string>{"user held ", "user held ", "user held "}));
    EXPECT_EQ(replay(forced())(Entity::user, Action::held), 3);
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_user WHERE suspended = 1"), "1") << "u4";
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.held"), "3");
    beside_->reject("rennes", {});
    EXPECT_EQ(replay(forced()).total(), 0) << "what was rejected stays";
}

TEST_P(Replays, OfAWholeLogEndWhatItDoesNotName) {
    change_by_hand();
    // The log was made anew, or purged, without these: nobody said that they left.
    for (Batch& batch : log_) {
        std::erase_if(batch.users, [](const auto& delta) { return delta.uuid == uuid(3); });
        std::erase_if(batch.cohorts, [](const auto& delta) { return delta.uuid == uuid(11); });
        std::erase_if(batch.roles, [](const auto& delta) { return delta.uuid == uuid(20); });
        std::erase_if(batch.members, [](const auto& delta) {
            return delta.parent == uuid(11) || delta.parent == uuid(20) ||
                   (delta.parent == uuid(10) && delta.value == uuid(101));
        });
    }
    ReplayScope whole = forced();
    whole.by_records = true;
    whole.whole = true;
    replay(whole, 2);
    EXPECT_EQ(sql("SELECT username, suspended FROM mdl_user WHERE username ~ '^u[0-9]$' ORDER BY 1"),
              "u1|0\nu2|0\nu3|1\nu4|1");
    EXPECT_EQ(sql("SELECT component, visible FROM mdl_cohort WHERE id = " + cohort_of(11)), "|0");
    EXPECT_EQ(members(10), "u2");
    EXPECT_EQ(members(11), "u3") << "a released cohort keeps its members";
    EXPECT_EQ(roles(), "u3|coursecreator");
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.membership"), "2");
    EXPECT_EQ(simulated(whole), std::multiset<std::string>{});
    EXPECT_EQ(sql("SELECT city FROM mdl_user WHERE username = 'u1'"), "Rennes");
}

TEST_P(Replays, GiveBackNamesThatWereSwappedByHand) {
    sql("UPDATE mdl_user SET username = 'between' WHERE username = 'u1'; "
        "UPDATE mdl_user SET username = 'u1' WHERE username = 'u2'; "
        "UPDATE mdl_user SET username = 'u2' WHERE username = 'between'");
    EXPECT_EQ(simulated(forced()).size(), 2U);
    replay(forced());
    EXPECT_EQ(sql("SELECT username FROM mdl_user WHERE id = " + id_of(1)), "u1");
    EXPECT_EQ(simulated(forced()), std::multiset<std::string>{});
}

INSTANTIATE_TEST_SUITE_P(Moodle, Replays, ::testing::Values(MoodleKind::core_tables), kind_name);

}  // namespace
}  // namespace entstream::test
