// Told to stop, the producer ends, with status 0, whatever it waits for.

#include <fstream>
#include <sstream>

#include "tests/integration/network/network.hpp"
#include "tests/integration/producer/producer_fixture.hpp"
#include "tests/integration/sync/slapd.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using Acks = TcpProxy::Acks;

// Whether somebody waits for an answer to a SYN that he sent to this loopback port.
bool somebody_connects_to(int port) {
    constexpr const char* syn_sent = "02";  // the kernel's name of the state
    std::ifstream table("/proc/net/tcp");
    std::ostringstream wanted;
    wanted << std::uppercase << std::hex << ':' << port;
    for (std::string line; std::getline(table, line);) {
        std::istringstream words(line);
        std::string number;
        std::string local;
        std::string remote;
        std::string state;
        words >> number >> local >> remote >> state;
        if (state == syn_sent && remote.ends_with(wanted.str())) {
            return true;
        }
    }
    return false;
}

class Stop : public ProducerTest {
  protected:
    void SetUp() override { info_.ldap_uri = "ldap://127.0.0.1:" + std::to_string(link_.port()); }
    void TearDown() override { Network::get().link().pass(); }

    void expect(const std::function<bool()>& condition) {
        ASSERT_TRUE(wait_until([&] { return !program_->running() || condition(); })) << program_->err();
        ASSERT_TRUE(program_->running()) << program_->err();
    }
    bool says(const std::string& words) { return program_->err().find(words) != std::string::npos; }

    TcpProxy link_{std::stoi(info_.ldap_uri.substr(info_.ldap_uri.rfind(':') + 1))};
    // Nothing else ends a wait: no time-out is shorter than the patience of stop().
    EnvironmentVariable long_timeout_{"ENTSTREAM_LDAP_TIMEOUT", "10m"};
};

TEST_F(Stop, WhileConnectingToTheDirectory) {
    link_.black_hole(Acks::lost);
    start();
    expect([this] { return somebody_connects_to(link_.port()); });
    stop();
}

TEST_F(Stop, WhileBinding) {
    link_.black_hole(Acks::kept);
    start();
    expect([this] { return link_.connections() == 1; });
    stop();
}

TEST_F(Stop, InARefreshThatStandsStill) {
    link_.set_delay(std::chrono::milliseconds(200));
    start();
    expect([this] { return says("asking for everything"); });
    link_.black_hole(Acks::kept);
    stop();
}

TEST_F(Stop, InASideRead) {
    add_user("x");
    add_group("g", {user_dn("x")});
    start();
    await_streaming();
    link_.set_delay(std::chrono::milliseconds(200));
    // The groups that hold the old DN are read again, on a connection of their own.
    directory_.rename(user_dn("x"), "uid=y");
    expect([this] { return link_.connections() == 2; });
    link_.black_hole(Acks::kept);
    stop();
}

TEST_F(Stop, WithADirectoryThatStandsStill) {
    Slapd slapd;
    TcpProxy first(slapd.port());
    TcpProxy second(slapd.port());
    info_.ldap_uri = "ldap://127.0.0.1:" + std::to_string(first.port());
    info_.ldap_bind_dn = Slapd::reader_dn;
    ldap_password_ = Slapd::password;
    base_ = Slapd::suffix;
    start();
    await_streaming();
    slapd.freeze();
    stop();
    info_.ldap_uri = "ldap://127.0.0.1:" + std::to_string(second.port());
    start();
    expect([&second] { return second.connections() == 1; });
    stop();
    slapd.thaw();
}

class StopWithoutKafka : public Stop {
  protected:
    void SetUp() override { info_.kafka_bootstrap = Network::get().linked_bootstrap(); }

    EnvironmentVariable short_timeout_{"ENTSTREAM_LDAP_TIMEOUT", "10s"};
};

TEST_F(StopWithoutKafka, AtTheStart) {
    Network::get().link().black_hole(Acks::kept);
    start();
    expect([] { return Network::get().link().connections() > 0; });
    stop();
}

TEST_F(StopWithoutKafka, InTheMiddleOfATransaction) {
    start();
    await_streaming();
    Network::get().link().black_hole(Acks::kept);
    add_user("meanwhile");
    expect([this] { return says("in-flight"); });  // librdkafka waits for an answer in vain: a transaction is open
    stop();
    // The next one takes over what this one left open.
    Network::get().link().pass();
    start();
    await_streaming();
    add_user("later");
    log().until("create user later");
    expect_log_equals_directory();
    stop();
}

}  // namespace
}  // namespace entstream::test
