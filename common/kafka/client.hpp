#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "common/kafka/handles.hpp"
#include "common/kafka/kafka_config.hpp"

/// How every client of ours is set up: properties in three layers, librdkafka's log lines into ours.
namespace entstream::kafka {

/// Our habits, then the configuration's own properties, then `fixed`, which the design depends on; a property of the
/// configuration that `fixed` overrules is logged as a warning. No client makes a broker create a topic: that is for
/// TopicAdmin alone.
/// \throws config::ConfigError  librdkafka refuses a property: names it
ConfHandle make_conf(const KafkaConfig& config, const std::map<std::string, std::string>& fixed);

/// Sets one property. \throws config::ConfigError
void set_property(rd_kafka_conf_t* conf, const std::string& name, const std::string& value);

/// Why a connection to a broker did not come about, where waiting hardly helps: credentials or certificates.
struct ConnectionRefusal {
    rd_kafka_resp_err_t code{};  ///< __AUTHENTICATION or __SSL
    std::string reason;          ///< librdkafka's words
};

/// The last one of any client of this process since that moment. librdkafka goes on trying and only logs it; the call
/// that waits in vain learns no more than that no broker answered. Thread-safe.
std::optional<ConnectionRefusal> connection_refusal_since(std::chrono::steady_clock::time_point moment);

/// Whether a client of this process has noticed since that moment that it is connected to no broker any more. It tells
/// so when it is polled. No outage yet: idle connections end, too, and brokers come back at once. Thread-safe.
bool all_brokers_lost_since(std::chrono::steady_clock::time_point moment);

/// \throws Error  librdkafka cannot make the client (a file of certificates that is not there, no memory ...)
ClientHandle make_client(rd_kafka_type_t type, ConfHandle conf);

}  // namespace entstream::kafka
