#include "tests/integration/merge/merge_test.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

/// What a running Moodle needs to see the changes, done after the commit.
class Settle : public MergeTest {
  protected:
    static constexpr const char* task = R"(\enrol_cohort\task\enrol_cohort_sync)";

    std::string flags() { return sql("SELECT flagtype, name, value FROM mdl_cache_flags ORDER BY flagtype, name"); }
    void make_session(int number) {
        sql("INSERT INTO mdl_sessions (sid, userid, timecreated, timemodified) VALUES ('s" + std::to_string(number) +
            "', " + id_of(number) + ", 1, 1)");
    }
    std::string sessions() { return sql("SELECT sid FROM mdl_sessions ORDER BY sid"); }

    /// A cohort that an enrol_cohort instance uses, with the task due in an hour.
    void make_used_cohort() {
        user(1);
        user(2);
        group(10, "4e A", "4A");
        apply();
        sql("INSERT INTO mdl_enrol (enrol, courseid, customint1) SELECT 'cohort', 1, id FROM mdl_cohort;"
            "UPDATE mdl_task_scheduled SET lastruntime = 1000, nextruntime = 4102444800 WHERE classname = '" +
            std::string(task) + "'");
    }
    std::string next_run() {
        return sql("SELECT nextruntime FROM mdl_task_scheduled WHERE classname = '" + std::string(task) + "'");
    }
    /// What Moodle's cron writes when it begins and ends the task.
    void task_begins() {
        sql("UPDATE mdl_task_scheduled SET timestarted = 2000 WHERE classname = '" + std::string(task) + "'");
    }
    void task_ends(int lastruntime) {
        sql("UPDATE mdl_task_scheduled SET timestarted = NULL, nextruntime = 4102444800, faildelay = 0, lastruntime "
            "= " +
            std::to_string(lastruntime) + " WHERE classname = '" + task + "'");
    }
    /// As if the last request had been long ago.
    void forget_the_last_request() {
        sql("UPDATE entstream.property SET value = 0 WHERE name = 'cohort_sync_asked_at'");
    }
    std::string touches() { return sql("SELECT kind FROM entstream.touch ORDER BY id"); }
};

TEST_P(Settle, ChangedRightsSetAFlagThatIsNewerThanTheCommit) {
    user(1);
    role(20, "manager", ContextLevel::system);
    apply();
    EXPECT_EQ(flags(), "") << "nobody's rights have changed";
    member(ParentKind::role, 20, 1, 1);
    target_->apply(take_batch());
    EXPECT_EQ(flags(), "") << "not in the transaction itself";
    EXPECT_EQ(touches(), "dirty_user");
    // A flag with the time of the transaction would be older than now: both are whole seconds.
    const std::string second = "SELECT extract(epoch FROM clock_timestamp())::bigint";
    const std::string before = sql(second);
    std::string now;
    ASSERT_TRUE(wait_until([&] { return (now = sql(second)) != before; }));
    EXPECT_FALSE(target_->settle());
    EXPECT_EQ(flags(), "accesslib/dirtyusers|" + id_of(1) + "|1");
    EXPECT_EQ(sql("SELECT timemodified >= " + now + ", expiry - timemodified FROM mdl_cache_flags"), "t|28800");
    EXPECT_EQ(touches(), "");
}

TEST_P(Settle, WhatTheDatabaseRefusesHoldsUpNothingElseAndIsDoneLater) {
    user(1);
    user(2);
    role(20, "manager", ContextLevel::system);
    apply();
    make_session(2);
    sql("UPDATE mdl_config SET value = 'never' WHERE name = 'sessiontimeout';"
        "INSERT INTO mdl_config (name, value) SELECT 'sessiontimeout', 'never' "
        "WHERE NOT EXISTS (SELECT FROM mdl_config WHERE name = 'sessiontimeout')");
    member(ParentKind::role, 20, 1, 1);
    user_leaves(2);
    EXPECT_NO_THROW(apply());
    EXPECT_EQ(flags(), "");
    EXPECT_EQ(sessions(), "");
    sql("UPDATE mdl_config SET value = '28800' WHERE name = 'sessiontimeout'");
    target_->settle();
    EXPECT_EQ(flags(), "accesslib/dirtyusers|" + id_of(1) + "|1");
    EXPECT_EQ(touches(), "");
}

TEST_P(Settle, FlagThatIsThereIsRefreshed) {
    user(1);
    role(20, "manager", ContextLevel::system);
    member(ParentKind::role, 20, 1, 1);
    apply();
    sql("UPDATE mdl_cache_flags SET timemodified = 1, expiry = 2");
    member_leaves(ParentKind::role, 20, 1);
    apply();
    EXPECT_EQ(sql("SELECT name, timemodified > 1, expiry > 2 FROM mdl_cache_flags"), id_of(1) + "|t|t");
}

