// Entries that cannot be mapped in full: what they give is applied, what they do not give stays, and they are reported
// until they are mended. A role object that names no role any more takes its assignments away.

#include "tests/integration/merge/merge_test.hpp"

namespace entstream::test {
namespace {

using consumer::UserField;

class Unmapped : public MergeTest {
  protected:
    std::string listed() { return sql("SELECT kind, problem FROM entstream.unmapped ORDER BY uuid"); }
    /// As the mapping gives a user whose surname is missing.
    void user_without_surname(int number, const Fields& fields = {}) {
        consumer::UserDelta& delta = user(number, fields);
        delta[UserField::lastname].reset();
        delta.problem = "lastname: missing";
    }
};

TEST_P(Unmapped, AFieldThatIsMissingStaysAndTheOthersAreAppliedAndItIsReportedUntilMended) {
    user(1);
    apply();
    user_without_surname(1, {{UserField::firstname, "Changed"}, {UserField::city, "Rennes"}});
    EXPECT_EQ(apply().counts(Entity::user, Action::parked), 1);
    const std::string names = "SELECT firstname, lastname, city FROM mdl_user WHERE username = 'u1'";
    EXPECT_EQ(sql(names), "Changed|Last1|Rennes");
    EXPECT_EQ(listed(), "user|lastname: missing");
    EXPECT_EQ(sweep().unmapped, 1);

    user_without_surname(1, {{UserField::city, "Brest"}});
    EXPECT_EQ(apply().counts(Entity::user, Action::parked), 0) << "it is reported once";
    user(1, {{UserField::lastname, "Mended"}});
    apply();
    EXPECT_EQ(sql(names), "First1|Mended|Brest");
    EXPECT_EQ(listed(), "");
    EXPECT_EQ(sweep().unmapped, 0);
}

TEST_P(Unmapped, ANewPersonWaitsUntilItIsMendedAndSoDoMemberships) {
    group(10, "Class", "C-1");
    member(ParentKind::group, 10, 1, 1);
    user_without_surname(1);
    apply();
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_user WHERE auth = 'ldap'"), "0");
    EXPECT_EQ(listed(), "user|lastname: missing");
    user(1);
    const ApplySummary summary = apply();
    EXPECT_EQ(summary.counts(Entity::user, Action::created), 1);
    EXPECT_EQ(summary.counts(Entity::member, Action::created), 1);
    EXPECT_EQ(listed(), "");
}

TEST_P(Unmapped, WhoLeavesIsNotReportedAnyMore) {
    user_without_surname(1);
    user(2);
    apply();
    user_without_surname(2);
    apply();
    EXPECT_EQ(listed(), "user|lastname: missing\nuser|lastname: missing");
    user_leaves(1);
    user_leaves(2);
    EXPECT_EQ(apply().counts(Entity::user, Action::suspended), 1);
    EXPECT_EQ(listed(), "");
}

TEST_P(Unmapped, ACohortWithoutANameKeepsItsNameAndANewOneWaits) {
    group(10, "Class", "C-1").description = "old";
    apply();
    group(10, "", "C-2").problem = "name: missing";
    batch_.cohorts.back().description = "new";
    group(11, "Other", "").problem = "idnumber: missing";
    apply();
    EXPECT_EQ(sql("SELECT name, idnumber, description FROM mdl_cohort"), "Class|C-2|new");
    EXPECT_EQ(listed(), "cohort|name: missing\ncohort|idnumber: missing");
    group(10, "", "").problem = "name, idnumber: missing";
    group(11, "Other", "C-3");
    apply();
    EXPECT_EQ(sql("SELECT name, idnumber FROM mdl_cohort ORDER BY id"), "Class|C-2\nOther|C-3");
    EXPECT_EQ(listed(), "cohort|name, idnumber: missing");
}

TEST_P(Unmapped, ARoleObjectThatNamesNoRoleAnyMoreTakesItsAssignmentsAwayAndGivesThemBackWhenMended) {
    const std::string assignments = "SELECT count(*) FROM mdl_role_assignments WHERE component = 'local_entstream'";
    user(1);
    role(20, "manager", ContextLevel::system);
    member(ParentKind::role, 20, 1, 1);
    apply();
    EXPECT_EQ(sql(assignments), "1");
    role_not_selected(20);
    batch_.roles.back().problem = "role: unknown";
    const ApplySummary summary = apply();
    EXPECT_EQ(summary.counts(Entity::role_assignment, Action::removed), 1);
    EXPECT_EQ(summary.counts(Entity::role, Action::parked), 1);
    EXPECT_EQ(sql(assignments), "0");
    EXPECT_EQ(listed(), "role|role: unknown");
    role(20, "manager", ContextLevel::system);
    apply();
    EXPECT_EQ(sql(assignments), "1");
    EXPECT_EQ(listed(), "");
}

ENTSTREAM_MERGE_SUITE(Unmapped);

}  // namespace
}  // namespace entstream::test
