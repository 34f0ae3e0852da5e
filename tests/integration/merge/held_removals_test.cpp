// What becomes of held removals: somebody decides about them, or the entry is back.

#include <string>

#include "consumer/merge/rebuild.hpp"
#include "tests/integration/merge/guarded_moodle.hpp"

namespace entstream::test {
namespace {

using consumer::UserField;
using consumer::merge::HeldDecision;
using consumer::merge::HeldRemoval;

TEST_P(GuardedMoodle, ForgetsAHoldWhenTheEntryIsBack) {
    users(1, 60);
    apply();
    users_leave(1, 30);
    apply();
    users(1, 29);
    apply();
    EXPECT_EQ(held(), "user|1");
    EXPECT_EQ(suspended(), "0");
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.link WHERE status = 'kept'"), "1");
    EXPECT_EQ(sweep().held, 1);
}

TEST_P(GuardedMoodle, AnApprovalDoesWhatIsStillWanted) {
    users(1, 60);
    apply();
    users_leave(1, 30);
    apply();
    user(1);
    apply();
    const auto decision = approve();
    EXPECT_EQ(decision.removals, 29);
    EXPECT_EQ(decision.counts(Entity::user, Action::suspended), 29);
    EXPECT_EQ(suspended(), "29");
    EXPECT_EQ(sql("SELECT suspended FROM mdl_user WHERE username = 'u1'"), "0");
    EXPECT_EQ(held(), "");
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.link WHERE status = 'left' AND suspended"), "29");
    users_leave(40, 5);
    EXPECT_EQ(apply().counts(Entity::user, Action::suspended), 5) << "the window is over with the decision";
    user(2);
    EXPECT_EQ(apply().counts(Entity::user, Action::revived), 1) << "as any leaver who is back";
}

TEST_P(GuardedMoodle, AnApprovalThatComesTooLateDoesNothing) {
    users(1, 60);
    apply();
    users_leave(1, 30);
    apply();
    const std::string row = sql("SELECT held FROM entstream.held ORDER BY uuid LIMIT 1");
    users(1, 30);
    apply();
    sql("INSERT INTO entstream.held SELECT ('" + row + "'::entstream.held).*");  // as if it had been missed
    const auto decision = approve();
    EXPECT_EQ(decision.removals, 1);
    EXPECT_EQ(decision.counts.total(), 0);
    EXPECT_EQ(suspended(), "0");
    EXPECT_EQ(held(), "");
}

TEST_P(GuardedMoodle, ApprovesWhomSomebodyNames) {
    users(1, 60);
    apply();
    users_leave(1, 30);
    apply();
    EXPECT_EQ(approve({.entities = {Entity::cohort}, .objects = {}}).removals, 0);
    EXPECT_EQ(approve({.entities = {}, .objects = {uuid(3), uuid(5)}}).removals, 2);
    EXPECT_EQ(sql("SELECT username FROM mdl_user WHERE suspended = 1 ORDER BY username"), "u3\nu5");
    EXPECT_EQ(held(), "user|28");
}

TEST_P(GuardedMoodle, ARejectedRemovalKeepsTheAccountUntilItsNextChange) {
    users(1, 60);
    apply();
    users_leave(1, 30);
    apply();
    EXPECT_EQ(target_->reject("rennes", {}), 30);
    EXPECT_EQ(held(), "");
    EXPECT_EQ(sweep().held, 0);
    EXPECT_EQ(suspended(), "0");
    user(1, {{UserField::city, "Brest"}});
    user_leaves(2);
    const auto summary = apply();
    EXPECT_EQ(summary.counts(Entity::user, Action::updated), 1);
    EXPECT_EQ(summary.counts(Entity::user, Action::suspended), 1);
}

TEST_P(GuardedMoodle, ParksWhoWantsANameThatOnlyAHeldRemovalWouldFree) {
    users(1, 60);
    apply();
    users_leave(1, 30);
    user(100, {{UserField::username, "u1"}});
    const auto summary = apply();
    EXPECT_EQ(summary.counts(Entity::user, Action::parked), 1);
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_user WHERE username = 'u1' AND suspended = 0"), "1");
    EXPECT_EQ(approve({.entities = {}, .objects = {uuid(1)}}).counts(Entity::user, Action::created), 1);
    EXPECT_EQ(sql("SELECT suspended FROM mdl_user WHERE username LIKE 'u1.left%' UNION ALL "
                  "SELECT suspended FROM mdl_user WHERE username = 'u1'"),
              "1\n0");
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.parked"), "0");
}

TEST_P(GuardedMoodle, ARebuildKeepsWhatIsHeldAndForgetsWhoIsBack) {
    users(1, 60);
    group(first_group, "4e A", "4A");
    for (int i = 1; i <= 60; ++i) {
        member(ParentKind::group, first_group, i, i);
    }
    apply();
    users_leave(1, 30);
    for (int i = 31; i <= 60; ++i) {
        member_leaves(ParentKind::group, first_group, i);
    }
    apply();
    ASSERT_EQ(held(), "member|30\nuser|30");
    target_.reset();
    consumer::merge::begin_rebuild(moodle_->config(), "rennes");
    target_.emplace(moodle_->config());
    target_->open();
    target_->claim("rennes");
    // What a compacted log says: DELETEs, and of some that they are back.
    offset_ = 0;
    users_leave(1, 25);
    users(26, 35);
    group(first_group, "4e A", "4A");
    for (int i = 31; i <= 55; ++i) {
        member_leaves(ParentKind::group, first_group, i);
    }
    for (int i = 56; i <= 60; ++i) {
        member(ParentKind::group, first_group, i, i);
    }
    for (int i = 1; i <= 30; ++i) {
        member(ParentKind::group, first_group, i, i);
    }
    apply();
    batch_.watermark = std::chrono::system_clock::now() + std::chrono::hours(1);
    apply();
    EXPECT_EQ(suspended(), "0");
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort_members"), "60");
    EXPECT_EQ(held(), "member|25\nuser|25");
    const auto decision = approve();
    EXPECT_EQ(decision.counts(Entity::user, Action::suspended), 25);
    EXPECT_EQ(decision.counts(Entity::member, Action::removed), 25);
}

TEST_P(GuardedMoodle, IsDecidedBesideTheProcessThatServesTheMoodle) {
    users(1, 60);
    apply();
    users_leave(1, 30);
    apply();
    MoodleTarget beside(moodle_->config());
    beside.open_beside();
    std::string names;
    beside.held("rennes", [&](const HeldRemoval& removal) { names += removal.entity + " " + removal.username + "\n"; });
    EXPECT_EQ(names.substr(0, 16), "user u1\nuser u2\n");
    HeldDecision decision;
    beside.approve("rennes", {}, decision);
    EXPECT_EQ(decision.counts(Entity::user, Action::suspended), 30);
    user(200);
    EXPECT_EQ(apply().counts(Entity::user, Action::created), 1) << "the one that serves it goes on";
}

TEST_P(GuardedMoodle, KeepsWhatTheDatabaseRefusesAndDoesTheRest) {
    users(1, 60);
    apply();
    users_leave(1, 30);
    apply();
    sql("ALTER TABLE mdl_user ADD CONSTRAINT keep CHECK (username <> 'u7' OR suspended = 0)");
    const auto decision = approve();
    EXPECT_EQ(decision.removals, 29);
    EXPECT_EQ(decision.refused, 1);
    EXPECT_EQ(suspended(), "29");
    EXPECT_EQ(held(), "user|1");
}

}  // namespace
}  // namespace entstream::test
