#include "producer/app/check.hpp"

#include <spdlog/spdlog.h>

#include "common/kafka/topic_admin.hpp"
#include "common/model/topics.hpp"
#include "producer/sync/sync_reader.hpp"

namespace entstream::producer::app {

void check_servers(const ProducerConfig& config) {
    const sync::ProviderState provider = sync::SyncReader(config).connect();
    spdlog::info("{} answers, holds {} and can stream its changes", config.ldap.uri, provider.suffix);

    kafka::TopicAdmin admin(config.kafka);
    const Topics topics = Topics::of(config.kafka.topic_prefix, config.source);
    for (const std::string& topic : {topics.changes, topics.state, topics.control}) {
        spdlog::info("{} answers, topic {} {}", config.kafka.bootstrap_servers, topic,
                     admin.exists(topic) ? "is there" : "will be created");
    }
}

}  // namespace entstream::producer::app
