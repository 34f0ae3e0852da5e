#pragma once

#include <functional>
#include <string>

#include "common/kafka/record.hpp"
#include "tests/support/servers_info.hpp"

namespace entstream::test {

/// Reads all committed records of a source's changes topic, in order.
void read_changes(const ServersInfo& servers, const std::string& source,
                  const std::function<void(const kafka::Record&)>& use);

/// How many there are, signs of life (meta/heartbeat) left out.
long count_changes(const ServersInfo& servers, const std::string& source);

}  // namespace entstream::test
