// A directory that was restored from a backup has lost changes that were published (syncrepl.md, T28 to T31), and
// ordinary reconnects, which must not be taken for that.

#include <functional>

#include "tests/integration/producer/producer_fixture.hpp"
#include "tests/integration/sync/slapd.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

constexpr const char* lost = "has lost changes that were published";

/// A slapd of its own with users eva, max, ida and tom and group g (eva, max), which are published.
class OwnDirectory : public ProducerTest {
  protected:
    void SetUp() override {
        info_.ldap_uri = slapd_.uri();
        info_.ldap_bind_dn = Slapd::reader_dn;
        ldap_password_ = Slapd::password;
        base_ = Slapd::suffix;
        more_config_ = "reconnect_first = \"50ms\"\n";
        connect();
        for (const char* name : {"eva", "max", "ida", "tom"}) {
            add_user(name);
        }
        add_group("g", {user_dn("eva"), user_dn("max")});
        start();
        await_streaming();
        events();
    }

    void connect() { directory_ = DirectoryClient(slapd_.uri(), Slapd::admin_dn, Slapd::password); }
    [[nodiscard]] bool said(const std::string& words) const { return program_->err().find(words) != std::string::npos; }

    Slapd slapd_;
};

/// What was published after the backup.
struct Later {
    const char* name;
    std::function<void(DirectoryClient&, const std::string& base)> change;
};

std::string user_of(const std::string& name, const std::string& base) {
    return "uid=" + name + ",ou=people," + base;
}

void add_later(DirectoryClient& directory, const std::string& name, const std::string& base) {
    directory.add(user_of(name, base),
                  {{"objectClass", {"inetOrgPerson"}}, {"uid", {name}}, {"cn", {name}}, {"sn", {"later"}}});
}

const std::vector<Later>& all_later() {
    static const std::vector<Later> all = {
        {"AnAttribute",
         [](auto& directory, const auto& base) { directory.replace(user_of("eva", base), "sn", {"b"}); }},
        {"ADeletion", [](auto& directory, const auto& base) { directory.remove(user_of("max", base)); }},
        {"ACreation", [](auto& directory, const auto& base) { add_later(directory, "new", base); }},
        {"ARename", [](auto& directory, const auto& base) { directory.rename(user_of("ida", base), "uid=ide"); }},
        {"AMember",
         [](auto& directory, const auto& base) {
             directory.add_value("cn=g,ou=groups," + base, "member", user_of("ida", base));
         }},
        {"Everything",
         [](auto& directory, const auto& base) {
             directory.replace(user_of("eva", base), "sn", {"b"});
             directory.add_value("cn=g,ou=groups," + base, "member", user_of("ida", base));
             directory.rename(user_of("ida", base), "uid=ide");
             add_later(directory, "new", base);
             add_later(directory, "newer", base);
             directory.remove(user_of("max", base));
             directory.remove(user_of("newer", base));
         }},
    };
    return all;
}

enum class Producer { runs, is_down };
enum class Write { none, before_we_look };

class Rollback : public OwnDirectory, public ::testing::WithParamInterface<std::tuple<std::size_t, Producer, Write>> {};

TEST_P(Rollback, IsNoticedAndMendedAtOnce) {
    const auto& [later, producer, write] = GetParam();
    const std::string backup = slapd_.backup();
    all_later()[later].change(directory_, base_);
    events();
    if (producer == Producer::is_down) {
        stop();
    }
    const auto first = [this](DirectoryClient& admin) { admin.replace(user_dn("tom"), "sn", {"first"}); };
    slapd_.restore(backup, write == Write::before_we_look ? std::function<void(DirectoryClient&)>(first) : nullptr);
    connect();
    if (producer == Producer::is_down) {
        start();
    }
    await_streaming();
    // New entries alone that are not there any more are what the provider's list of what is there tells by itself.
    EXPECT_EQ(said(lost), all_later()[later].name != std::string("ACreation")) << program_->err();
    events();
    expect_log_equals_directory();
    EXPECT_EQ(log().members()["g"], (std::set<std::string>{"eva", "max"}));

    // Once: neither the next session nor the next start takes it for another loss.
    stop();
    start();
    await_streaming();
    add_user("between");
    events();
    slapd_.restart();
    connect();
    await_streaming();
    EXPECT_FALSE(said(lost)) << program_->err();
    EXPECT_FALSE(said("asking for everything")) << program_->err();
    expect_log_equals_directory();
}

std::string name_of(const ::testing::TestParamInfo<Rollback::ParamType>& info) {
    return std::string("Of") + all_later()[std::get<0>(info.param)].name +
           (std::get<1>(info.param) == Producer::runs ? "WhileItRuns" : "WhileItIsDown") +
           (std::get<2>(info.param) == Write::none ? "" : "AndWrittenTo");
}

