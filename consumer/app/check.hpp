#pragma once

#include <string>
#include <vector>

#include "consumer/consumer_config.hpp"

namespace entstream::consumer::app {

/// What is not wrong, but should be known: a sentence each, with the remedy.
using Advice = std::vector<std::string>;

/// Compiles the mapping. \throws config::ConfigError
void check_mapping(const ConsumerConfig& config);

/// Whether brokers answer and have the topics as they should be. \throws kafka::Error, kafka::TopicRefused
Advice check_kafka(const ConsumerConfig& config);

/// Whether there is a Moodle of a supported version, with the tables, columns and rights that we need, and the settings
/// that this configuration needs. \returns also what of Moodle's own is in the way: another synchronisation …
/// \throws merge::Unreachable, merge::AccessRefused, merge::TargetError
Advice check_database(const ConsumerConfig& config);

/// `--check`: all of it, the first thing that is wrong as an exception. Writes nothing and claims nothing. Logs what it
/// found. \throws as the others
void check_servers(const ConsumerConfig& config);

}  // namespace entstream::consumer::app
