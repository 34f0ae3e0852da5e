#include "producer/app/check.hpp"

#include <spdlog/spdlog.h>

#include "common/kafka/topic_admin.hpp"
#include "producer/app/log_topics.hpp"
#include "producer/sync/sync_reader.hpp"

namespace entstream::producer::app {

void check_servers(const ProducerConfig& config) {
    const sync::ProviderState provider = sync::SyncReader(config).connect();
    spdlog::info("{} answers, holds {} and can stream its changes", provider.uri, provider.suffix);

    kafka::TopicAdmin admin(config.kafka);
    const std::vector<kafka::TopicSpec> topics = log_topics(config);
    admin.check(topics);
    for (const kafka::TopicSpec& topic : topics) {
        spdlog::info("{} answers, topic {} {}", config.kafka.bootstrap_servers, topic.name,
                     admin.exists(topic.name) ? "is there" : "will be created");
    }
}

}  // namespace entstream::producer::app
