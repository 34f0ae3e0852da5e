#pragma once

#include <chrono>
#include <string>

#include "common/kafka/handles.hpp"

namespace entstream::kafka {

/// What the brokers say of one topic.
struct TopicLayout {
    int partitions{};
    int replicas{};  ///< of its first partition
};

/// Asks the brokers, and so fills the client's own cache too. Waits until the first partition has a leader.
/// \throws TopicMissing  no such topic
/// \throws Error         transient: no broker answers, or no leader, within `patience`; permanent: no right to describe
TopicLayout fetch_topic(rd_kafka_t* client, rd_kafka_topic_t* topic, std::chrono::milliseconds patience);
TopicLayout fetch_topic(rd_kafka_t* client, const std::string& topic, std::chrono::milliseconds patience);

}  // namespace entstream::kafka
