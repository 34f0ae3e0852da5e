#include "common/kafka/topic_admin.hpp"

#include <gmock/gmock.h>

#include "common/config/config_error.hpp"
#include "common/kafka/log_reader.hpp"
#include "common/kafka/transactional_producer.hpp"
#include "tests/integration/kafka/broker.hpp"

namespace entstream::kafka {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string refusal_of(const TopicSpec& wanted) {
    try {
        TopicAdmin(broker_config()).ensure({wanted});
    } catch (const TopicRefused& refused) {
        return refused.what();
    }
    return "accepted";
}

TEST(TopicAdmin, CreatesWhatIsMissingAndAcceptsItAfterwards) {
    TopicAdmin admin(broker_config());
    EXPECT_FALSE(admin.exists("test.new"));
    admin.ensure({TopicSpec::compacted("test.new"), TopicSpec::dead_letters("test.new.dlq")});
    EXPECT_TRUE(admin.exists("test.new"));
    EXPECT_NO_THROW(admin.ensure({TopicSpec::compacted("test.new"), TopicSpec::dead_letters("test.new.dlq")}));
}

// The broker has Kafka's default, auto.create.topics.enable=true.
TEST(TopicAdmin, NobodyElseCreatesATopic) {
    const std::string topic = "test.nobodys";
    EXPECT_THROW(LogReader(broker_config(), topic, 0), TopicMissing);
    EXPECT_THROW(TransactionalProducer(broker_config(), topic, {topic}).init(), TopicMissing);
    TopicAdmin admin(broker_config());
    admin.ensure({TopicSpec::compacted("test.ours")});  // what was asked for before is there when this is
    EXPECT_FALSE(admin.exists(topic));
}

TEST(TopicAdmin, RefusesATopicWhoseCleanupWouldLoseRecords) {
    TopicAdmin(broker_config()).ensure({TopicSpec::dead_letters("test.deleting")});
    const std::string refusal = refusal_of(TopicSpec::compacted("test.deleting"));
    EXPECT_THAT(refusal, HasSubstr("topic test.deleting: cleanup.policy is delete, wanted: compact"));
    EXPECT_THAT(refusal, HasSubstr("kafka-configs --bootstrap-server " + broker_config().bootstrap_servers +
                                   " --alter --topic test.deleting --add-config cleanup.policy=compact"));
}

TEST(TopicAdmin, RefusesATopicThatTakesSmallRecordsOnly) {
    TopicSpec small = TopicSpec::compacted("test.small");
    small.settings["max.message.bytes"] = "1000";
    // It is created as the specification says, and then found wanting.
    EXPECT_THAT(refusal_of(small), HasSubstr("topic test.small: max.message.bytes is 1000, wanted: 1048588 or more"));
}

TEST(TopicAdmin, NamesTheReplicationFactorThatTheClusterCannotGive) {
    KafkaConfig config = broker_config();
    config.replication_factor = 3;
    try {
        TopicAdmin(config).ensure({TopicSpec::compacted("test.replicated")});
        FAIL() << "created";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("test.replicated"));
        EXPECT_THAT(error.what(), HasSubstr("kafka.replication_factor = 3"));
        EXPECT_EQ(error.error_class(), ErrorClass::permanent);
    }
}

TEST(TopicAdmin, ACheckSaysBeforehandWhatTheClusterWouldNotCreate) {
    KafkaConfig config = broker_config();
    EXPECT_EQ(TopicAdmin(config).check({TopicSpec::dead_letters("test.checked")}), "");
    config.replication_factor = 3;
    TopicAdmin admin(config);
    try {
        admin.check({TopicSpec::dead_letters("test.checked")});
        FAIL() << "it would be created";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), AllOf(HasSubstr("create topic test.checked with kafka.replication_factor = 3"),
                                        HasSubstr("set kafka.replication_factor to the number of brokers")));
        EXPECT_EQ(error.error_class(), ErrorClass::permanent);
    }
    EXPECT_FALSE(admin.exists("test.checked"));
}

TEST(TopicAdmin, AnUnknownPropertyOfTheConfigurationIsNamed) {
    KafkaConfig config = broker_config();
    config.properties["sasl.mechanizm"] = "PLAIN";
    try {
        const TopicAdmin admin(config);
        FAIL() << "accepted";
    } catch (const config::ConfigError& error) {
        EXPECT_THAT(error.what(), HasSubstr("kafka.properties.sasl.mechanizm"));
    }
}

}  // namespace
}  // namespace entstream::kafka