TEST_P(Settle, ManyChangesSetOneFlagForTheWholeSite) {
    role(20, "manager", ContextLevel::system);
    for (int i = 1; i <= 301; ++i) {
        user(i);
        member(ParentKind::role, 20, i, i);
    }
    apply();
    EXPECT_EQ(flags(), "accesslib/dirtycontexts|/1|1");
}

TEST_P(Settle, SuspendedUserIsLoggedOut) {
    user(1);
    user(2);
    apply();
    make_session(1);
    make_session(2);
    user_leaves(1);
    apply();
    EXPECT_EQ(sessions(), "s2");
}

TEST_P(Settle, WhoIsBackBeforeItIsDoneStaysLoggedIn) {
    user(1);
    apply();
    user_leaves(1);
    target_->apply(take_batch());
    user(1);
    target_->apply(take_batch());
    make_session(1);
    target_->settle();
    EXPECT_EQ(sessions(), "s1");
}

TEST_P(Settle, WhatACrashLeftUndoneIsDoneAtTheNextStart) {
    user(1);
    apply();
    make_session(1);
    user_leaves(1);
    target_->apply(take_batch());
    EXPECT_EQ(sessions(), "s1");
    target_.reset();  // between commit and settle
    target_.emplace(moodle_->config());
    target_->open();
    EXPECT_EQ(sessions(), "");
    EXPECT_EQ(touches(), "");
}

TEST_P(Settle, CohortInUseBringsTheTaskForwardUntilARunHasStartedAndEnded) {
    make_used_cohort();
    member(ParentKind::group, 10, 1, 1);
    target_->apply(take_batch());
    EXPECT_TRUE(target_->settle());
    EXPECT_EQ(next_run(), "0");
    task_begins();
    EXPECT_TRUE(target_->settle()) << "it has not ended yet";
    task_ends(2100);
    EXPECT_FALSE(target_->settle());
    EXPECT_EQ(touches(), "");
}

TEST_P(Settle, RunInProgressAtTheCommitDoesNotCount) {
    make_used_cohort();
    task_begins();
    member(ParentKind::group, 10, 1, 1);
    target_->apply(take_batch());
    EXPECT_TRUE(target_->settle());
    EXPECT_NE(next_run(), "0") << "the end of the run would overwrite it";
    task_ends(2100);
    EXPECT_TRUE(target_->settle()) << "that run may not have seen our rows";
    EXPECT_EQ(next_run(), "0");
    task_begins();
    task_ends(2200);
    EXPECT_FALSE(target_->settle());
}

TEST_P(Settle, TaskIsAskedForOnceAMinute) {
    make_used_cohort();
    member(ParentKind::group, 10, 1, 1);
    apply();
    task_ends(2100);
    target_->settle();
    member(ParentKind::group, 10, 2, 2);
    target_->apply(take_batch());
    EXPECT_TRUE(target_->settle());
    EXPECT_NE(next_run(), "0") << "asked for a moment ago";
    forget_the_last_request();
    EXPECT_TRUE(target_->settle());
    EXPECT_EQ(next_run(), "0");
}

TEST_P(Settle, FailedRunIsAskedForAgain) {
    make_used_cohort();
    member(ParentKind::group, 10, 1, 1);
    apply();
    sql("UPDATE mdl_task_scheduled SET faildelay = 60, nextruntime = 4102444800 WHERE classname = '" +
        std::string(task) + "'");
    forget_the_last_request();
    EXPECT_TRUE(target_->settle());
    EXPECT_EQ(next_run(), "0");
}

TEST_P(Settle, SeveralChangesAreOneRequest) {
    make_used_cohort();
    member(ParentKind::group, 10, 1, 1);
    apply();
    member(ParentKind::group, 10, 2, 2);
    apply();
    EXPECT_EQ(touches(), "cohort_sync");
}

TEST_P(Settle, CohortThatNobodyUsesAsksForNothing) {
    user(1);
    group(10, "4e A", "4A");
    member(ParentKind::group, 10, 1, 1);
    target_->apply(take_batch());
    EXPECT_EQ(touches(), "");
    EXPECT_FALSE(target_->settle());
}

TEST_P(Settle, DisabledTaskIsNotWaitedFor) {
    make_used_cohort();
    sql("UPDATE mdl_task_scheduled SET disabled = 1 WHERE classname = '" + std::string(task) + "'");
    member(ParentKind::group, 10, 1, 1);
    target_->apply(take_batch());
    EXPECT_FALSE(target_->settle());
    EXPECT_NE(next_run(), "0");
}

ENTSTREAM_MERGE_SUITE(Settle);

}  // namespace
}  // namespace entstream::test
