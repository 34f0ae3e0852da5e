// Accounts, cohorts and role assignments that were in Moodle before, and become ours.

#include <string>

#include "consumer/merge/approvals.hpp"
#include "tests/integration/merge/merge_test.hpp"

namespace entstream::test {
namespace {

using consumer::AdoptedFields;
using consumer::AdoptMode;
using consumer::ConsumerConfig;
using consumer::UserField;

class Adoption : public MergeTest {
  protected:
    void SetUp() override {
        MergeTest::SetUp();
        if (moodle_) {
            configure();
        }
    }

    /// Opens the target anew, with this adoption.
    void configure(AdoptMode mode = AdoptMode::exact) {
        config_ = moodle_->config();
        config_.adopt.users.mode = mode;
        config_.adopt.users.auths = {"ldap", "cas"};
        reopen();
    }
    void reopen() {
        target_.reset();
        target_.emplace(config_);
        target_->open();
        target_->claim("rennes");
    }

    /// An account that somebody else made. \returns its id
    std::string account(const std::string& username, const std::string& idnumber = "",
                        const std::string& auth = "ldap") {
        return sql(
            "INSERT INTO mdl_user (auth, confirmed, mnethostid, username, password, idnumber, firstname, "
            "lastname, email, city) VALUES ('" +
            auth + "', 1, 1, '" + username + "', 'secret', '" + idnumber + "', 'Old', 'Name', '" + username +
            "@old.example', 'Rennes') RETURNING id");
    }
    std::string linked(int number) {
        return sql("SELECT moodle_id, status, adopted FROM entstream.link WHERE kind = 'user' AND uuid = '" +
                   uuid(number).to_text() + "'");
    }
    std::string parked() { return sql("SELECT uuid, reason FROM entstream.parked WHERE kind = 'user' ORDER BY uuid"); }
    static std::string waits(int number, const std::string& reason) { return uuid(number).to_text() + "|" + reason; }

