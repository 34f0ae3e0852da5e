// A DN that passes to another person while the groups and role objects that list it stay as they are: the cohorts and
// roles are the new person's, and not the former one's any more.

#include <algorithm>
#include <cctype>

#include "tests/e2e/fixture.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

class ReusedDn : public EndToEnd {
  protected:
    struct Teacher {
        std::string dn;
        std::string uid;
        std::string username;
        std::set<std::string> cohorts;
        long account{};
    };

    void start_both() {
        pipeline_->start_producer();
        pipeline_->start_consumer();
        expect_moodle_equals_directory();
    }

    /// Teachers with cohorts and roles in Moodle, no two in the same cohorts.
    std::vector<Teacher> teachers() {
        const World world = read_moodle(servers_);
        std::vector<Teacher> result;
        std::set<std::set<std::string>> taken;
        for (const FoundEntry& entry :
             directory_->find("ou=people," + servers_.ldap_base, "(objectClass=ENTAuxEnseignant)", {"uid"})) {
            Teacher teacher{.dn = entry.dn, .uid = entry.values[0].front(), .username = {}, .cohorts = {}};
            teacher.username = teacher.uid;
            std::transform(teacher.uid.begin(), teacher.uid.end(), teacher.username.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
            for (const auto& [idnumber, members] : world.cohorts) {
                if (members.contains(teacher.username)) {
                    teacher.cohorts.insert(idnumber);
                }
            }
            const bool has_role = std::any_of(world.roles.begin(), world.roles.end(), [&](const RoleGrant& grant) {
                return std::get<2>(grant) == teacher.username;
            });
            if (has_role && !teacher.cohorts.empty() && taken.insert(teacher.cohorts).second) {
                teacher.account = moodle_count("SELECT id FROM mdl_user WHERE username = '" + teacher.username + '\'');
                result.push_back(std::move(teacher));
            }
        }
        return result;
    }

    /// What a provisioning tool does that knows no better.
    void delete_and_add_again(const Teacher& teacher) {
        const std::vector<std::string> names = {"objectClass",
                                                "uid",
                                                "cn",
                                                "sn",
                                                "givenName",
                                                "mail",
                                                "ENTPersonLogin",
                                                "ENTPersonJointure",
                                                "ENTPersonProfils",
                                                "ENTPersonStructRattach"};
        const FoundEntry entry = directory_->find(teacher.dn, "(objectClass=ENTPerson)", names).at(0);
        DirectoryClient::Attributes attributes;
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (!entry.values[i].empty()) {
                attributes.emplace_back(names[i], entry.values[i]);
            }
        }
        directory_->remove(teacher.dn);
        directory_->add(teacher.dn, attributes);
    }

    void expect_a_new_account_has_all(const Teacher& teacher) {
        const std::string former = std::to_string(teacher.account);
        wait_for_moodle("SELECT EXISTS (SELECT FROM mdl_user WHERE username = '" + teacher.username + "' AND id <> " +
                        former + ')');
        expect_moodle_equals_directory();
        wait_for_moodle("SELECT NOT EXISTS (SELECT FROM mdl_cohort_members WHERE userid = " + former + ')');
        wait_for_moodle("SELECT NOT EXISTS (SELECT FROM mdl_role_assignments WHERE userid = " + former +
                        " AND component <> '')");
        EXPECT_TRUE(moodle_says("SELECT suspended = 1 FROM mdl_user WHERE id = " + former));
    }
};

TEST_F(ReusedDn, DeletedAndAddedAgain) {
    start_both();
    const Teacher teacher = teachers().at(0);
    delete_and_add_again(teacher);
    expect_a_new_account_has_all(teacher);
}

TEST_F(ReusedDn, DeletedAndAddedAgainWhileTheProducerWasAway) {
    start_both();
    const Teacher teacher = teachers().at(0);
    pipeline_->producer().terminate();
    pipeline_->producer().wait();
    delete_and_add_again(teacher);
    pipeline_->start_producer();
    expect_a_new_account_has_all(teacher);
}

TEST_F(ReusedDn, SwappedUids) {
    start_both();
    const std::vector<Teacher> all = teachers();
    ASSERT_GE(all.size(), 2U) << "the region has too few teachers to show anything";
    const std::string parent = all[0].dn.substr(all[0].dn.find(','));
    directory_->rename(all[0].dn, "uid=tmp");
    directory_->rename(all[1].dn, "uid=" + all[0].uid);
    directory_->rename("uid=tmp" + parent, "uid=" + all[1].uid);
    expect_moodle_equals_directory();
    for (const std::size_t i : {0U, 1U}) {
        const std::string account = std::to_string(all[1 - i].account);
        EXPECT_TRUE(moodle_says("SELECT username = '" + all[i].username + "' FROM mdl_user WHERE id = " + account))
            << "the same account under the other name";
        EXPECT_EQ(moodle_count("SELECT count(*) FROM mdl_cohort_members WHERE userid = " + account),
                  static_cast<long>(all[i].cohorts.size()));
    }
}

}  // namespace
}  // namespace entstream::test
