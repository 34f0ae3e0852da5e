// Connections that break without a word: the producer notices by itself and goes on through a network that works again.

#include "tests/integration/network/network.hpp"
#include "tests/integration/producer/producer_fixture.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using Acks = TcpProxy::Acks;

// Time-outs of minutes would pass a shorter patience; those of the programs do not need it.
constexpr auto patience = std::chrono::minutes(2);

int port_of(const std::string& address) {
    return std::stoi(address.substr(address.rfind(':') + 1));
}

class HalfOpen : public ProducerTest, public ::testing::WithParamInterface<Acks> {
  protected:
    bool says(const std::string& words) {
        return wait_until([&] { return !program_->running() || program_->err().find(words) != std::string::npos; },
                          patience) &&
               program_->running();
    }
    void expect_a_change_to_arrive() {
        add_user("later");
        log().until("create user later");
        EXPECT_TRUE(program_->running()) << program_->err();
        expect_log_equals_directory();
        stop();
    }
    void TearDown() override { Network::get().link().pass(); }
};

class HalfOpenDirectory : public HalfOpen {
  protected:
    HalfOpenDirectory() : link_(port_of(info_.ldap_uri)) {
        info_.ldap_uri = "ldap://127.0.0.1:" + std::to_string(link_.port());
        add_user("first");
    }

    TcpProxy link_;
    EnvironmentVariable short_timeout_{"ENTSTREAM_LDAP_TIMEOUT", "2s"};
};

TEST_P(HalfOpenDirectory, ThatSwallowsEverythingIsLeft) {
    start();
    await_streaming();
    link_.black_hole(GetParam());
    ASSERT_TRUE(says("connecting again")) << program_->err();
    add_user("meanwhile");
    link_.pass();
    await_streaming();
    expect_a_change_to_arrive();
}

TEST_P(HalfOpenDirectory, WhoseServerForgotUsIsLeft) {
    start();
    await_streaming();
    link_.lose_servers(GetParam());
    add_user("meanwhile");
    await_streaming();
    expect_a_change_to_arrive();
}

INSTANTIATE_TEST_SUITE_P(Acks, HalfOpenDirectory, ::testing::Values(Acks::kept, Acks::lost));

class HalfOpenKafka : public HalfOpen {
  protected:
    HalfOpenKafka() { info_.kafka_bootstrap = Network::get().linked_bootstrap(); }
};

// Long before the transaction's own limit of 30 s, which would cost the producer its place.
TEST_P(HalfOpenKafka, ThatSwallowsEverythingIsLeft) {
    start();
    await_streaming();
    Network::get().link().black_hole(GetParam());
    add_user("meanwhile");
    ASSERT_TRUE(says("Kafka: FAIL: ")) << program_->err();
    Network::get().link().pass();
    expect_a_change_to_arrive();
}

TEST_P(HalfOpenKafka, WhoseServerForgotUsIsLeft) {
    start();
    await_streaming();
    Network::get().link().lose_servers(GetParam());
    add_user("meanwhile");
    expect_a_change_to_arrive();
}

INSTANTIATE_TEST_SUITE_P(Acks, HalfOpenKafka, ::testing::Values(Acks::kept, Acks::lost));

}  // namespace
}  // namespace entstream::test
