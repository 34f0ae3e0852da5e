// Replays that release the lock of cohorts, and lock them again.

#include "consumer/merge/rebuild.hpp"
#include "tests/integration/merge/replay_test.hpp"

namespace entstream::test {
namespace {

using consumer::merge::CohortLock;

ReplayScope with_lock(CohortLock lock, ReplayScope scope = {.cohorts = true}) {
    scope.lock = lock;
    return scope;
}

class ReplayedLocks : public Replays {
  protected:
    /// "4EME1|local_entstream", by ID number.
    std::string cohorts() { return sql("SELECT idnumber, component FROM mdl_cohort ORDER BY 1"); }

    std::string by_hand(const std::string& idnumber, const std::string& component) {
        return sql(
            "INSERT INTO mdl_cohort (contextid, name, idnumber, description, descriptionformat, component, "
            "timecreated, timemodified) VALUES (1, '" +
            idnumber + "', '" + idnumber + "', '', 1, '" + component + "', 1, 1)");
    }
};

TEST_P(ReplayedLocks, AreReleasedAndStaySoWhileTheStreamGoesOn) {
    const auto released = with_lock(CohortLock::release);
    const std::multiset<std::string> found = {
        R"(cohort updated 4EME1{"unlocked": [false, true], "component": ["local_entstream", ""]})",
        R"(cohort updated 4EME2{"unlocked": [false, true], "component": ["local_entstream", ""]})"};
    EXPECT_EQ(simulated(released), found);
    EXPECT_EQ(simulated(released), found) << "a simulation changes nothing";
    EXPECT_EQ(replay(released, 1)(Entity::cohort, Action::updated), 2);
    EXPECT_EQ(cohorts(), "4EME1|\n4EME2|");
    EXPECT_EQ(simulated(released), std::multiset<std::string>{});
    EXPECT_EQ(simulated(forced()), std::multiset<std::string>{}) << "Moodle is as it should be";

    group(10, "4EME1 bis", "4EME1");
    member(ParentKind::group, 10, 103, 3);
    member_leaves(ParentKind::group, 10, 101);
    group(12, "new", "new");
    publish();
    EXPECT_EQ(sql("SELECT name FROM mdl_cohort WHERE id = " + cohort_of(10)), "4EME1 bis");
    EXPECT_EQ(members(10), "u2\nu3");
    EXPECT_EQ(cohorts(), "4EME1|\n4EME2|\nnew|local_entstream") << "what comes later is locked";

    EXPECT_EQ(replay(with_lock(CohortLock::set))(Entity::cohort, Action::updated), 2);
    EXPECT_EQ(cohorts(), "4EME1|local_entstream\n4EME2|local_entstream\nnew|local_entstream");
    group(10, "4EME1 ter", "4EME1");
    publish();
    EXPECT_EQ(cohorts(), "4EME1|local_entstream\n4EME2|local_entstream\nnew|local_entstream");
    EXPECT_EQ(simulated(with_lock(CohortLock::set)), std::multiset<std::string>{});
}

TEST_P(ReplayedLocks, OfOneCohortLeaveTheOthers) {
    ReplayScope one = with_lock(CohortLock::release);
    one.cohort = uuid(11);
    EXPECT_EQ(replay(one).total(), 1);
    EXPECT_EQ(cohorts(), "4EME1|local_entstream\n4EME2|");
    one.lock = CohortLock::set;
    EXPECT_EQ(replay(one).total(), 1);
    EXPECT_EQ(cohorts(), "4EME1|local_entstream\n4EME2|local_entstream");
}

TEST_P(ReplayedLocks, ClearNoComponentButOursAndTheOneOfEntInstaller) {
    by_hand("OLD1", "local_ent_installer");
    by_hand("OLD2", "local_ent_installer");
    by_hand("OLD3", "local_ent_installer");
    by_hand("OWN", "");
    sql("UPDATE mdl_cohort SET component = 'local_other' WHERE id = " + cohort_of(10));
    sql("UPDATE mdl_cohort SET component = 'local_ent_installer' WHERE id = " + cohort_of(11));
    sql("UPDATE mdl_cohort SET timemodified = 7");
    group(13, "OLD1", "OLD1");
    publish();
    ASSERT_EQ(sql("SELECT wanted FROM entstream.parked"), "OLD1") << "its ID number is taken";
    group(14, "OLD3", "OLD3");
    write();
    EXPECT_EQ(replay(with_lock(CohortLock::release))(Entity::cohort, Action::updated), 4);
    EXPECT_EQ(cohorts(), "4EME1|local_other\n4EME2|\nOLD1|\nOLD2|local_ent_installer\nOLD3|\nOWN|");
    EXPECT_EQ(sql("SELECT idnumber FROM mdl_cohort WHERE timemodified = 7 ORDER BY 1"), "4EME1\nOLD2\nOWN");
    EXPECT_EQ(simulated(with_lock(CohortLock::release)).count("cohort updated OLD1"), 0U);
}

TEST_P(ReplayedLocks, LeaveRemovalsToTheGuard) {
    consumer::ConsumerConfig config = moodle_->config();
    config.guard = {.enabled = true, .removals = 1, .percent = 0};
    planner_.emplace(config);
    beside_.emplace(config);
    beside_->open_beside();
    sql("INSERT INTO mdl_cohort_members (cohortid, userid, timeadded) SELECT " + cohort_of(11) +
        ", id, 1 FROM mdl_user WHERE username IN ('u1', 'u2', 'u4')");
    const Counts counts = replay(with_lock(CohortLock::release, forced({.cohorts = true})));
    EXPECT_EQ(counts(Entity::member, Action::held), 3);
    EXPECT_EQ(cohorts(), "4EME1|\n4EME2|");
    EXPECT_EQ(members(11), "u1\nu2\nu3\nu4");
}

TEST_P(ReplayedLocks, AreRememberedWhileAGroupIsAway) {
    replay(with_lock(CohortLock::release));
    group_leaves(10);
    group_leaves(11);
    publish();
    EXPECT_EQ(simulated(with_lock(CohortLock::release)), std::multiset<std::string>{}) << "no definition any more";
    ReplayScope one = with_lock(CohortLock::set);
    one.cohort = uuid(11);
    const std::string before = sql("SELECT * FROM mdl_cohort WHERE id = " + cohort_of(11));
    replay(one);
    EXPECT_EQ(sql("SELECT * FROM mdl_cohort WHERE id = " + cohort_of(11)), before);
    group(10, "4EME1", "4EME1");
    group(11, "4EME2", "4EME2");
    publish();
    EXPECT_EQ(cohorts(), "4EME1|\n4EME2|local_entstream");
}

TEST_P(ReplayedLocks, AreRememberedByARebuild) {
    replay(with_lock(CohortLock::release));
    consumer::merge::begin_rebuild(moodle_->config(), "rennes");
    target_->claim("rennes");
    for (const Batch& batch : log_) {
        target_->apply(batch);
    }
    EXPECT_EQ(cohorts(), "4EME1|\n4EME2|");
}

TEST_P(ReplayedLocks, OfNewCohortsAreReleasedWithTheOthers) {
    group(12, "new", "new");
    write();
    replay(with_lock(CohortLock::release));
    target_->apply(log_.back());
    EXPECT_EQ(cohorts(), "4EME1|\n4EME2|\nnew|");
}

INSTANTIATE_TEST_SUITE_P(Moodle, ReplayedLocks, ::testing::Values(MoodleKind::core_tables), kind_name);

}  // namespace
}  // namespace entstream::test
