// Changes that the provider makes by itself and tells nobody: its referential integrity overlay rewrites groups some
// moments after a rename, without touching their entryCSN.

#include "tests/integration/producer/producer_fixture.hpp"
#include "tests/integration/sync/slapd.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

class ReferentialIntegrity : public ProducerTest {
  protected:
    void SetUp() override {
        info_.ldap_uri = slapd_.uri();
        info_.ldap_bind_dn = Slapd::reader_dn;
        ldap_password_ = Slapd::password;
        base_ = Slapd::suffix;
        directory_ = DirectoryClient(slapd_.uri(), Slapd::admin_dn, Slapd::password);
        for (const char* name : {"eva", "max"}) {
            add_user(name);
        }
        add_group("g", {user_dn("eva"), user_dn("max")});
        start();
        await_streaming();
        events();
    }

    Slapd slapd_{{.global_lines = {"moduleload refint"}, .lines = {"overlay refint", "refint_attributes member"}}};
};

TEST_F(ReferentialIntegrity, AGroupThatWasRewrittenIsPublished) {
    directory_.rename(user_dn("eva"), "uid=eve");
    EXPECT_EQ(log().until("create member g eve"),
              std::vector<std::string>{"update user eve [uid] was uid=eva,ou=people,dc=fr"});
    EXPECT_EQ(log().until("delete member g eve"), std::vector<std::string>{});
    EXPECT_EQ(log().members()["g"], (std::set<std::string>{"eve", "max"}));
    expect_log_equals_directory();
}

}  // namespace
}  // namespace entstream::test