    ConsumerConfig config_;
};

TEST_P(Adoption, KeepsTheIdAndBringsTheFieldsToTheDirectorysValues) {
    const std::string id = account("old.name", "E1");
    user(1, {{UserField::idnumber, "E1"}, {UserField::city, "Brest"}});
    group(10, "4EME1", "4EME1");
    member(ParentKind::group, 10, 1, 1);
    const ApplySummary summary = apply();

    EXPECT_EQ(summary.counts(Entity::user, Action::adopted), 1);
    EXPECT_EQ(summary.counts(Entity::user, Action::created), 0);
    EXPECT_EQ(linked(1), id + "|active|t");
    EXPECT_EQ(sql("SELECT username, firstname, city, auth, password FROM mdl_user WHERE id = " + id),
              "u1|First1|Brest|ldap|secret");
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort_members WHERE userid = " + id), "1");
    EXPECT_EQ(sql("SELECT path = '/1/' || id FROM mdl_context WHERE contextlevel = 30 AND instanceid = " + id), "t")
        << "a role in it can be given";
    EXPECT_EQ(sql("SELECT eventname FROM mdl_logstore_standard_log WHERE eventname LIKE '%user_updated' "
                  "AND objectid = " +
                  id),
              "\\core\\event\\user_updated");
    EXPECT_EQ(sql("SELECT objects FROM entstream.audit WHERE entity = 'user' AND action = 'adopted'"), "1");
}

TEST_P(Adoption, WritesNothingWhereNothingDiffers) {
    const std::string id = account("u1");
    sql("UPDATE mdl_user SET firstname = 'First1', lastname = 'Last1', email = 'u1@example.org' WHERE id = " + id);
    const std::string before = sql("SELECT xmin FROM mdl_user WHERE id = " + id);
    user(1);
    EXPECT_EQ(apply().counts(Entity::user, Action::adopted), 1);
    EXPECT_EQ(sql("SELECT xmin FROM mdl_user WHERE id = " + id), before);
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_logstore_standard_log WHERE objectid = " + id + " AND target = 'user'"),
              "0");
}

TEST_P(Adoption, OffLeavesThemAlone) {
    configure(AdoptMode::off);
    account("u1");
    user(1);
    EXPECT_EQ(apply().counts(Entity::user, Action::parked), 1);
    EXPECT_EQ(parked(), waits(1, "username taken"));
}

TEST_P(Adoption, EachObstacleIsReportedAndTheAccountUntouched) {
    account("twin1", "E1");
    account("twin2", "E1");
    account("u2", "", "manual");
    const std::string admin = account("u3");
    sql("UPDATE mdl_config SET value = value || '," + admin + "' WHERE name = 'siteadmins'");
    account("guest.of.ours", "E4");
    sql("UPDATE mdl_config SET value = (SELECT id FROM mdl_user WHERE idnumber = 'E4') WHERE name = 'siteguest'");
    sql("UPDATE mdl_user SET deleted = 1 WHERE id = " + account("u5"));
    account("u6", "SOMEBODY_ELSE");
    const std::string before = sql("SELECT md5(string_agg(account::text, ',' ORDER BY id)) FROM mdl_user AS account");
    for (int i = 1; i <= 6; ++i) {
        user(i, {{UserField::idnumber, "E" + std::to_string(i)}});
    }
    EXPECT_EQ(apply().counts(Entity::user, Action::parked), 6);
    EXPECT_EQ(parked(),
              waits(1, "account found by idnumber, not adopted: several accounts have it\n") +
                  waits(2,
                        "account found by username, not adopted: the account has auth manual, which users.adopt.auth "
                        "does not list\n") +
                  waits(3,
                        "account found by username, not adopted: the account is a site administrator's or the "
                        "guest's\n") +
                  waits(4,
                        "account found by idnumber, not adopted: the account is a site administrator's or the "
                        "guest's\n") +
                  waits(5, "account found by username, not adopted: the account was deleted in Moodle\n") +
                  waits(6, "account found by username, not adopted: the account has another ID number"));
    EXPECT_EQ(sql("SELECT md5(string_agg(account::text, ',' ORDER BY id)) FROM mdl_user AS account"), before);
}

TEST_P(Adoption, OfTwoEntriesForOneAccountTheOlderGetsIt) {
    const std::string id = account("somebody", "E1");
    user(1, {{UserField::idnumber, "E1"}}).created_at = "20260101000000Z";
    user(2, {{UserField::idnumber, "E1"}}).created_at = "20250101000000Z";
    apply();
    EXPECT_EQ(linked(2), id + "|active|t");
    EXPECT_EQ(parked(), waits(1, "account found by idnumber, not adopted: another entry of the directory has it too"));
    user(3, {{UserField::idnumber, "E1"}});
    apply();
    EXPECT_EQ(linked(2), id + "|active|t");
    EXPECT_EQ(linked(3), "") << "an account that is linked goes to nobody else";
    EXPECT_EQ(parked().substr(parked().find('\n') + 1),
              waits(3, "account found by idnumber, not adopted: the account is another entry's"));
}

TEST_P(Adoption, WhoComesBackWithAnotherEntryIsANewPerson) {
    user(1, {{UserField::idnumber, "E1"}});
    apply();
    const std::string id = id_of(1);
    user_leaves(1);
    user(2, {{UserField::idnumber, "E1"}, {UserField::username, "u1"}});
    EXPECT_EQ(apply().counts(Entity::user, Action::created), 1);
    EXPECT_NE(id_of(2), id);
    EXPECT_EQ(parked(), "");
}

TEST_P(Adoption, TheSweepAdoptsWhenTheSiteHasChanged) {
    const std::string id = account("u1", "", "manual");
    user(1);
    apply();
    EXPECT_EQ(sweep().counts.total(), 0) << "no news is no news";
    sql("UPDATE mdl_user SET auth = 'cas' WHERE id = " + id);
    const SweepSummary summary = sweep();
    EXPECT_EQ(summary.counts(Entity::user, Action::adopted), 1);
    EXPECT_EQ(summary.parked_users, 0);
    EXPECT_EQ(linked(1), id + "|active|t");
}

TEST_P(Adoption, TheSweepAdoptsWhoWaitedBeforeItWasSwitchedOn) {
    configure(AdoptMode::off);
    const std::string id = account("u1");
    user(1);
    apply();
    configure(AdoptMode::exact);
    EXPECT_EQ(sweep().counts(Entity::user, Action::adopted), 1);
    EXPECT_EQ(linked(1), id + "|active|t");
}

TEST_P(Adoption, AskWaitsForApprovalOfEachAccount) {
    configure(AdoptMode::ask);
    const std::string id = account("u1");
    user(1);
    EXPECT_EQ(apply().counts(Entity::user, Action::parked), 1);
    EXPECT_EQ(sql("SELECT candidate = " + id + ", reason FROM entstream.parked"),
              "t|account found by username, not adopted: waits for approval");
    EXPECT_EQ(sweep().counts(Entity::user, Action::adopted), 0);
    sql("UPDATE entstream.parked SET approved = candidate");
    EXPECT_EQ(sweep().counts(Entity::user, Action::adopted), 1);
    EXPECT_EQ(linked(1), id + "|active|t");
}

TEST_P(Adoption, AnotherAuthIsKeptAndTheAccountStillFollowsTheDirectory) {
    const std::string id = account("u1", "", "cas");
    user(1);
    apply();
    user(1, {{UserField::lastname, "Durand"}});
    EXPECT_EQ(apply().counts(Entity::user, Action::updated), 1);
    EXPECT_EQ(sql("SELECT auth, lastname, password FROM mdl_user WHERE id = " + id), "cas|Durand|secret");
    user_leaves(1);
    EXPECT_EQ(apply().counts(Entity::user, Action::suspended), 1);
    user(2, {{UserField::username, "u1"}});
    EXPECT_EQ(apply().counts(Entity::user, Action::created), 1) << "who left gives his name up, whatever his auth";
}

TEST_P(Adoption, AuthAndPasswordBecomeOursWhereThatIsSaid) {
    config_.adopt.users.changes_auth = true;
    config_.adopt.users.clears_password = true;
    reopen();
    const std::string id = account("u1", "", "cas");
    user(1);
    apply();
    EXPECT_EQ(sql("SELECT auth, password FROM mdl_user WHERE id = " + id), "ldap|not cached");
}

TEST_P(Adoption, FieldsThatAreOnlyFilledStayForGood) {
    config_.adopt.users.fields = AdoptedFields::fill;
    config_.adopt.users.except = {"lastname"};
    reopen();
    const std::string id = account("old.name", "E1");
    user(1, {{UserField::idnumber, "E1"}, {UserField::city, "Brest"}, {UserField::institution, "0350001A"}});
    user(2, {{UserField::city, "Brest"}});
    apply();
    EXPECT_EQ(sql("SELECT username, firstname, lastname, city, institution FROM mdl_user WHERE id = " + id),
              "old.name|Old|Last1|Rennes|0350001A");
    user(1, {{UserField::idnumber, "E1"}, {UserField::city, "Quimper"}, {UserField::lastname, "Durand"}});
    user(2, {{UserField::city, "Quimper"}});
    apply();
    EXPECT_EQ(sql("SELECT username, lastname, city FROM mdl_user WHERE id = " + id), "old.name|Durand|Rennes");
    EXPECT_EQ(sql("SELECT city FROM mdl_user WHERE username = 'u2'"), "Quimper") << "our own accounts follow";
}

TEST_P(Adoption, FindsByEmailAndByProfileField) {
    config_.adopt.users.by = {"profile:numen", "email"};
    EXPECT_EQ(failure_of([&] { reopen(); }), Failure::fatal) << "without the field everybody would be new";
    sql("INSERT INTO mdl_user_info_field (shortname, name, datatype, categoryid) VALUES ('numen', 'NUMEN', 'text', 1)");
    reopen();
    const std::string by_email = account("other");
    sql("UPDATE mdl_user SET email = 'u1@example.org' WHERE id = " + by_email);
    const std::string by_profile = account("another");
    sql("INSERT INTO mdl_user_info_data (userid, fieldid, data) SELECT " + by_profile +
        ", id, 'E2' FROM mdl_user_info_field WHERE shortname = 'numen'");
    user(1);
    user(2, {{UserField::idnumber, "E2"}});
    EXPECT_EQ(apply().counts(Entity::user, Action::adopted), 2);
    EXPECT_EQ(linked(1) + linked(2), by_email + "|active|t" + by_profile + "|active|t");
}

TEST_P(Adoption, WhoseNewNameIsTakenIsAdoptedAndWaitsForTheName) {
    const std::string id = account("old.name", "E1");
    account("u1", "", "manual");
    user(1, {{UserField::idnumber, "E1"}, {UserField::city, "Brest"}});
    const ApplySummary summary = apply();
    EXPECT_EQ(summary.counts(Entity::user, Action::adopted), 1);
    EXPECT_EQ(sql("SELECT username, city FROM mdl_user WHERE id = " + id), "old.name|Brest");
    EXPECT_EQ(parked(), waits(1, "username taken"));
    sql("UPDATE mdl_user SET username = 'elsewhere' WHERE username = 'u1'");
    sweep();
    EXPECT_EQ(sql("SELECT username FROM mdl_user WHERE id = " + id), "u1");
    EXPECT_EQ(parked(), "");
}

TEST_P(Adoption, CohortsOfListedComponentsKeepTheirIdAndMembers) {
    config_.adopt.cohorts.components = {"", "local_ent_installer"};
    reopen();
    const auto cohort = [&](const std::string& idnumber, const std::string& component) {
        return sql(
            "INSERT INTO mdl_cohort (contextid, name, idnumber, description, descriptionformat, visible, "
            "component, timecreated, timemodified, theme) VALUES (1, 'Old', '" +
            idnumber + "', '', 1, 0, '" + component + "', 1, 1, '') RETURNING id");
    };
    const std::string by_hand = cohort("C1", "");
    const std::string by_installer = cohort("C2", "local_ent_installer");
    const std::string of_others = cohort("C3", "local_other");
    cohort("C4", "");
    cohort("C4", "");
    const std::string stranger = account("stranger", "", "manual");
    sql("INSERT INTO mdl_cohort_members (cohortid, userid, timeadded) VALUES (" + by_hand + ", " + stranger + ", 1)");
    user(1);
    for (int i = 1; i <= 4; ++i) {
        group(10 + i, "New", "C" + std::to_string(i));
        member(ParentKind::group, 10 + i, 1, 1);
    }
    const ApplySummary summary = apply();
    EXPECT_EQ(summary.counts(Entity::cohort, Action::adopted), 2);
    EXPECT_EQ(summary.counts(Entity::cohort, Action::parked), 2);
    EXPECT_EQ(sql("SELECT string_agg(moodle_id::text, ',' ORDER BY moodle_id) FROM entstream.link "
                  "WHERE kind = 'cohort' AND adopted"),
              by_hand + "," + by_installer);
    EXPECT_EQ(sql("SELECT DISTINCT name, component, visible FROM mdl_cohort WHERE idnumber IN ('C1', 'C2')"),
              "New|local_entstream|0");
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort_members WHERE cohortid = " + by_hand), "2")
        << "who is in it and not in the group stays";
    EXPECT_EQ(sql("SELECT name, component FROM mdl_cohort WHERE id = " + of_others), "Old|local_other");
    EXPECT_EQ(sql("SELECT wanted, reason FROM entstream.parked WHERE kind = 'cohort' ORDER BY wanted"),
              "C3|cohort found by idnumber, not adopted: the cohort has component 'local_other', which "
              "cohorts.adopt.components does not list\nC4|cohort found by idnumber, not adopted: several cohorts have "
              "it");
    sql("DELETE FROM mdl_cohort WHERE id = (SELECT max(id) FROM mdl_cohort WHERE idnumber = 'C4')");
    EXPECT_EQ(sweep().counts(Entity::cohort, Action::adopted), 1) << "the other one is the only one now";
}

TEST_P(Adoption, MembersWhomTheDirectoryDoesNotNameLeaveWhereThatIsConfigured) {
    config_.adopt.cohorts.components = {""};
    config_.adopt.cohorts.removes_members = true;
    config_.guard.removals = 1;
    config_.guard.percent = 0;
    reopen();
    const std::string cohort = sql(
        "INSERT INTO mdl_cohort (contextid, name, idnumber, description, descriptionformat, timecreated, timemodified) "
        "VALUES (1, 'Old', 'C1', '', 1, 1, 1) RETURNING id");
    account("u1", "E1");
    account("u2", "E2");
    account("u3", "E3", "manual");  // found for somebody who is named, and not adopted
    account("by.hand", "", "manual");
    sql("INSERT INTO mdl_cohort_members (cohortid, userid, timeadded) SELECT " + cohort +
        ", id, 1 FROM mdl_user WHERE username IN ('u1', 'u2', 'u3', 'by.hand')");
    const auto members = [&] {
        return sql(
            "SELECT string_agg(username, ' ' ORDER BY username) FROM mdl_cohort_members AS member "
            "JOIN mdl_user AS account ON account.id = userid WHERE cohortid = " +
            cohort);
    };
    for (int i = 1; i <= 3; ++i) {
        user(i, {{UserField::idnumber, "E" + std::to_string(i)}});
    }
    group(11, "New", "C1");
    EXPECT_EQ(apply().counts(Entity::cohort, Action::adopted), 1);
    member(ParentKind::group, 11, 1, 1);
    member(ParentKind::group, 11, 3, 3);
    apply();
    EXPECT_EQ(members(), "by.hand u1 u2 u3") << "not all of its members may have been read yet";
    batch_.watermark = std::chrono::system_clock::now();
    EXPECT_EQ(apply().counts(Entity::member, Action::held), 2) << "the guard sees these removals, too";
    EXPECT_EQ(members(), "by.hand u1 u2 u3");
    consumer::merge::HeldDecision decision;
    target_->approve("rennes", {}, decision);
    EXPECT_EQ(decision.counts(Entity::member, Action::removed), 2);
    EXPECT_EQ(members(), "u1 u3");
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.held"), "0");
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.former_member"), "0");
    sql("INSERT INTO mdl_cohort_members (cohortid, userid, timeadded) SELECT " + cohort +
        ", id, 1 FROM mdl_user WHERE username = 'by.hand'");
    group(11, "New", "C1");
    batch_.watermark = std::chrono::system_clock::now();
    apply();
    EXPECT_EQ(members(), "by.hand u1 u3") << "whom an administrator adds later stays";
}

TEST_P(Adoption, AskWaitsForApprovalOfCohortsAndRoleAssignments) {
    config_.adopt.cohorts.components = {""};
    config_.adopt.cohorts.asks = true;
    config_.adopt.roles.components = {"local_ent_installer"};
    config_.adopt.roles.asks = true;
    reopen();
    sql("INSERT INTO mdl_cohort (contextid, name, idnumber, description, descriptionformat, timecreated, timemodified) "
        "VALUES (1, 'Old', 'C1', '', 1, 1, 1)");
    const std::string id = account("u1", "E1");
    sql("INSERT INTO mdl_role_assignments (roleid, contextid, userid, component, itemid) "
        "VALUES (1, 1, " +
        id + ", 'local_ent_installer', 0)");
    const auto cohorts = [&] { return sql("SELECT name, component FROM mdl_cohort ORDER BY id"); };
    const auto roles = [&] { return sql("SELECT component FROM mdl_role_assignments ORDER BY id"); };
    user(1, {{UserField::idnumber, "E1"}});
    group(11, "New", "C1");
    member(ParentKind::group, 11, 1, 1);
    role(20, "manager", ContextLevel::system);
    member(ParentKind::role, 20, 1, 1);
    const ApplySummary summary = apply();
    EXPECT_EQ(summary.counts(Entity::cohort, Action::parked), 1);
    EXPECT_EQ(summary.counts(Entity::role_assignment, Action::parked), 1);
    EXPECT_EQ(cohorts(), "Old|");
    EXPECT_EQ(roles(), "local_ent_installer") << "no second one beside it";
    const SweepSummary waiting = sweep();
    EXPECT_EQ(waiting.parked_cohorts, 1);
    EXPECT_EQ(waiting.role_candidates, 1);
    EXPECT_EQ(consumer::merge::approve_adoptions(config_, uuid(1)), 1) << "of the person: the role assignment";
    EXPECT_EQ(sweep().counts(Entity::role_assignment, Action::adopted), 1);
    EXPECT_EQ(roles(), "local_entstream");
    EXPECT_EQ(consumer::merge::approve_adoptions(config_, std::nullopt), 1);
    EXPECT_EQ(sweep().counts(Entity::cohort, Action::adopted), 1);
    EXPECT_EQ(cohorts(), "New|local_entstream");
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort_members"), "1");
    const SweepSummary done = sweep();
    EXPECT_EQ(done.parked_cohorts + done.role_candidates, 0);
}

TEST_P(Adoption, ARoleAssignmentThatWaitedIsMadeWhenTheOtherComponentsGoes) {
    config_.adopt.roles.components = {"local_ent_installer"};
    config_.adopt.roles.asks = true;
    reopen();
    user(1);
    apply();
    sql("INSERT INTO mdl_role_assignments (roleid, contextid, userid, component, itemid) VALUES (1, 1, " + id_of(1) +
        ", 'local_ent_installer', 0)");
    role(20, "manager", ContextLevel::system);
    member(ParentKind::role, 20, 1, 1);
    apply();
    sql("DELETE FROM mdl_role_assignments");
    EXPECT_EQ(sweep().counts(Entity::role_assignment, Action::created), 1);
    EXPECT_EQ(sql("SELECT component FROM mdl_role_assignments"), "local_entstream");
    EXPECT_EQ(sweep().role_candidates, 0);
}

TEST_P(Adoption, TheGuardHoldsAdoptedAccountsLikeOthers) {
    config_.guard.removals = 2;
    config_.guard.percent = 0;
    reopen();
    for (int i = 1; i <= 3; ++i) {
        account("old" + std::to_string(i), "E" + std::to_string(i));
        user(i, {{UserField::idnumber, "E" + std::to_string(i)}});
    }
    EXPECT_EQ(apply().counts(Entity::user, Action::adopted), 3);
    for (int i = 1; i <= 3; ++i) {
        user_leaves(i);
    }
    EXPECT_EQ(apply().counts(Entity::user, Action::held), 3);
    user(4, {{UserField::idnumber, "E1"}});  // the same person with another entry
    apply();
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_user WHERE suspended = 1"), "0");
    EXPECT_EQ(parked(), waits(4, "account found by idnumber, not adopted: the account is another entry's"))
        << "an account that is held goes to nobody else";
    consumer::merge::HeldDecision decision;
    target_->approve("rennes", {}, decision);
    EXPECT_EQ(decision.counts(Entity::user, Action::suspended), 3);
    sweep();
    EXPECT_EQ(parked(), "") << "who left keeps his account, and the new entry is a new person";
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_user WHERE idnumber = 'E1'"), "2");
}

TEST_P(Adoption, RoleAssignmentsOfListedComponentsBecomeOurs) {
    config_.adopt.roles.components = {""};
    reopen();
    user(1);
    apply();
    const std::string assigned =
        sql("INSERT INTO mdl_role_assignments (roleid, contextid, userid, component, itemid) "
            "SELECT id, 1, " +
            id_of(1) + ", '', 0 FROM mdl_role WHERE shortname = 'manager' RETURNING id");
    const std::string other =
        sql("INSERT INTO mdl_role_assignments (roleid, contextid, userid, component, itemid) "
            "SELECT id, 1, " +
            id_of(1) + ", '', 0 FROM mdl_role WHERE shortname = 'coursecreator' RETURNING id");
    role(20, "manager", ContextLevel::system);
    member(ParentKind::role, 20, 1, 1);
    const ApplySummary summary = apply();
    EXPECT_EQ(summary.counts(Entity::role_assignment, Action::adopted), 1);
    EXPECT_EQ(summary.counts(Entity::role_assignment, Action::created), 0);
    EXPECT_EQ(sql("SELECT id, component FROM mdl_role_assignments WHERE userid = " + id_of(1) + " ORDER BY id"),
              assigned + "|local_entstream\n" + other + "|");
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_logstore_standard_log WHERE eventname LIKE '%role_assigned'"), "0");
    member_leaves(ParentKind::role, 20, 1);
    EXPECT_EQ(apply().counts(Entity::role_assignment, Action::removed), 1);
    EXPECT_EQ(sql("SELECT id FROM mdl_role_assignments WHERE userid = " + id_of(1)), other);
}

TEST_P(Adoption, AWholeSiteKeepsItsIds) {
    constexpr int people = 200;
    sql("INSERT INTO mdl_user (auth, confirmed, mnethostid, username, idnumber, firstname, lastname, email) "
        "SELECT 'ldap', 1, 1, 'u' || n, 'E' || n, 'F', 'L', 'u' || n || '@old.example' FROM generate_series(1, 200) "
        "AS n");
    const std::string ids = sql("SELECT string_agg(id::text, ',' ORDER BY id) FROM mdl_user");
    group(1000, "All", "ALL");
    role(1001, "manager", ContextLevel::system);
    for (int i = 1; i <= people; ++i) {
        user(i, {{UserField::idnumber, "E" + std::to_string(i)}});
        member(ParentKind::group, 1000, i, i);
        member(ParentKind::role, 1001, i, i);
    }
    EXPECT_EQ(apply().counts(Entity::user, Action::adopted), people);
    EXPECT_EQ(sql("SELECT string_agg(id::text, ',' ORDER BY id) FROM mdl_user"), ids);
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort_members"), "200");
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_role_assignments WHERE component = 'local_entstream'"), "200");
    EXPECT_EQ(parked(), "");
}

INSTANTIATE_TEST_SUITE_P(Moodle, Adoption, ::testing::Values(MoodleKind::core_tables), kind_name);

}  // namespace
}  // namespace entstream::test
