#pragma once

#include <optional>
#include <string>

#include "common/config/reading.hpp"

/// Checks of single values that several configuration files need.
namespace entstream::config {

/// [a-z0-9-]+: goes into names of topics and of consumer groups.
std::optional<Fault> check_name(const std::string& value);

/// ldap://, ldaps:// or ldapi://, with a host or a path where the scheme needs one.
std::optional<Fault> check_ldap_uri(const std::string& value);

/// host:port, comma separated.
std::optional<Fault> check_server_list(const std::string& value);

/// Empty, or address:port of this machine: 127.0.0.1:9464, [::1]:9464.
std::optional<Fault> check_listen_address(const std::string& value);

/// [A-Za-z0-9._-]+, as Kafka wants topic names.
std::optional<Fault> check_topic_prefix(const std::string& value);

/// RFC 4515; the server evaluates it, so that extensible matches are allowed.
std::optional<Fault> check_filter(const std::string& value);

/// An attribute that may be published: a name, not a wildcard, and never a password.
std::optional<Fault> check_attribute(const std::string& value);

/// A name of a Kafka client property that entstream does not set itself.
std::optional<Fault> check_kafka_property(const std::string& name);

}  // namespace entstream::config
