// T01, T17, T38 to T40, T43, T50: what a provider does that is no change of an entry.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>

#include "common/kafka/topic_admin.hpp"
#include "tests/conformance/conformance_fixture.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

/// A connection on which nothing is said.
class RawConnection {
  public:
    explicit RawConnection(int port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        EXPECT_EQ(::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    }
    ~RawConnection() { ::close(descriptor_); }
    RawConnection(const RawConnection&) = delete;
    RawConnection& operator=(const RawConnection&) = delete;

    /// Returns when the other side has closed it.
    void await_end() const {
        char octet = 0;
        EXPECT_EQ(::recv(descriptor_, &octet, 1, 0), 0);
    }

  private:
    int descriptor_;
};

/// Reconnects soon, also after what an administrator has to mend.
constexpr const char* impatient = "reconnect_first = \"50ms\"\nreconnect_most = \"200ms\"\n";

class Provider : public OwnSlapd, public Conformance {
  protected:
    explicit Provider(SlapdOptions options = {}) : OwnSlapd(std::move(options)), Conformance(slapd_) {
        more_config_ = impatient;
    }

    void add_crowd(int count) {
        for (int i = 0; i < count; ++i) {
            add_person("p" + std::to_string(i));
        }
    }

    void restart_provider() {
        slapd_.stop();
        slapd_.start();
        connect_again();
    }

    /// How often the program has said so.
    [[nodiscard]] int count_words(const std::string& words) const {
        const std::string text = program_->err();
        int count = 0;
        for (auto at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) {
            ++count;
        }
        return count;
    }

