#pragma once

#include <map>
#include <string>

namespace entstream::kafka {

/// How to reach the brokers and where our topics are. Shared by the three programs.
struct KafkaConfig {
    std::string bootstrap_servers;           ///< host:port, comma separated
    std::string topic_prefix = "entstream";  ///< topics are `<prefix>.<source>.changes` and so on
    int replication_factor = 3;              ///< of topics that we create
    /// Any librdkafka property (security.protocol, sasl.*, ssl.*), passed on as it is; ours win.
    std::map<std::string, std::string> properties;
};

}  // namespace entstream::kafka
