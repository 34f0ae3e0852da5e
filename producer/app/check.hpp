#pragma once

#include <string>
#include <vector>

#include "producer/producer_config.hpp"

namespace entstream::producer::app {

/// What is not wrong, but should be known: a sentence each, with the remedy.
using Advice = std::vector<std::string>;

/// Whether the directory answers, can stream its changes, and shows this bind DN what it should: an entry of each
/// search with its entryCSN, and contextCSN. Reads one entry of each search. \throws ldap::LdapError
Advice check_directory(const ProducerConfig& config);

/// Whether brokers answer and have the topics as they should be. \throws kafka::Error, kafka::TopicRefused
Advice check_topics(const ProducerConfig& config);

/// `--check`: both, the first thing that is wrong as an exception. Writes nothing. Logs what it found.
/// \throws as the others
void check_servers(const ProducerConfig& config);

}  // namespace entstream::producer::app
