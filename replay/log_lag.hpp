#pragma once

#include <cstdint>
#include <string>

#include "common/kafka/kafka_config.hpp"

namespace entstream::replay {

/// How far a log goes beyond a position.
struct LogLag {
    bool has_topic = true;
    std::string
        problem;  ///< why nothing can be said: no broker answers, the log is not the one that was read; or empty
    bool is_reachable = true;  ///< false: the problem is that no broker answers
    std::int64_t end{};        ///< of the log
    std::int64_t behind{};     ///< offsets from the first record that is not applied to the end; 0: none is there
};

/// Asks the brokers, and reads one record at most.
LogLag log_lag(const kafka::KafkaConfig& config, const std::string& topic, std::int64_t next_offset);

}  // namespace entstream::replay
