// The guard: removals that are too many are held, everything else goes on.

#include <set>
#include <string>

#include "tests/integration/merge/guarded_moodle.hpp"

namespace entstream::test {
namespace {

using consumer::UserField;

TEST_P(GuardedMoodle, HoldsABranchThatIsDeletedEntryByEntry) {
    users(1, 1200);
    apply();
    std::int64_t let_through = 0;
    std::int64_t held_by_then = 0;
    for (int i = 0; i < 1000; i += 25) {
        users_leave(1 + i, 25);
        const auto summary = apply();
        let_through += summary.counts(Entity::user, Action::suspended);
        held_by_then += summary.counts(Entity::user, Action::held);
    }
    EXPECT_EQ(let_through, 50) << "no more than 5 % of 1200";
    EXPECT_EQ(held_by_then, 950);
    EXPECT_EQ(suspended(), "50");
    EXPECT_EQ(held(), "user|950");
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.link WHERE status = 'kept'"), "950");
    EXPECT_EQ(sweep().held, 950);
}

TEST_P(GuardedMoodle, HoldsWhatAFilterThatGoesWrongTakesAwayAndAppliesTheRest) {
    users(1, 60);
    apply();
    users_leave(1, 30);
    user(31, {{UserField::city, "Brest"}});
    user(100);
    const auto summary = apply();
    EXPECT_EQ(summary.counts(Entity::user, Action::held), 30);
    EXPECT_EQ(summary.counts(Entity::user, Action::updated), 1);
    EXPECT_EQ(summary.counts(Entity::user, Action::created), 1);
    EXPECT_EQ(suspended(), "0");
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.touch WHERE kind = 'session'"), "0");
}

TEST_P(GuardedMoodle, HoldsAllRemovalsOfOneRefreshFromTheFirst) {
    users(1, 100);
    apply();
    user_leaves(1);
    announce(90);
    EXPECT_EQ(apply().counts(Entity::user, Action::held), 1);
    users_leave(2, 89);
    announce(90);
    EXPECT_EQ(apply().counts(Entity::user, Action::held), 89);
    EXPECT_EQ(suspended(), "0");
    EXPECT_EQ(sql("SELECT DISTINCT generation, cause FROM entstream.held"), "7|refresh");
}

TEST_P(GuardedMoodle, DoesNotCountWhatWasAnnouncedAndIsInAlready) {
    users(1, 100);
    apply();
    for (int i = 0; i < 20; i += 5) {
        users_leave(1 + i, 5);
        announce(20);
        EXPECT_EQ(apply().counts(Entity::user, Action::suspended), 5);
    }
}

TEST_P(GuardedMoodle, LetsAClassOfThirtyLeaveInJuly) {
    users(1, 700);
    apply();
    users_leave(1, 30);
    EXPECT_EQ(apply().counts(Entity::user, Action::suspended), 30);
    EXPECT_EQ(held(), "");
}

TEST_P(GuardedMoodle, CountsAnewInTheNextWindow) {
    users(1, 100);
    apply();
    users_leave(1, 15);
    apply();
    sql("UPDATE entstream.guard_window SET ends_at = now() - interval '1 s'");
    users_leave(16, 15);
    EXPECT_EQ(apply().counts(Entity::user, Action::suspended), 15);
    users_leave(31, 15);
    EXPECT_EQ(apply().counts(Entity::user, Action::held), 15);
}

TEST_P(GuardedMoodle, HoldsTheSchoolThatGoesWrongAndServesTheOthers) {
    constexpr int schools = 200;
    users(1, schools * 5);
    users(2000, 150);  // the school that goes wrong
    apply();
    users_leave(2000, 150);
    announce(150);
    apply();
    for (int school = 0; school < schools; ++school) {
        user(1 + school * 5, {{UserField::department, "2B"}});
        user(5000 + school);
    }
    const auto summary = apply();
    EXPECT_EQ(summary.counts(Entity::user, Action::updated), schools);
    EXPECT_EQ(summary.counts(Entity::user, Action::created), schools);
    EXPECT_EQ(suspended(), "0");
    EXPECT_EQ(held(), "user|150");
}

TEST_P(GuardedMoodle, HoldsReleasesOfCohortsAndTheirMembersStay) {
    users(1, 30);
    for (int i = 0; i < 30; ++i) {
        group(first_group + i, "C" + std::to_string(i), "C" + std::to_string(i));
        member(ParentKind::group, first_group + i, 1, i + 1);
    }
    apply();
    for (int i = 0; i < 25; ++i) {
        group_leaves(first_group + i);
    }
    EXPECT_EQ(apply().counts(Entity::cohort, Action::held), 25);
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort WHERE component = 'local_entstream' AND visible = 1"), "30");
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort_members"), "30");

    // One comes back, with another member: whom it does not name any more goes, once its records have been read.
    group(first_group, "C0", "C0");
    member(ParentKind::group, first_group, 2, 7);
    apply();
    EXPECT_EQ(held(), "cohort|24");
    batch_.watermark = std::chrono::system_clock::now();
    ++offset_;
    apply();
    EXPECT_EQ(sql("SELECT username FROM mdl_cohort_members JOIN mdl_user ON mdl_user.id = userid JOIN mdl_cohort ON "
                  "mdl_cohort.id = cohortid WHERE mdl_cohort.idnumber = 'C0'"),
              "u7");

    EXPECT_EQ(approve({.entities = {Entity::cohort}, .objects = {}}).counts(Entity::cohort, Action::released), 24);
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort WHERE component = '' AND visible = 0"), "24");
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort_members"), "30");
    EXPECT_EQ(held(), "");
}

TEST_P(GuardedMoodle, HoldsRemovalsOfMembersUntilTheyAreApprovedOrBack) {
    users(1, 60);
    group(first_group, "4EME1", "4EME1");
    for (int i = 1; i <= 60; ++i) {
        member(ParentKind::group, first_group, i, i);
    }
    apply();
    for (int i = 1; i <= 30; ++i) {
        member_leaves(ParentKind::group, first_group, i);
    }
    user(100);
    member(ParentKind::group, first_group, 100, 100);
    const auto summary = apply();
    EXPECT_EQ(summary.counts(Entity::member, Action::held), 30);
    EXPECT_EQ(summary.counts(Entity::member, Action::created), 1);
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort_members"), "61");
    EXPECT_EQ(held(), "member|30");

    member(ParentKind::group, first_group, 1, 1);
    apply();
    EXPECT_EQ(held(), "member|29");
    EXPECT_EQ(approve({.entities = {}, .objects = {uuid(2)}}).counts(Entity::member, Action::removed), 1);
    EXPECT_EQ(approve({.entities = {Entity::member}, .objects = {}}).counts(Entity::member, Action::removed), 28);
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort_members"), "32");
    EXPECT_EQ(held(), "");
}

TEST_P(GuardedMoodle, HoldsRolesThatOneDeletedObjectTakesFromMany) {
    users(1, 40);
    role(first_role, "manager", ContextLevel::system);
    for (int i = 1; i <= 40; ++i) {
        member(ParentKind::role, first_role, i, i);
    }
    apply();
    role_leaves(first_role);
    EXPECT_EQ(apply().counts(Entity::role_assignment, Action::held), 40);
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_role_assignments WHERE component = 'local_entstream'"), "40");

    std::set<std::string> places;
    target_->held("rennes", [&](const consumer::merge::HeldRemoval& removal) { places.insert(removal.place); });
    EXPECT_EQ(places, std::set<std::string>{"manager in system"});

    // Another object gives the role to one of them again.
    role(first_role + 1, "manager", ContextLevel::system);
    member(ParentKind::role, first_role + 1, 1, 1);
    apply();
    EXPECT_EQ(held(), "role_assignment|39");
    EXPECT_EQ(target_->reject("rennes", {.entities = {}, .objects = {uuid(2)}}), 1);
    EXPECT_EQ(approve().counts(Entity::role_assignment, Action::removed), 38);
    EXPECT_EQ(sql("SELECT username FROM mdl_role_assignments JOIN mdl_user ON mdl_user.id = userid "
                  "WHERE component = 'local_entstream' ORDER BY username"),
              "u1\nu2");
}

TEST_P(GuardedMoodle, WhoIsHeldKeepsTheCohortsThatHisAttributesGave) {
    target_.reset();
    auto config = moodle_->config();
    config.mapping.cohorts.from_people.emplace_back();
    target_.emplace(config);
    target_->open();
    target_->claim("rennes");
    const auto in_class = [this](int number) {
        consumer::UserDelta& pupil = user(number);
        pupil.cohorts.push_back({uuid(first_group), pupil.version, true, "4EME1", "4EME1", "", false});
    };
    for (int i = 1; i <= 30; ++i) {
        in_class(i);
    }
    apply();
    users_leave(1, 25);
    apply();
    EXPECT_EQ(held(), "user|25");
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort_members"), "30");
    const auto decision = approve();
    EXPECT_EQ(decision.counts(Entity::user, Action::suspended), 25);
    EXPECT_EQ(decision.counts(Entity::member, Action::removed), 25);
    EXPECT_EQ(held(), "");
}

TEST_P(GuardedMoodle, HoldsAllOfADirectoryThatIsEmptyAndForgetsItWhenItIsBack) {
    const auto everything = [&] {
        users(1, 60);
        for (int i = 0; i < 30; ++i) {
            group(first_group + i, "4e " + std::to_string(i), "G" + std::to_string(i));
            member(ParentKind::group, first_group + i, i + 1, i + 1);
        }
        role(first_role, "manager", ContextLevel::system);
        for (int i = 1; i <= 60; ++i) {
            member(ParentKind::role, first_role, i, i);
        }
    };
    const auto site = [&] {
        return sql(
            "SELECT (SELECT count(*) FROM mdl_user WHERE auth = 'ldap' AND suspended = 0), "
            "(SELECT count(*) FROM mdl_cohort WHERE visible = 1 AND component <> ''), "
            "(SELECT count(*) FROM mdl_cohort_members), (SELECT count(*) FROM mdl_role_assignments)");
    };
    everything();
    apply();
    ASSERT_EQ(site(), "60|30|30|60");
    users_leave(1, 60);
    for (int i = 0; i < 30; ++i) {
        group_leaves(first_group + i);
    }
    role_leaves(first_role);
    apply();
    EXPECT_EQ(site(), "60|30|30|60");
    EXPECT_EQ(held(), "cohort|30\nrole_assignment|60\nuser|60");
    everything();
    apply();
    EXPECT_EQ(site(), "60|30|30|60");
    EXPECT_EQ(held(), "");
    EXPECT_EQ(sql("SELECT DISTINCT status FROM entstream.link WHERE kind = 'user'"), "active");
}

TEST_P(GuardedMoodle, HoldsWhatASweepWouldRemove) {
    sql("INSERT INTO mdl_course (id, category, fullname, shortname, idnumber) VALUES (70, 1, 'A', 'A', 'C1'), "
        "(71, 1, 'B', 'B', ''); INSERT INTO mdl_context (id, contextlevel, instanceid, path, depth) VALUES "
        "(700, 50, 70, '/1/3/700', 3), (710, 50, 71, '/1/3/710', 3)");
    users(1, 60);
    role(first_role, "editingteacher", ContextLevel::course, "idnumber", "C1");
    for (int i = 1; i <= 60; ++i) {
        member(ParentKind::role, first_role, i, i);
    }
    apply();
    const auto roles = [&] {
        return sql("SELECT contextid, count(*) FROM mdl_role_assignments GROUP BY contextid ORDER BY contextid");
    };
    ASSERT_EQ(roles(), "700|60");
    sql("UPDATE mdl_course SET idnumber = ''; UPDATE mdl_course SET idnumber = 'C1' WHERE id = 71");
    EXPECT_EQ(sweep().held, 60);
    EXPECT_EQ(roles(), "700|60\n710|60") << "what is added goes on";
    EXPECT_EQ(sweep().held, 60);
    EXPECT_EQ(approve().counts(Entity::role_assignment, Action::removed), 60);
    EXPECT_EQ(roles(), "710|60");
    EXPECT_EQ(sweep().held, 0);
}

TEST_P(GuardedMoodle, IsOffWhereTheConfigurationSaysSo) {
    configure({.enabled = false});
    users(1, 60);
    apply();
    users_leave(1, 60);
    EXPECT_EQ(apply().counts(Entity::user, Action::suspended), 60);
}

// One kind of Moodle is enough: nothing here depends on which.
INSTANTIATE_TEST_SUITE_P(Moodle, GuardedMoodle, ::testing::Values(MoodleKind::core_tables), kind_name);

}  // namespace
}  // namespace entstream::test
