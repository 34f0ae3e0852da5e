#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "consumer/merge/log_plan.hpp"
#include "tests/integration/merge/merge_test.hpp"

namespace entstream::test {

using consumer::UserField;
using consumer::merge::Counts;
using consumer::merge::LogPlanner;
using consumer::merge::PlannedObject;
using consumer::merge::PlanTotal;
using consumer::merge::ReplayScope;
using consumer::merge::ReplayUnit;
using consumer::merge::StoredPosition;

inline constexpr ReplayScope everything{.users = true, .cohorts = true, .roles = true};

inline ReplayScope forced(ReplayScope scope = everything) {
    scope.force = true;
    return scope;
}

inline ReplayScope update_only(ReplayScope scope = everything) {
    scope.update_only = true;
    return scope;
}

/// A small Moodle that follows a log of four people, two groups and two role objects, and a replay of that log beside
/// the process that serves it.
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
            [&](const StoredPosition& start, const std::function<void(Batch &&)>& stage) {
                for (const Batch& batch : log_) {
                    if (scope.force || batch.first_offset >= start.next_offset) {
                        stage(consumer::Batch(batch));
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

}  // namespace entstream::test
