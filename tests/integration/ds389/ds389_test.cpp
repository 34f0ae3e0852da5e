// The producer between a real 389 Directory Server and a real Kafka (syncrepl.md T54, and the cases that do not depend
// on OpenLDAP): opaque cookies, nsUniqueId instead of entryUUID, no CSN anywhere.

#include "tests/support/ds389.hpp"

#include <algorithm>

#include "tests/integration/producer/producer_fixture.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using Events = std::vector<std::string>;

constexpr const char* reader_dn = "cn=reader,dc=fr";

/// One server for all tests, with a reader who may read everything but passwords.
Ds389& provider() {
    static Ds389 server;
    static const bool prepared = [] {
        server.admin().add(reader_dn, {{"objectClass", {"top", "person"}},
                                       {"cn", {"reader"}},
                                       {"sn", {"reader"}},
                                       {"userPassword", {Ds389::password}}});
        server.admin().add_value(
            Ds389::suffix, "aci",
            R"((targetattr!="userPassword")(version 3.0; acl "reader"; allow (read, search, compare) )"
            R"(userdn="ldap:///cn=reader,dc=fr";))");
        return true;
    }();
    static_cast<void>(prepared);
    return server;
}

ServersInfo with_provider() {
    ServersInfo info = ServersInfo::from(servers().environment());
    info.ldap_uri = provider().uri();
    info.ldap_base = Ds389::suffix;
    info.ldap_admin_dn = Ds389::admin_dn;
    info.ldap_admin_password = Ds389::password;
    info.ldap_bind_dn = reader_dn;
    info.ldap_bind_password = Ds389::password;
    return info;
}

class Ds389Provider : public ProducerTest {
  protected:
    Ds389Provider() : ProducerTest(with_provider()) {}

    void SetUp() override {
        for (const char* name : {"eva", "max", "ida", "tom"}) {
            add_user(name);
        }
        add_group("g", {user_dn("eva"), user_dn("max")});
    }

    /// Streaming, and everything until now has been read from the log.
    void start_and_settle() {
        start();
        await_streaming();
        events();
    }

    Events after_restart() {
        start();
        await_streaming();
        return events();
    }

    void restart_provider() {
        provider().stop();
        provider().start();
        directory_ = DirectoryClient(info_.ldap_uri, info_.ldap_admin_dn, info_.ldap_admin_password);
    }
};

TEST_F(Ds389Provider, T54_AFirstRefreshPublishesPeopleGroupsAndResolvedMembers) {
    start();
    await_streaming();
    Events all = events();
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, (Events{"create group g", "create member g eva", "create member g max", "create user eva",
                           "create user ida", "create user max", "create user tom"}));
    expect_log_equals_directory();
}

TEST_F(Ds389Provider, T54_EveryKindOfChangeIsPublishedOnce) {
    start_and_settle();
    directory_.replace(user_dn("eva"), "sn", {"y"});
    directory_.replace(user_dn("eva"), "sn", {"y"});
    directory_.rename(user_dn("ida"), "uid=ide");
    directory_.add_value(group_dn("g"), "member", user_dn("tom"));
    directory_.remove_value(group_dn("g"), "member", user_dn("eva"));
    remove_user("max");
    Events all = events();
    std::sort(all.begin(), all.end());  // between its searches the server keeps no order
    EXPECT_EQ(all, (Events{"create member g tom", "delete member g eva", "delete user max", "update user eva [sn]",
                           "update user ide [uid] was uid=ida,ou=people"}));
}

TEST_F(Ds389Provider, T54_AMemberThatIsNamedBeforeItIsThereIsTheOneThatComes) {
    start_and_settle();
    directory_.add_value(group_dn("g"), "member", user_dn("new"));
    add_user("new");
    events();
    EXPECT_EQ(log().members()["g"], (std::set<std::string>{"eva", "max", "new"}));
    expect_log_equals_directory();
}

TEST_F(Ds389Provider, T54_ARenamedSubtreeKeepsPeopleAndMemberships) {
    start_and_settle();
    directory_.add("ou=old," + base_, {{"objectClass", {"organizationalUnit"}}, {"ou", {"old"}}});
    users_filter_ = "(objectClass=*)";
    add_user("below");
    directory_.rename(user_dn("below"), "uid=below", "ou=old," + base_);
    directory_.add_value(group_dn("g"), "member", "uid=below,ou=old," + base_);
    events();
    directory_.rename("ou=old," + base_, "ou=renamed");
    directory_.replace("uid=below,ou=renamed," + base_, "sn", {"later"});
    const Events all = events();
    EXPECT_EQ(all, Events{"update user below [sn] was uid=below,ou=old"});
    EXPECT_EQ(log().members()["g"], (std::set<std::string>{"eva", "max", "below"}));
}

TEST_F(Ds389Provider, T54_ARestartGoesOnFromTheCookie) {
    start_and_settle();
    stop();
    EXPECT_EQ(after_restart(), Events{});
    stop();
    directory_.replace(user_dn("eva"), "sn", {"b"});
    remove_user("max");
    add_user("new");
    directory_.rename(user_dn("ida"), "uid=ide");
    Events all = after_restart();
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, (Events{"create user new", "delete user max", "update user eva [sn]",
                           "update user ide [uid] was uid=ida,ou=people"}));
    EXPECT_EQ(program_->err().find("read again"), std::string::npos) << program_->err();
}

TEST_F(Ds389Provider, T54_ARestartedServerIsFollowedAgain) {
    start_and_settle();
    restart_provider();
    directory_.replace(user_dn("eva"), "sn", {"after"});
    await_streaming();
    EXPECT_EQ(events(), Events{"update user eva [sn]"});
}

TEST_F(Ds389Provider, T54_ACookieThatTheServerDoesNotKnowCostsAResyncAndNothingElse) {
    start_and_settle();
    stop();
    remove_user("ida");
    // Its cookies name the server as it calls itself.
    provider().admin().replace("cn=config", "nsslapd-localhost", {"elsewhere"});
    EXPECT_EQ(after_restart(), Events{"delete user ida"});
    EXPECT_NE(program_->err().find("asks to read everything again"), std::string::npos) << program_->err();
    expect_log_equals_directory();
}

TEST_F(Ds389Provider, T54_AReusedDnIsANewPerson) {
    start_and_settle();
    stop();
    remove_user("tom");
    add_user("tom");
    EXPECT_EQ(after_restart(), (Events{"delete user tom", "create user tom"}));
    expect_log_equals_directory();
}

}  // namespace
}  // namespace entstream::test
