#pragma once

#include "common/config/schema.hpp"
#include "common/kafka/kafka_config.hpp"
#include "common/log/log_config.hpp"

/// Sections that several programs' files have.
namespace entstream::config {

/// [kafka]
void add_kafka_section(Schema& schema, kafka::KafkaConfig& config);

/// [log]
void add_log_section(Schema& schema, log::LogConfig& config);

}  // namespace entstream::config
