// Sweeps over much, and over what the database refuses.

#include "tests/integration/merge/merge_test.hpp"

namespace entstream::test {
namespace {

using consumer::UserField;

class Sweep : public MergeTest {
  protected:
    std::string accounts() { return sql("SELECT username FROM mdl_user WHERE auth = 'ldap' ORDER BY username"); }
    std::string parked() { return sql("SELECT wanted, reason FROM entstream.parked ORDER BY wanted, uuid"); }
    void hold_names(int first, int last) {
        for (int i = first; i <= last; ++i) {
            sql("INSERT INTO mdl_user (username, mnethostid, auth) VALUES ('u" + std::to_string(i) + "', 1, 'manual')");
        }
    }
    void free_names() { sql("UPDATE mdl_user SET username = 'former.' || username WHERE auth = 'manual' AND id > 2"); }
    /// A constraint of the site's own, which only this user breaks.
    void refuse(int number) {
        sql("ALTER TABLE mdl_user ADD CONSTRAINT own_rule CHECK (firstname <> 'First" + std::to_string(number) + "')");
    }
};

TEST_P(Sweep, LooksAtEverybodyInPortions) {
    constexpr int people = 4500;
    sql("INSERT INTO mdl_user (username, mnethostid, auth) SELECT 'u' || number, 1, 'manual' "
        "FROM generate_series(1, 4500) AS number");
    for (int i = 1; i <= people; ++i) {
        user(i);
    }
    EXPECT_EQ(apply().counts(Entity::user, Action::parked), people);
    EXPECT_FALSE(target_->sweep("rennes").complete) << "the live stream goes on in between";
    EXPECT_EQ(sweep().parked_users, people);
    free_names();
    const SweepSummary swept = sweep();
    EXPECT_EQ(swept.parked_users, 0);
    EXPECT_EQ(swept.counts(Entity::user, Action::created), people);
}

TEST_P(Sweep, LooksAgainForTheNamesThatItHasFreed) {
    hold_names(1, 1);
    user(3, {{UserField::username, "a"}});
    user(2, {{UserField::username, "b"}});
    user(1, {{UserField::username, "c"}});
    apply();
    user(3, {{UserField::username, "u1"}});
    user(2, {{UserField::username, "a"}});
    user(1, {{UserField::username, "b"}});
    EXPECT_EQ(apply().counts(Entity::user, Action::parked), 3);
    free_names();
    EXPECT_EQ(sweep().parked_users, 0);
    EXPECT_EQ(sql("SELECT firstname, username FROM mdl_user WHERE auth = 'ldap' ORDER BY 1"),
              "First1|b\nFirst2|a\nFirst3|u1");
}

TEST_P(Sweep, WhomTheDatabaseRefusesWaitsOnAndHoldsUpNobody) {
    hold_names(1, 5);
    for (int i = 1; i <= 5; ++i) {
        user(i);
    }
    apply();
    refuse(3);
    free_names();
    const SweepSummary swept = sweep();
    EXPECT_EQ(swept.counts(Entity::user, Action::created), 4);
    EXPECT_EQ(swept.parked_users, 1);
    EXPECT_EQ(accounts(), "u1\nu2\nu4\nu5");
    EXPECT_EQ(parked(), "u3|refused by the database: SQLSTATE 23514");
    EXPECT_EQ(sweep().parked_users, 1);
    sql("ALTER TABLE mdl_user DROP CONSTRAINT own_rule");
    EXPECT_EQ(sweep().parked_users, 0) << "every sweep tries everybody again";
    EXPECT_EQ(accounts(), "u1\nu2\nu3\nu4\nu5");
}

TEST_P(Sweep, WhoFreesTheNameOfOneWhomTheDatabaseRefusesIsNotBlamed) {
    user(1, {{UserField::username, "x"}});
    apply();
    user(2, {{UserField::username, "x"}});
    apply();
    refuse(2);
    user(1, {{UserField::username, "y"}});
    EXPECT_EQ(apply().counts(Entity::user, Action::updated), 1);
    EXPECT_EQ(accounts(), "y");
    EXPECT_EQ(parked(), "x|username taken");
    EXPECT_EQ(sweep().parked_users, 1);
    EXPECT_EQ(parked(), "x|refused by the database: SQLSTATE 23514");
}

TEST_P(Sweep, RoleThatTheDatabaseRefusesHoldsUpNoOther) {
    user(1);
    role(20, "unheardof", ContextLevel::system);
    role(21, "unheardof2", ContextLevel::system);
    member(ParentKind::role, 20, 1, 1);
    member(ParentKind::role, 21, 1, 1);
    apply();
    sql("INSERT INTO mdl_role (id, shortname, name, description, sortorder) VALUES (70, 'unheardof', '', '', 70), "
        "(71, 'unheardof2', '', '', 71); INSERT INTO mdl_role_context_levels (roleid, contextlevel) VALUES (70, 10), "
        "(71, 10); ALTER TABLE mdl_role_assignments ADD CONSTRAINT own_rule CHECK (roleid <> 70)");
    EXPECT_EQ(sweep().unresolved_roles, 1);
    EXPECT_EQ(sql("SELECT roleid FROM mdl_role_assignments"), "71");
}

ENTSTREAM_MERGE_SUITE(Sweep);

}  // namespace
}  // namespace entstream::test
