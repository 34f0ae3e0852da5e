// T41, T42, T44, T53: lines that are dead, servers that hang, signals, and a log that does not take what it is given.

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/conformance/conformance_fixture.hpp"
#include "tests/support/tcp_proxy.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

class Fault : public OwnSlapd, public Conformance {
  protected:
    Fault() : OwnSlapd({.lines = {"limits dn.exact=cn=reader,dc=fr size=unlimited"}}), Conformance(slapd_) {
        more_config_ = "reconnect_first = \"50ms\"\nreconnect_most = \"200ms\"\n";
    }

    /// Process id of a server of this binary.
    [[nodiscard]] pid_t pid_of(const std::string& server) const {
        pid_t pid = 0;
        std::ifstream(std::filesystem::path(info_.dir) / "run" / (server + ".pid")) >> pid;
        return pid;
    }
};

TEST_F(Fault, T41_AHalfOpenConnectionIsNoticedAndResumed) {
    TcpProxy link(slapd_.port());
    ldap_uri_ = "ldap://127.0.0.1:" + std::to_string(link.port());
    probe_interval_ = "1h";  // only the connection itself can tell
    add_person("eva");
    stream();
    link.lose_servers(TcpProxy::Acks::lost);
    add_person("gap");
    directory_.replace(user_dn("eva"), "sn", {"y"});
    await_streaming();
    EXPECT_EQ(published_sorted(), (Lines{created("gap"), "update user eva [sn] uid=eva,ou=people {sn=y uid=eva}"}));
    expect_log_equals_directory();
}

TEST_F(Fault, T42_AProviderThatHangsIsLeftAndFollowedAgain) {
    more_ldap_config_ = "timeout = \"1s\"";
    add_person("eva");
    stream();
    slapd_.freeze();
    await_words("silent");
    await_words("no answer");  // the connection that it accepts and then says nothing on
    slapd_.thaw();
    add_person("gap");
    await_streaming();
    EXPECT_EQ(published(), Lines{created("gap")});
    expect_log_equals_directory();
}

TEST_F(Fault, T44_SignalsDoNotDisturbIt) {
    more_environment_ = {{"LD_PRELOAD", program_path("kill_at.so").string()},
                         {"ENTSTREAM_TEST_SIGUSR1", "1"},
                         {"ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0"}};
    stream();
    Lines expected;
    {
        // Thousands a second, but not so many that on a busy machine the program does nothing but take them.
        constexpr std::chrono::microseconds pace{200};
        const std::jthread storm([this, pace](const std::stop_token& over) {
            while (!over.stop_requested()) {
                program_->signal(SIGUSR1);
                std::this_thread::sleep_for(pace);
            }
        });
        for (int i = 0; i < 20; ++i) {
            const std::string name = "p" + std::to_string(i);
            add_person(name);
            expected.push_back(created(name));
        }
        EXPECT_EQ(published(), expected);
    }
    EXPECT_FALSE(said("connecting again")) << program_->err();
    EXPECT_TRUE(program_->running());
    stop();
}

TEST_F(Fault, T53_ALogThatDoesNotTakeItMakesTheProviderKeepNothing) {
    constexpr int changes = 600;
    const std::string text(20000, 'x');
    user_attributes_ = {"uid", "sn", "description"};
    more_config_ += "queue_bytes = \"1MiB\"\n";
    TcpProxy link(slapd_.port());
    ldap_uri_ = "ldap://127.0.0.1:" + std::to_string(link.port());
    stream();
    {
        const std::size_t connections = link.connections();
        const Stopped kafka(pid_of("kafka"));
        for (int i = 0; i < changes; ++i) {  // 12 MB
            add_person("p" + std::to_string(i), "", {{"description", {text}}});
        }
        // Left by the program, so that the provider has nobody to keep changes for.
        ASSERT_TRUE(wait_until([&] { return link.connections() < connections; }));
    }
    await_words("connecting again at once");
    published();
    EXPECT_EQ(log().changes().size(), changes + 3U * 2U) << "each once, beside the markers";
    EXPECT_FALSE(said("fenced")) << program_->err();
    expect_log_equals_directory();
}

}  // namespace
}  // namespace entstream::test
