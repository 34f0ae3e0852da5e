#include "tests/support/changes_log.hpp"

#include "common/kafka/log_reader.hpp"
#include "common/model/topics.hpp"

namespace entstream::test {

void read_changes(const ServersInfo& servers, const std::string& source,
                  const std::function<void(const kafka::Record&)>& use) {
    kafka::read_to_end({.bootstrap_servers = servers.kafka_bootstrap, .topic_prefix = "entstream", .properties = {}},
                       Topics::of("entstream", source).changes, use);
}

long count_changes(const ServersInfo& servers, const std::string& source) {
    long records = 0;
    read_changes(servers, source,
                 [&](const kafka::Record& record) { records += record.key() == heartbeat_key ? 0 : 1; });
    return records;
}

}  // namespace entstream::test
