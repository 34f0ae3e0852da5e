#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace entstream::kafka {

/// The least that a topic of ours must allow: Kafka's own default.
inline constexpr std::int64_t least_max_message_bytes = 1048588;

/// A topic as we want it. Every topic of ours has one partition, because a log has one order.
struct TopicSpec {
    std::string name;
    std::map<std::string, std::string> settings;  ///< topic level settings given at creation

    /// Kept for ever, last record per key: changes, state and control.
    static TopicSpec compacted(std::string name);
    /// Kept for 90 days: dead letters, which hold personal data.
    static TopicSpec dead_letters(std::string name);
};

/// A topic as the brokers have it.
struct TopicFacts {
    int partitions{};
    int replicas{};
    std::map<std::string, std::string> settings;  ///< effective values, defaults of the brokers included
};

/// Settings with which a topic is created: the spec's, room for our largest record, and as many replicas in sync as the
/// replication factor affords while one broker is down.
std::map<std::string, std::string> creation_settings(const TopicSpec& spec, int replication_factor);

/// What is wrong with a topic.
struct TopicFindings {
    /// Records would be lost, refused or out of order: a sentence each, with topic, setting, value found, value wanted
    /// and remedy.
    std::vector<std::string> refusals;
    /// The loss of one broker may stop or lose the log: topic, settings and values; empty: none. Wanted and remedy are
    /// in replication_advice.
    std::string replication;
};
inline constexpr std::string_view replication_advice =
    "wanted: replication factor 3 or more and min.insync.replicas 2 or more, else the loss of one broker may lose "
    "changes; remedy: kafka-reassign-partitions and kafka-configs, and kafka.replication_factor for topics to come";

/// \param bootstrap_servers  for the commands in the remedies
TopicFindings check_topic(const TopicSpec& wanted, const TopicFacts& found, const std::string& bootstrap_servers);

}  // namespace entstream::kafka
