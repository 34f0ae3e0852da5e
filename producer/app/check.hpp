#pragma once

#include "producer/producer_config.hpp"

namespace entstream::producer::app {

/// `--check`: reaches the directory and Kafka with this configuration and says in the log what it found. Writes
/// nothing.
/// \throws ldap::LdapError, kafka::Error  the first thing that is wrong
void check_servers(const ProducerConfig& config);

}  // namespace entstream::producer::app
