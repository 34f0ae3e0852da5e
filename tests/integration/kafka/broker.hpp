#pragma once

#include <string>
#include <vector>

#include "common/kafka/kafka_config.hpp"
#include "tests/support/servers.hpp"

namespace entstream::kafka {

/// The servers of this binary.
const test::Servers& servers();

/// How to reach its broker; topics get one replica, for there is one broker.
KafkaConfig broker_config();

/// A compacted topic of its own, named after the running test.
std::string make_topic();

/// The keys of the records that readers of committed records see at this moment, in order.
std::vector<std::string> visible_keys(const std::string& topic);

/// The keys of all committed records of a topic, in order. \pre no transaction is open
std::vector<std::string> committed_keys(const std::string& topic);

}  // namespace entstream::kafka
