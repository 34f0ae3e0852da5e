// The main job with nothing going wrong: a directory flows into Moodle, and so does each later change.

#include "tests/e2e/fixture.hpp"
#include "tests/support/changes_log.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

class Load : public EndToEnd {
  protected:
    void SetUp() override {
        EndToEnd::SetUp();
        pipeline_->start_producer();
        pipeline_->start_consumer();
        expect_moodle_equals_directory();
    }
};

TEST_F(Load, EveryKindOfChangeReachesMoodle) {
    const Place pupil = some_pupil(0);
    const Place leaver = some_pupil(1);
    const auto groups = directory_->find("ou=groups," + servers_.ldap_base, "(cn=*:Eleves_*)", {"1.1"});
    ASSERT_GT(groups.size(), 1U);
    const std::string other_group = groups[0].dn == pupil.group_dn ? groups[1].dn : groups[0].dn;

    directory_->replace(pupil.person_dn, "sn", {"D'ÉXEMPLE"});
    directory_->remove_value(pupil.group_dn, "member", pupil.member);
    directory_->add_value(other_group, "member", pupil.member);
    directory_->remove_value(leaver.group_dn, "member", leaver.member);
    directory_->remove(leaver.person_dn);
    expect_moodle_equals_directory();
    EXPECT_TRUE(moodle_says("SELECT suspended = 1 FROM mdl_user WHERE username = '" + leaver.username + "'"));
}

TEST_F(Load, RenamedPersonKeepsAccountAndMemberships) {
    const Place pupil = some_pupil();
    const long id = moodle_count("SELECT id FROM mdl_user WHERE username = '" + pupil.username + "'");
    directory_->rename(pupil.person_dn, "uid=" + pupil.username + "new");
    wait_for_moodle("SELECT EXISTS (SELECT 1 FROM mdl_user WHERE username = '" + pupil.username + "new')");
    EXPECT_EQ(moodle_count("SELECT id FROM mdl_user WHERE username = '" + pupil.username + "new'"), id);
    // The group still holds the old DN: in the directory nobody has touched it.
    EXPECT_TRUE(
        moodle_says("SELECT EXISTS (SELECT 1 FROM mdl_cohort_members WHERE userid = " + std::to_string(id) + ")"));
    // The administrators of the directory mend the group later: nothing may flicker away.
    for (const FoundEntry& group : directory_->find(servers_.ldap_base, "(member=" + pupil.member + ")", {"1.1"})) {
        directory_->remove_value(group.dn, "member", pupil.member);
        directory_->add_value(group.dn, "member", "uid=" + pupil.username + "new,ou=people," + servers_.ldap_base);
    }
    expect_moodle_equals_directory();
}

TEST_F(Load, PersonWhoComesBackIsRevived) {
    const Place pupil = some_pupil();
    const std::string id =
        std::to_string(moodle_count("SELECT id FROM mdl_user WHERE username = '" + pupil.username + "'"));
    const std::string moved = "ou=elsewhere," + servers_.ldap_base;
    directory_->add(moved, {{"objectClass", {"organizationalUnit"}}, {"ou", {"elsewhere"}}});
    const std::string rdn = pupil.person_dn.substr(0, pupil.person_dn.find(','));
    directory_->rename(pupil.person_dn, rdn, moved);
    wait_for_moodle("SELECT suspended = 1 FROM mdl_user WHERE id = " + id);
    directory_->rename(rdn + "," + moved, rdn, "ou=people," + servers_.ldap_base);
    wait_for_moodle("SELECT suspended = 0 FROM mdl_user WHERE id = " + id);
    expect_moodle_equals_directory();
}

TEST_F(Load, MemberBeforeThePersonIsAppliedWhenThePersonComes) {
    const Place pupil = some_pupil();
    directory_->add_value(pupil.group_dn, "member", "uid=early1,ou=people," + servers_.ldap_base);
    const auto source = directory_->find(
        pupil.person_dn, "(objectClass=ENTPerson)",
        {"objectClass", "ENTPersonJointure", "ENTEleveStatutEleve", "ENTEleveMEF", "ENTEleveLibelleMEF",
         "ENTEleveNivFormation", "ENTEleveFiliere", "ENTEleveMajeur", "ENTEleveClasses"});
    const auto& values = source.at(0).values;
    directory_->add("uid=EARLY1,ou=people," + servers_.ldap_base, {{"objectClass", values[0]},
                                                                   {"uid", {"EARLY1"}},
                                                                   {"cn", {"TOT Arrivé"}},
                                                                   {"sn", {"TOT"}},
                                                                   {"givenName", {"Arrivé"}},
                                                                   {"ENTPersonLogin", {"arrive.tot"}},
                                                                   {"ENTPersonJointure", {"AC-TEST$1"}},
                                                                   {"ENTEleveStatutEleve", values[2]},
                                                                   {"ENTEleveMEF", values[3]},
                                                                   {"ENTEleveLibelleMEF", values[4]},
                                                                   {"ENTEleveNivFormation", values[5]},
                                                                   {"ENTEleveFiliere", values[6]},
                                                                   {"ENTEleveMajeur", values[7]},
                                                                   {"ENTEleveClasses", values[8]}});
    expect_moodle_equals_directory();
    EXPECT_TRUE(
        moodle_says("SELECT EXISTS (SELECT 1 FROM mdl_cohort_members m JOIN mdl_user u ON u.id = m.userid WHERE "
                    "u.username = 'early1')"));
}

TEST_F(Load, RestartWithNothingChangedPublishesAndWritesNothing) {
    const auto streaming = [&] { return pipeline_->producer().err().find("streaming") != std::string::npos; };
    ASSERT_TRUE(wait_until(streaming));
    const std::string last_write =
        "SELECT coalesce(max(xmin::text::bigint), 0) FROM (SELECT xmin FROM mdl_user UNION ALL SELECT xmin FROM "
        "mdl_cohort UNION ALL SELECT xmin FROM mdl_cohort_members UNION ALL SELECT xmin FROM mdl_role_assignments) x";
    const std::string audit_rows = "SELECT count(*) FROM entstream.audit";
    pipeline_->stop();
    const long written = moodle_count(last_write);
    const long audited = moodle_count(audit_rows);
    const long published = count_changes(servers_, pipeline_->source());
    pipeline_->start_producer();
    pipeline_->start_consumer();
    ASSERT_TRUE(
        wait_until([&] { return streaming() && pipeline_->consumer().err().find("caught up") != std::string::npos; }));
    // What one more change brings comes after whatever the restart would have brought.
    const Place pupil = some_pupil();
    EXPECT_EQ(moodle_count(last_write), written);
    EXPECT_EQ(moodle_count(audit_rows), audited);
    EXPECT_EQ(count_changes(servers_, pipeline_->source()), published);
    directory_->replace(pupil.person_dn, "givenName", {"Unique"});
    expect_moodle_equals_directory();
    EXPECT_EQ(moodle_count("SELECT count(*) FROM mdl_user WHERE xmin::text::bigint > " + std::to_string(written)), 1);
}

}  // namespace
}  // namespace entstream::test
