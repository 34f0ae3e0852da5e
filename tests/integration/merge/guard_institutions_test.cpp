// The guard by institution: one school among many goes wrong, and the others go on.

#include <string>

#include "tests/integration/merge/guarded_moodle.hpp"

namespace entstream::test {
namespace {

using consumer::UserField;

/// Schools of a region. The people of school n, and its group and role object, of which all of them are members.
class GuardedRegion : public GuardedMoodle {
  protected:
    void school(int number, int first, int count) {
        group(first_group + number, "All of " + code(number), code(number));
        role(first_role + number, "manager", ContextLevel::system);
        for (int i = first; i < first + count; ++i) {
            user(i, {{UserField::institution, code(number)}});
            member(ParentKind::group, first_group + number, i, i);
            member(ParentKind::role, first_role + number, i, i);
        }
    }
    /// They are in the directory still, but in neither group nor role object.
    void members_leave(int number, int first, int count) {
        for (int i = first; i < first + count; ++i) {
            member_leaves(ParentKind::group, first_group + number, i);
            member_leaves(ParentKind::role, first_role + number, i);
        }
    }
    /// They leave the one group, and join the other at once.
    void change_class(int from, int to, int first, int count) {
        for (int i = first; i < first + count; ++i) {
            member_leaves(ParentKind::group, first_group + from, i);
            member(ParentKind::group, first_group + to, i, i);
        }
    }
    static std::string code(int number) { return "UAI" + std::to_string(number); }
    /// "members|role assignments" of the people of that school.
    std::string given(int number) {
        const std::string people = "(SELECT id FROM mdl_user WHERE institution = '" + code(number) + "')";
        return sql("SELECT (SELECT count(*) FROM mdl_cohort_members WHERE userid IN " + people +
                   "), (SELECT count(*) FROM mdl_role_assignments WHERE component = 'local_entstream' AND userid IN " +
                   people + ")");
    }
};

TEST_P(GuardedRegion, HoldsOneSchoolOfTwoHundredAndLetsTheOthersBe) {
    constexpr int schools = 200;
    constexpr int people = 30;
    constexpr int of_school = 200;
    for (int i = 1; i < schools; ++i) {
        school(i, i * people, people);
    }
    school(schools, schools * people, of_school);
    apply();
    users_leave(schools * people, of_school);
    users_leave(people, 15);  // of the first school
    const auto summary = apply();
    EXPECT_EQ(summary.counts(Entity::user, Action::held), of_school) << "3 % of the whole, but all of one school";
    EXPECT_EQ(summary.counts(Entity::user, Action::suspended), 15);
    EXPECT_EQ(sql("SELECT DISTINCT institution FROM mdl_user WHERE suspended = 1"), "UAI1");
    users_leave(people * 2, 15);
    EXPECT_EQ(apply().counts(Entity::user, Action::suspended), 15) << "another school goes on";

    // Its group and its role object are emptied, too, in two parts; some leave the other schools' as on any day.
    for (int half = 0; half < 2; ++half) {
        members_leave(schools, schools * people + half * of_school / 2, of_school / 2);
        const int other = 3 + half;
        members_leave(other, people * other, 15);
        const auto gone = apply();
        for (const Entity entity : {Entity::member, Entity::role_assignment}) {
            EXPECT_EQ(gone.counts(entity, Action::held), of_school / 2) << to_text(entity);
            EXPECT_EQ(gone.counts(entity, Action::removed), 15) << to_text(entity);
        }
        EXPECT_EQ(given(schools), "200|200");
        EXPECT_EQ(given(other), "15|15");
    }
    EXPECT_EQ(held(), "member|200\nrole_assignment|200\nuser|200");
    const auto decision = approve();
    EXPECT_EQ(decision.counts(Entity::user, Action::suspended), of_school);
    EXPECT_EQ(decision.counts(Entity::member, Action::removed), of_school);
    EXPECT_EQ(decision.counts(Entity::role_assignment, Action::removed), of_school);
    EXPECT_EQ(given(schools), "0|0");
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.guard_window"), "0");
}

TEST_P(GuardedRegion, HoldsTheRestOfASchoolThatIsDeletedEntryByEntryAndLetsAClassLeave) {
    for (int i = 1; i <= 2000; ++i) {
        user(i, {{UserField::institution, i <= 200 ? "A" : i <= 400 ? "B" : "others"}});
    }
    apply();
    users_leave(1, 30);
    EXPECT_EQ(apply().counts(Entity::user, Action::suspended), 30) << "a class of a school of 200";
    std::int64_t suspended_of_b = 0;
    for (int i = 201; i <= 260; i += 10) {
        users_leave(i, 10);
        suspended_of_b += apply().counts(Entity::user, Action::suspended);
    }
    EXPECT_EQ(suspended_of_b, 50) << "a quarter of the school";
    EXPECT_EQ(held(), "user|10");
    configure({.institution_percent = 100});
    sql("UPDATE entstream.guard_window SET ends_at = now() - interval '1 s'");
    users_leave(301, 60);
    EXPECT_EQ(apply().counts(Entity::user, Action::suspended), 60) << "institutions are not looked at";
}

TEST_P(GuardedRegion, LetsAClassChangeItsCohortInJulyAndHoldsTheTurnOfTheYear) {
    school(1, 1, 200);
    school(2, 300, 2200);
    group(first_group + 3, "4EME1", "4EME1");
    apply();
    change_class(1, 3, 1, 30);
    EXPECT_EQ(apply().counts(Entity::member, Action::removed), 30) << "a class of a school of 200";
    EXPECT_EQ(held(), "");
    // All the others follow, ten at a time: what is a quarter of the school passes.
    std::int64_t removed = 0;
    for (int i = 31; i <= 90; i += 10) {
        change_class(1, 3, i, 10);
        removed += apply().counts(Entity::member, Action::removed);
    }
    EXPECT_EQ(removed, 30) << "with the class of 30: a quarter of the 200 that were, and the 60 that came";
    EXPECT_EQ(held(), "member|30");
    EXPECT_EQ(
        sql("SELECT count(*) FROM mdl_cohort_members JOIN mdl_cohort ON mdl_cohort.id = cohortid WHERE idnumber = "
            "'4EME1'"),
        "90")
        << "all are in their new cohort from the first moment on";
    members_leave(2, 300, 30);
    EXPECT_EQ(apply().counts(Entity::member, Action::removed), 30) << "the other school goes on";
    EXPECT_EQ(approve({.entities = {Entity::member}, .objects = {}}).counts(Entity::member, Action::removed), 30);
    EXPECT_EQ(given(1), "200|200");
}

TEST_P(GuardedRegion, DoesNotLookAtMembersAndRolesByInstitutionWhereTheConfigurationSaysSo) {
    configure({.institution_percent = 100});
    school(1, 1, 60);
    school(2, 100, 1300);
    apply();
    members_leave(1, 1, 60);
    const auto summary = apply();
    EXPECT_EQ(summary.counts(Entity::member, Action::removed), 60);
    EXPECT_EQ(summary.counts(Entity::role_assignment, Action::removed), 60);
}

// One kind of Moodle is enough: nothing here depends on which.
INSTANTIATE_TEST_SUITE_P(Moodle, GuardedRegion, ::testing::Values(MoodleKind::core_tables), kind_name);

}  // namespace
}  // namespace entstream::test
