#pragma once

#include <cstdint>
#include <map>
#include <string>
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

/// What is wrong with a topic, one sentence each: topic, setting, value found, value wanted, remedy.
struct TopicFindings {
    std::vector<std::string> refusals;  ///< records would be lost, refused or out of order
    std::vector<std::string> warnings;  ///< the loss of one broker may stop or lose the log
};

/// \param bootstrap_servers  for the commands in the remedies
TopicFindings check_topic(const TopicSpec& wanted, const TopicFacts& found, const std::string& bootstrap_servers);

}  // namespace entstream::kafka
