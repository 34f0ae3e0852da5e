#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/kafka/error.hpp"
#include "common/kafka/handles.hpp"
#include "common/kafka/kafka_config.hpp"

namespace entstream::kafka {

/// A topic as we want it. Every topic of ours has one partition.
struct TopicSpec {
    std::string name;
    std::map<std::string, std::string> settings;  ///< topic level settings given at creation

    /// Kept for ever, last record per key: changes, state and control.
    static TopicSpec compacted(std::string name);
    /// Kept for 90 days: dead letters, which hold personal data.
    static TopicSpec dead_letters(std::string name);
};

/// Creates our topics, or checks those that exist. \thread-safety none
class TopicAdmin {
  public:
    explicit TopicAdmin(const KafkaConfig& config);

    /// Makes sure that each topic exists with settings that do not lose data. Missing topics are created with
    /// `KafkaConfig::replication_factor`. An existing topic is never altered: cleanup.policy, the number of partitions
    /// and max.message.bytes must be right; replication below 3 or min.insync.replicas below 2 is logged as a warning.
    /// \throws TopicRefused  names topic, setting, value found, value wanted and the command that mends it
    /// \throws Error         brokers not reachable (transient), no right to create or describe (permanent)
    void ensure(const std::vector<TopicSpec>& topics);

    /// \throws Error  transient when no broker answers
    [[nodiscard]] bool exists(const std::string& topic);

  private:
    struct Found;  // what metadata and DescribeConfigs say of one topic

    void create(const TopicSpec& spec);
    Found describe(const std::string& topic);

    std::string bootstrap_servers_;
    int replication_factor_;
    ClientHandle client_;
};

}  // namespace entstream::kafka
