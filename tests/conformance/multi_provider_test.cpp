// T35 to T37: two servers in multi-provider mode.

#include <fmt/format.h>

#include "producer/sync/cookie.hpp"
#include "tests/conformance/conformance_fixture.hpp"
#include "tests/integration/sync/recorder.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

/// Server `id` of the two, which follows the other one.
SlapdOptions one_of_two(int id, int port, int port_of_other) {
    return {.global_lines = {fmt::format("serverID {}", id)},
            .lines = {fmt::format("syncrepl rid=00{} provider=ldap://127.0.0.1:{} type=refreshAndPersist retry=\"1 +\" "
                                  "searchbase=dc=fr bindmethod=simple binddn={} credentials={}",
                                  id, port_of_other, Slapd::admin_dn, Slapd::password),
                      "multiprovider on"},
            .port = port,
            .empty = id == 2};
}

struct TwoSlapds {
    int port_1 = free_port();
    int port_2 = free_port();
    Slapd m1{one_of_two(1, port_1, port_2)};
    Slapd m2{one_of_two(2, port_2, port_1)};

    TwoSlapds() { await_reader(m2); }

    /// What was there before m2 has come to it.
    static void await_reader(Slapd& slapd) {
        ASSERT_TRUE(wait_until([&] { return exists(slapd, Slapd::reader_dn) && exists(slapd, "ou=roles,dc=fr"); }));
    }

    static bool exists(Slapd& slapd, const std::string& dn) {
        try {
            return !slapd.admin().find(dn, "(objectClass=*)", {"1.1"}).empty();
        } catch (const std::runtime_error&) {
            return false;
        }
    }
};

class MultiProvider : public TwoSlapds, public Conformance {
  protected:
    MultiProvider() : Conformance(m1) {
        EXPECT_TRUE(wait_until([this] { return exists(m2, "ou=groups," + base_); }));
        more_config_ = "reconnect_first = \"50ms\"\nreconnect_most = \"200ms\"\n";
    }

    void add_at(Slapd& slapd, const std::string& name) {
        slapd.admin().add(user_dn(name),
                          {{"objectClass", {"inetOrgPerson"}}, {"uid", {name}}, {"cn", {name}}, {"sn", {"x"}}});
    }

    /// DNs with entryUUID, entryCSN and sn.
    static std::map<std::string, std::vector<std::vector<std::string>>> content(Slapd& slapd) {
        std::map<std::string, std::vector<std::vector<std::string>>> result;
        for (const FoundEntry& found :
             slapd.admin().find(Slapd::suffix, "(objectClass=inetOrgPerson)", {"entryUUID", "entryCSN", "sn"})) {
            result[found.dn] = found.values;
        }
        return result;
    }
};

TEST_F(MultiProvider, T35_TheStoredCookieHasTheChangesOfBothServers) {
    stream();
    Lines expected;
    for (int i = 0; i < 3; ++i) {
        for (Slapd* const slapd : {&m1, &m2}) {
            const std::string name = fmt::format("{}-{}", slapd == &m1 ? "m1" : "m2", i);
            add_at(*slapd, name);
            EXPECT_EQ(until(created(name)), Lines{});
        }
    }
    await_stored(context_csns(), "users");
    await_stored(context_csns(), "groups");
    stop();
    const auto csns = producer::sync::Cookie::parse(stored().cookie()).csns();
    EXPECT_TRUE(csns.contains(1)) << stored().cookie();
    EXPECT_TRUE(csns.contains(2)) << stored().cookie();
    start();
    await_streaming();
    EXPECT_FALSE(said("asking for everything")) << program_->err();
    EXPECT_TRUE(said("s: 0 entries received (0/s), 0 named as unchanged, 0 removed")) << program_->err();
    EXPECT_EQ(published(), Lines{});
    expect_log_equals_directory();
}

TEST_F(MultiProvider, T36_ACookieOfOneServerLosesNothingAtTheOther) {
    ldap_uri_ = m2.uri();
    stream();
    add_at(m2, "before");
    EXPECT_EQ(until(created("before")), Lines{});
    await_stored({m2.admin().find(user_dn("before"), "(objectClass=*)", {"entryCSN"}).at(0).values.at(0).at(0)});
    stop();
    EXPECT_EQ(stored().cookie().find("sid="), std::string::npos);
    ASSERT_TRUE(wait_until([this] { return exists(m1, user_dn("before")); }));
    ldap_uri_ = m1.uri();
    start();
    await_streaming();
    EXPECT_FALSE(said("asking for everything")) << program_->err();
    add_at(m2, "after");
    EXPECT_EQ(until(created("after")), Lines{});
    published();
    expect_log_equals_directory();
}

// Why: with the cookie as m2 issues it, m1 keeps m2's changes to itself.
TEST_F(MultiProvider, T36_WithTheServerIdInItTheSameCookieLosesAChange) {
    producer::ProducerConfig config = config_for(m1);
    config.searches[0].base = people();
    Recorder stream(config, {"rid=000,sid=002,csn=" + fmt::format("{}", fmt::join(context_csns(), ";"))});
    stream.end_of_refresh();
    add_at(m2, "lost");
    ASSERT_TRUE(wait_until([this] { return exists(m1, user_dn("lost")); }));
    add_at(m1, "seen");
    stream.next<producer::sync::EntryMessage>([](const auto& entry) { return value_of(entry, "uid") == "seen"; });
    for (const auto& entry : stream.entries()) {
        EXPECT_NE(value_of(entry, "uid"), "lost") << "this provider does not do what T36 is about";
    }
}

TEST_F(MultiProvider, T37_AfterASplitBothAreFollowedToTheSameEnd) {
    for (const char* name : {"both", "deleted", "other"}) {
        add_at(m1, name);
    }
    ASSERT_TRUE(wait_until([this] { return exists(m2, user_dn("other")); }));
    stream();
    m2.stop();
    m1.admin().replace(user_dn("both"), "sn", {"of m1"});
    m1.admin().remove(user_dn("deleted"));
    add_at(m1, "only-m1");
    until(created("only-m1"));
    m1.stop();
    m2.start();
    m2.admin().replace(user_dn("both"), "sn", {"of m2"});
    m2.admin().replace(user_dn("other"), "sn", {"of m2"});
    add_at(m2, "only-m2");
    m1.start();
    connect_again();
    await_streaming();
    ASSERT_TRUE(wait_until([this] { return exists(m1, user_dn("only-m2")) && content(m1) == content(m2); }));
    published();
    ASSERT_TRUE(wait_until([this] { return content(m1) == content(m2); }));
    EXPECT_EQ(m1.admin().find(user_dn("both"), "(objectClass=*)", {"sn"}).at(0).values.at(0),
              std::vector<std::string>{"of m2"});
    expect_log_equals_directory();
    std::map<std::string, std::string> last;
    for (const v1::Change& change : log().changes()) {
        if (change.kind() == v1::KIND_USER && change.operation() != v1::OPERATION_DELETE) {
            EXPECT_LE(last[change.uuid()], change.csn()) << change.dn();
            last[change.uuid()] = change.csn();
        }
    }
}

}  // namespace
}  // namespace entstream::test
