// A start without Kafka: what is wrong and what to do is said; Kafka that comes in time is enough.

#include <gmock/gmock.h>

#include "tests/integration/consumer/consumer_setting.hpp"
#include "tests/integration/network/network.hpp"
#include "tests/integration/producer/producer_fixture.hpp"
#include "tests/support/scrape.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ProducerWithoutKafka : public ProducerTest {
  protected:
    void TearDown() override { Network::get().link().pass(); }
};

TEST_F(ProducerWithoutKafka, SaysWhatIsWrongAndWhatToDo) {
    info_.kafka_bootstrap = "127.0.0.1:1";
    const Exit exit = run_program();
    EXPECT_EQ(exit.status, 69) << exit.err;
    EXPECT_THAT(exit.err, AllOf(HasSubstr("cannot reach the brokers 127.0.0.1:1"), HasSubstr("start them"),
                                HasSubstr("kafka.bootstrap_servers"), HasSubstr("trying again")));
}

TEST_F(ProducerWithoutKafka, StartsWhenItComes) {
    Network::get().link().cut();
    info_.kafka_bootstrap = Network::get().linked_bootstrap();
    start();
    ASSERT_TRUE(wait_until([this] {
        return !program_->running() || program_->err().find("Kafka: FAIL") != std::string::npos;
    })) << program_->err();
    Network::get().link().pass();
    await_streaming();
    add_user("x");
    log().until("create user x");

    // Once it streams, an outage is waited for, and told.
    const auto state = [this](const std::string& name) { return Scrape::of(*program_)("entstream_state", {name}); };
    EXPECT_EQ(state("running"), 1);
    Network::get().link().cut();
    ASSERT_TRUE(wait_until([&] { return state("waiting_kafka") == 1; })) << program_->err();
    EXPECT_EQ(Scrape::of(*program_, "/readyz").status(), 503);
    EXPECT_THAT(Scrape::of(*program_, "/readyz").text(), HasSubstr("brokers"));
    Network::get().link().pass();
    EXPECT_TRUE(wait_until([&] { return state("running") == 1; })) << program_->err();
    stop();
}

class ConsumerWithoutKafka : public ::testing::Test {
  protected:
    void TearDown() override { Network::get().link().pass(); }

    ConsumerSetting setting_;  // NOLINT
};

TEST_F(ConsumerWithoutKafka, SaysWhatIsWrongAndWhatToDo) {
    const EnvironmentVariable nowhere("ENTSTREAM_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1");
    const Exit exit = setting_.run({});
    EXPECT_EQ(exit.status, 69) << exit.err;
    EXPECT_THAT(exit.err, AllOf(HasSubstr("cannot reach the brokers 127.0.0.1:1"), HasSubstr("start them"),
                                HasSubstr("kafka.bootstrap_servers")));
}

TEST_F(ConsumerWithoutKafka, StartsWhenItComes) {
    setting_.create_topic();
    setting_.write({setting_.records().identity(1), setting_.records().user(Uuid::from_name("ana"), "ana1")});
    Network::get().link().cut();
    const EnvironmentVariable linked("ENTSTREAM_KAFKA_BOOTSTRAP_SERVERS", Network::get().linked_bootstrap());
    const auto program = setting_.start();
    ASSERT_TRUE(wait_until([&] {
        return !program->running() || program->err().find("Kafka: FAIL") != std::string::npos;
    })) << program->err();
    Network::get().link().pass();
    EXPECT_EQ(setting_.wait_for("SELECT username FROM mdl_user WHERE auth = 'ldap'", "ana1"), "ana1") << program->err();

    // Once it reads, an outage is waited for, and told as soon as librdkafka has lost the last broker.
    const auto state = [&](const std::string& name) { return Scrape::of(*program)("entstream_state", {name}); };
    ASSERT_TRUE(wait_until([&] { return state("running") == 1; })) << program->err();
    Network::get().link().cut();
    ASSERT_TRUE(wait_until([&] { return state("waiting_kafka") == 1; })) << program->err();
    Network::get().link().pass();
    EXPECT_TRUE(wait_until([&] { return state("running") == 1; })) << program->err();
    program->terminate();
    EXPECT_EQ(program->wait().status, 0);
}

}  // namespace
}  // namespace entstream::test
