#pragma once

#include "consumer/consumer_config.hpp"

namespace entstream::consumer::app {

/// `--check`: compiles the mapping, reaches Kafka and Moodle's database, and looks whether they are what they should
/// be. Writes nothing and claims nothing. Logs what it found. \throws config::ConfigError, kafka::Error,
/// merge::Unreachable, merge::TargetError  what is wrong
void check_servers(const ConsumerConfig& config);

}  // namespace entstream::consumer::app