INSTANTIATE_TEST_SUITE_P(T30, Rollback,
                         ::testing::Combine(::testing::Values(all_later().size() - 1),
                                            ::testing::Values(Producer::runs, Producer::is_down),
                                            ::testing::Values(Write::none)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(T31, Rollback,
                         ::testing::Combine(::testing::Range<std::size_t>(0, all_later().size()),
                                            ::testing::Values(Producer::runs, Producer::is_down),
                                            ::testing::Values(Write::before_we_look)),
                         name_of);

// The decision to read everything outlives the process that took it.
TEST_F(OwnDirectory, AResyncAfterARollbackIsTakenUpAgainAfterACrash) {
    for (int i = 0; i < 200; ++i) {
        add_user("crowd" + std::to_string(i));
    }
    events();
    const std::string backup = slapd_.backup();
    for (int i = 0; i < 200; ++i) {
        directory_.replace(user_dn("crowd" + std::to_string(i)), "sn", {"later"});
    }
    events();
    stop();
    slapd_.restore(backup, [this](DirectoryClient& admin) {
        for (int i = 0; i < 200; ++i) {
            admin.replace(user_dn("crowd" + std::to_string(i)), "mail", {"m@example.fr"});
        }
        admin.replace(user_dn("tom"), "sn", {"first"});
    });
    connect();
    more_config_ = "transaction_records = 20\n";
    log().rest();
    start();
    ASSERT_TRUE(wait_until([this] { return !log().rest().empty() || said("streaming: "); }));
    kill();
    start();
    await_streaming();
    events();
    expect_log_equals_directory();
}

/// Ordinary ends of a session: the next one goes on from the cookies.
class Reconnect : public OwnDirectory, public ::testing::WithParamInterface<bool> {
  protected:
    void SetUp() override {
        users_filter_ = "(&(objectClass=inetOrgPerson)(!(mail=hidden@example.fr)))";
        OwnDirectory::SetUp();
    }
    /// \param unseen  happens while nobody looks
    void expect_no_resync(const std::function<void()>& unseen) {
        events();
        if (GetParam()) {
            stop();
            unseen();
            slapd_.restart();
            connect();
            start();
        } else {
            slapd_.restart([&](DirectoryClient& admin) {
                std::swap(directory_, admin);
                unseen();
                std::swap(directory_, admin);
            });
            connect();
        }
        await_streaming();
        events();
        EXPECT_FALSE(said(lost)) << program_->err();
        if (GetParam()) {
            EXPECT_FALSE(said("asking for everything")) << program_->err();
        }
    }
    void write() { directory_.replace(user_dn("tom"), "sn", {"once more"}); }
};

INSTANTIATE_TEST_SUITE_P(Of, Reconnect, ::testing::Bool(),
                         [](const auto& mode) { return mode.param ? "AProducerThatWasDown" : "OneThatRuns"; });

TEST_P(Reconnect, WithNothingChanged) {
    expect_no_resync([] {});
}

TEST_P(Reconnect, AfterADeletion) {
    remove_user("ida");
    expect_no_resync([this] { write(); });
    expect_log_equals_directory();
}

TEST_P(Reconnect, AfterTheNewestEntryWasDeletedUnseen) {
    add_user("newest");
    expect_no_resync([this] {
        remove_user("newest");
        write();
    });
    expect_log_equals_directory();
}

TEST_P(Reconnect, AfterARename) {
    directory_.rename(user_dn("ida"), "uid=ide");
    expect_no_resync([this] { write(); });
    expect_log_equals_directory();
}

TEST_P(Reconnect, AfterAnEntryLeftTheFilter) {
    directory_.replace(user_dn("ida"), "mail", {"hidden@example.fr"});
    expect_no_resync([this] { write(); });
    add_user("newest");
    expect_no_resync([this] {
        directory_.replace(user_dn("newest"), "mail", {"hidden@example.fr"});
        write();
    });
}

TEST_P(Reconnect, AfterAMemberCame) {
    directory_.add_value(group_dn("g"), "member", user_dn("ida"));
    expect_no_resync([this] { write(); });
    expect_log_equals_directory();
}

TEST_P(Reconnect, AfterEveryEntryWasChanged) {
    expect_no_resync([this] {
        for (const char* name : {"eva", "max", "ida", "tom"}) {
            directory_.replace(user_dn(name), "sn", {"changed"});
        }
        directory_.remove_value(group_dn("g"), "member", user_dn("max"));
    });
    expect_log_equals_directory();
}

}  // namespace
}  // namespace entstream::test
