#pragma once

#include <cstdint>
#include <string>

#include "common/kafka/kafka_config.hpp"

namespace entstream::kafka {

/// Where partition 0 of a topic ends, records of open transactions included.
std::int64_t end_with_open_transactions(const KafkaConfig& config, const std::string& topic);

/// Waits until every record of the topic is committed or aborted: readers see that some moments after commit() returns.
/// \pre no transaction is open
void wait_until_decided(const KafkaConfig& config, const std::string& topic);

}  // namespace entstream::kafka
