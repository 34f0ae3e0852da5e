// Starts that must fail: each with a message that names what is wrong and how to mend it, and nothing written.

#include <fmt/format.h>

#include "common/kafka/topic_admin.hpp"
#include "common/kafka/transactional_producer.hpp"
#include "tests/integration/producer/producer_fixture.hpp"

namespace entstream::test {
namespace {

class Start : public ProducerTest {
  protected:
    void expect_refusal(int status, const std::vector<std::string>& words, const std::vector<std::string>& more = {}) {
        const Exit exit = run_program(more);
        EXPECT_EQ(exit.status, status) << exit.err;
        for (const std::string& word : words) {
            EXPECT_NE(exit.err.find(word), std::string::npos) << word << " is not in:\n" << exit.err;
        }
        EXPECT_EQ(exit.err.find(info_.ldap_bind_password), std::string::npos) << "a secret in the log";
    }
    bool topic_exists() { return kafka::TopicAdmin(kafka_).exists(Topics::of(kafka_.topic_prefix, source_).changes); }
};

TEST_F(Start, WrongPassword) {
    ldap_password_ = "wrong";
    expect_refusal(77, {info_.ldap_uri, "bind_password"});
    EXPECT_FALSE(topic_exists());
}

TEST_F(Start, BaseThatDoesNotExist) {
    base_ = "ou=nowhere," + info_.ldap_base;
    expect_refusal(78, {"ou=nowhere", "users", "base"});
    EXPECT_FALSE(topic_exists());
}

TEST_F(Start, UnreachableDirectory) {
    info_.ldap_uri = "ldap://127.0.0.1:1";
    expect_refusal(69, {"ldap://127.0.0.1:1"}, {"--check"});
}

TEST_F(Start, UnreachableKafka) {
    info_.kafka_bootstrap = "127.0.0.1:1";
    expect_refusal(69, {"127.0.0.1:1"}, {"--check"});
}

TEST_F(Start, TopicWithTheWrongSettings) {
    const std::string topic = Topics::of(kafka_.topic_prefix, source_).changes;
    kafka_.replication_factor = 1;
    kafka::TopicAdmin(kafka_).ensure({kafka::TopicSpec{.name = topic, .settings = {{"cleanup.policy", "delete"}}}});
    expect_refusal(78, {topic, "cleanup.policy", "compact"});
    expect_refusal(78, {topic, "cleanup.policy", "compact"}, {"--check"});
}

TEST_F(Start, AStateThatCannotBeRead) {
    const std::string topic = Topics::of(kafka_.topic_prefix, source_).state;
    kafka_.replication_factor = 1;
    kafka::TopicAdmin(kafka_).ensure({kafka::TopicSpec::compacted(topic)});
    kafka::TransactionalProducer writer(kafka_, "test." + source_, {topic});
    writer.init();
    writer.begin();
    writer.produce(topic, "search/users", "no message of protobuf");
    writer.commit();
    expect_refusal(65, {"topic " + topic + ": ", "key search/users", "update entstream"});
}

TEST_F(Start, UnknownKey) {
    more_config_ = "transaction_record = 5\n";
    expect_refusal(78, {"transaction_record", "producer.toml"});
}

TEST_F(Start, CheckOfTheConfigurationKnowsWhatLibrdkafkaRefuses) {
    more_config_ = "[kafka.properties]\n\"sasl.mechanizm\" = \"PLAIN\"\n";
    expect_refusal(78, {"kafka.properties.sasl.mechanizm"}, {"--check-config"});
}

TEST_F(Start, CommandLine) {
    EXPECT_EQ(Process::run({program_path("entstream-producer").string()}).status, 2);
    EXPECT_EQ(Process::run({program_path("entstream-producer").string(), "--no-such-option"}).status, 2);
    const Exit version = Process::run({program_path("entstream-producer").string(), "--version"});
    EXPECT_EQ(version.status, 0);
    EXPECT_EQ(version.out.find("entstream-producer "), 0U) << version.out;
    const Exit help = Process::run({program_path("entstream-producer").string(), "--help-config"});
    EXPECT_EQ(help.status, 0);
    EXPECT_NE(help.out.find("bootstrap_servers"), std::string::npos);
}

TEST_F(Start, CheckWritesNothing) {
    const Exit exit = run_program({"--check"});
    EXPECT_EQ(exit.status, 0) << exit.err;
    EXPECT_FALSE(topic_exists());
}

}  // namespace
}  // namespace entstream::test
