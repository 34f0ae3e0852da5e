#include "common/kafka/topic_check.hpp"

#include <gmock/gmock.h>

namespace entstream::kafka {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const TopicSpec wanted = TopicSpec::compacted("entstream.rennes.changes");

TopicFacts sound_topic() {
    return {
        .partitions = 1,
        .replicas = 3,
        .settings = {{"cleanup.policy", "compact"}, {"max.message.bytes", "1048588"}, {"min.insync.replicas", "2"}}};
}

TEST(TopicCheck, ASoundTopicPasses) {
    const auto findings = check_topic(wanted, sound_topic(), "broker:9092");
    EXPECT_THAT(findings.refusals, IsEmpty());
    EXPECT_EQ(findings.replication, "");
}

TEST(TopicCheck, EveryRefusalNamesTopicSettingValueFoundValueWantedAndRemedy) {
    TopicFacts found = sound_topic();
    found.partitions = 4;
    found.settings["cleanup.policy"] = "compact,delete";
    found.settings["max.message.bytes"] = "5000";
    EXPECT_THAT(
        check_topic(wanted, found, "broker:9092").refusals,
        ElementsAre(AllOf(HasSubstr("topic entstream.rennes.changes: it has 4 partitions, wanted: 1"),
                          HasSubstr("kafka-topics --bootstrap-server broker:9092 --delete --topic "
                                    "entstream.rennes.changes")),
                    "topic entstream.rennes.changes: cleanup.policy is compact,delete, wanted: compact; remedy: "
                    "kafka-configs --bootstrap-server broker:9092 --alter --topic entstream.rennes.changes "
                    "--add-config cleanup.policy=compact",
                    "topic entstream.rennes.changes: max.message.bytes is 5000, wanted: 1048588 or more; remedy: "
                    "kafka-configs --bootstrap-server broker:9092 --alter --topic entstream.rennes.changes "
                    "--add-config max.message.bytes=1048588"));
}

TEST(TopicCheck, WeakReplicationIsAWarning) {
    for (const bool few_replicas : {true, false}) {
        TopicFacts found = sound_topic();
        if (few_replicas) {
            found.replicas = 2;
        } else {
            found.settings["min.insync.replicas"] = "1";
        }
        const auto findings = check_topic(wanted, found, "broker:9092");
        EXPECT_THAT(findings.refusals, IsEmpty());
        EXPECT_THAT(findings.replication, HasSubstr("entstream.rennes.changes"));
    }
}

TEST(TopicCheck, ATopicIsCreatedSoThatItSurvivesTheLossOfOneBrokerWhereItCan) {
    EXPECT_EQ(creation_settings(wanted, 3).at("min.insync.replicas"), "2");
    EXPECT_EQ(creation_settings(wanted, 2).at("min.insync.replicas"), "1");
    EXPECT_EQ(creation_settings(wanted, 1).at("min.insync.replicas"), "1");
    EXPECT_EQ(creation_settings(wanted, 5).at("min.insync.replicas"), "2");
    EXPECT_EQ(creation_settings(wanted, 3).at("cleanup.policy"), "compact");
}

}  // namespace
}  // namespace entstream::kafka
