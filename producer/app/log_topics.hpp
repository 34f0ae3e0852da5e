#pragma once

#include <vector>

#include "common/kafka/topic_check.hpp"
#include "producer/producer_config.hpp"

namespace entstream::producer::app {

/// The topics of a source as the producer wants them: changes, state, control.
std::vector<kafka::TopicSpec> log_topics(const ProducerConfig& config);

}  // namespace entstream::producer::app