    bool topic_exists() { return kafka::TopicAdmin(kafka_).exists(Topics::of(kafka_.topic_prefix, source_).changes); }
};

// What docs/architecture.md decides: a base that does not exist at the very first start is told, not waited for.
TEST_F(Provider, T01_AnEmptyDirectoryAtTheFirstStartIsToldAndNothingIsWritten) {
    const Slapd empty({.empty = true});
    info_.ldap_uri = empty.uri();
    info_.ldap_bind_dn = Slapd::admin_dn;
    const Exit exit = run_program();
    EXPECT_EQ(exit.status, 78) << exit.err;
    EXPECT_NE(exit.err.find("does not exist"), std::string::npos) << exit.err;
    EXPECT_NE(exit.err.find(base_), std::string::npos) << exit.err;
    EXPECT_FALSE(topic_exists());
}

TEST_F(Provider, T01_ADirectoryThatIsEmptyLaterIsWaitedFor) {
    namespace fs = std::filesystem;
    const fs::path data = slapd_.dir().path() / "data";
    const fs::path away = slapd_.dir().path() / "data.away";
    info_.ldap_bind_dn = Slapd::admin_dn;  // who is no entry
    add_person("eva");
    stream();
    slapd_.stop();
    fs::rename(data, away);
    fs::create_directory(data);
    slapd_.start();
    ASSERT_TRUE(wait_until([this] { return count_words("does not exist") >= 2; })) << program_->err();
    log().read();
    EXPECT_EQ(log().take(), Lines{});
    slapd_.stop();
    fs::remove_all(data);
    fs::rename(away, data);
    slapd_.start();
    connect_again();
    await_streaming();
    add_person("later");
    EXPECT_EQ(published(), Lines{created("later")});
    expect_log_equals_directory();
}

TEST_F(Provider, T17_ARenamedBaseRemovesNothing) {
    probe_interval_ = "1h";  // it hears of it by result 4096 alone
    users_base_ = people();
    add_person("eva");
    stream();
    directory_.rename(people(), "ou=persons");
    directory_.replace("uid=eva,ou=persons," + base_, "sn", {"y"});
    ASSERT_TRUE(wait_until([this] { return count_words("rename it back") >= 2; })) << program_->err();
    log().read();
    EXPECT_EQ(log().take(), Lines{});
    directory_.rename("ou=persons," + base_, "ou=people");
    await_streaming();
    EXPECT_EQ(published(), Lines{"update user eva [sn] uid=eva,ou=people {sn=y uid=eva}"});
    expect_log_equals_directory();
}

TEST_F(Provider, T38_ASizeLimitIsAnAlarmAndRemovesNothing) {
    constexpr int crowd = 30;
    constexpr int limit = 10;
    add_crowd(crowd);
    stream();
    stop();
    remove_user("p1");
    alter_stored("users", [](v1::SearchState& state) { state.clear_cookie(); });
    slapd_.reconfigure({.lines = {"sizelimit " + std::to_string(limit)}});
    connect_again();
    start();
    ASSERT_TRUE(wait_until([this] { return count_words("Size limit exceeded") >= 2; })) << program_->err();
    EXPECT_TRUE(said("olcLimits")) << program_->err();
    stop();
    log().read();
    EXPECT_EQ(log().take(), Lines{});
    EXPECT_EQ(stored().cookie(), "");
    slapd_.reconfigure({});
    connect_again();
    EXPECT_EQ(stream(), Lines{"delete user p1 uid=p1,ou=people (absent from refresh)"});
    expect_log_equals_directory();
}

class LimitedProvider : public Provider {
  protected:
    LimitedProvider() : Provider({.global_lines = {"idletimeout 1", "timelimit 1"}}) {}
};

TEST_F(LimitedProvider, T39_PersistOutlivesLimitsOfTimeAndIdleness) {
    probe_interval_ = "1h";
    stream();
    for (int i = 0; i < 2; ++i) {
        const RawConnection idle(slapd_.port());
        idle.await_end();  // the server ends what says nothing, but not the stream
    }
    connect_again();
    add_person("later");
    EXPECT_EQ(published(), Lines{created("later")});
    EXPECT_FALSE(said("connecting again")) << program_->err();
}

class WithoutModule : public Provider {
  protected:
    WithoutModule() : Provider({.load_syncprov = false, .syncprov = false}) {}
};

TEST_F(WithoutModule, T40_AServerWithoutSyncprovIsRefusedAndNothingIsWritten) {
    add_person("eva");
    const Exit exit = run_program();
    EXPECT_EQ(exit.status, 78) << exit.err;
    EXPECT_NE(exit.err.find("provider without syncprov"), std::string::npos) << exit.err;
    EXPECT_FALSE(topic_exists());
}

class WithoutOverlay : public Provider {
  protected:
    WithoutOverlay() : Provider({.syncprov = false}) {}
};

TEST_F(WithoutOverlay, T40_ADatabaseWithoutSyncprovIsNotReadAsAnOrdinarySearch) {
    add_person("eva");
    start();
    ASSERT_TRUE(wait_until([this] { return count_words("result 12") >= 2 || !program_->running(); }))
        << program_->err();
    EXPECT_TRUE(said("syncprov")) << program_->err();
    kill();
    log().read();
    EXPECT_EQ(log().changes().size(), 0U);
}

TEST_F(Provider, T43_WhatChangesWhileTheProviderRestartsArrivesOnce) {
    add_person("eva");
    stream();
    slapd_.stop();
    const Stopped waiting(*program_);
    slapd_.start();
    connect_again();
    add_person("gap");
    directory_.replace(user_dn("eva"), "sn", {"y"});
    waiting.end();
    await_streaming();
    EXPECT_EQ(published_sorted(), (Lines{created("gap"), "update user eva [sn] uid=eva,ou=people {sn=y uid=eva}"}));
    expect_log_equals_directory();
}

TEST_F(Provider, T50_ReferralObjectsAreLeftOut) {
    const auto add_referral = [this](const std::string& name) {
        directory_.add("cn=" + name + ',' + people(), {{"objectClass", {"referral", "extensibleObject"}},
                                                       {"cn", {name}},
                                                       {"ref", {"ldap://elsewhere.invalid/dc=fr"}}});
    };
    const auto manage = [this](const std::string& ldif) {
        const auto file = dir_.write("change.ldif", ldif);
        const Exit done = Process::run(
            {"ldapmodify", "-MM", "-x", "-H", slapd_.uri(), "-D", Slapd::admin_dn, "-w", Slapd::password, "-f", file});
        EXPECT_EQ(done.status, 0) << done.err;
    };
    add_person("eva");
    add_referral("first");
    EXPECT_EQ(stream(), Lines{created("eva")});
    add_referral("second");
    manage("dn: cn=second," + people() + "\nchangetype: modify\nreplace: ref\nref: ldap://other.invalid/dc=fr\n");
    manage("dn: cn=second," + people() + "\nchangetype: delete\n");
    add_person("max");
    EXPECT_EQ(published(), Lines{created("max")});
    EXPECT_FALSE(said("connecting again")) << program_->err();
    stop();
    manage("dn: cn=first," + people() + "\nchangetype: modify\nreplace: ref\nref: ldap://other.invalid/dc=fr\n");
    restart_provider();
    EXPECT_EQ(stream(), Lines{});
    expect_log_equals_directory();
}

}  // namespace
}  // namespace entstream::test
