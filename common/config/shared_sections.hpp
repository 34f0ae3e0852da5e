#pragma once

#include "common/config/schema.hpp"
#include "common/kafka/kafka_config.hpp"
#include "common/log/log_config.hpp"
#include "common/metrics/metrics_config.hpp"

/// Sections that several programs' files have.
namespace entstream::config {

/// [kafka]
void add_kafka_section(Schema& schema, kafka::KafkaConfig& config);

/// [metrics] \param config  has the default of listen: each program has a port of its own
void add_metrics_section(Schema& schema, metrics::MetricsConfig& config);
/// What does not depend on a single key of it.
void check_metrics(const metrics::MetricsConfig& config, const Node& root, Reading& reading);

/// [log]
void add_log_section(Schema& schema, log::LogConfig& config);

}  // namespace entstream::config
