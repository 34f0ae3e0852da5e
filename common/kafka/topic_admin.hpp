#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/kafka/error.hpp"
#include "common/kafka/handles.hpp"
#include "common/kafka/kafka_config.hpp"
#include "common/kafka/topic_check.hpp"

namespace entstream::kafka {

/// Creates our topics, or checks those that exist. Not thread-safe.
class TopicAdmin {
  public:
    /// \throws config::ConfigError  librdkafka refuses a property of the configuration
    explicit TopicAdmin(const KafkaConfig& config);

    /// Makes sure that each topic exists with settings that do not lose data. A missing one is created with
    /// KafkaConfig::replication_factor; an existing one is never altered. Replication below 3 or min.insync.replicas
    /// below 2 is logged as a warning, one line for all topics.
    /// \throws TopicRefused  cleanup.policy, number of partitions or max.message.bytes are wrong: all findings, each
    ///                       with topic, setting, value found, value wanted and the command that mends it
    /// \throws Error         brokers do not answer (transient), no right to create or describe (permanent)
    void ensure(const std::vector<TopicSpec>& topics);

    /// The same without creating anything and without warnings: of topics that are missing the brokers say whether they
    /// would create them.
    /// \returns what ensure() warns of; empty: nothing \throws as ensure()
    std::string check(const std::vector<TopicSpec>& topics);

    /// \throws Error  transient: no broker answers
    [[nodiscard]] bool exists(const std::string& topic);

  private:
    enum class Missing : std::uint8_t { create, try_only };
    /// \returns which topics the loss of one broker may stop or lose
    std::string examine(const std::vector<TopicSpec>& topics, Missing missing);
    void create(const TopicSpec& spec, Missing missing);
    void wait_until_known(const std::string& topic);
    [[nodiscard]] TopicFacts describe(const std::string& topic);

    std::string bootstrap_servers_;
    int replication_factor_;
    ClientHandle client_;
};

}  // namespace entstream::kafka
