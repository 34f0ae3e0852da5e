#include "producer/app/log_topics.hpp"

#include "common/model/topics.hpp"

namespace entstream::producer::app {

std::vector<kafka::TopicSpec> log_topics(const ProducerConfig& config) {
    const Topics topics = Topics::of(config.kafka.topic_prefix, config.source);
    return {kafka::TopicSpec::compacted(topics.changes), kafka::TopicSpec::compacted(topics.state),
            kafka::TopicSpec::compacted(topics.control)};
}

}  // namespace entstream::producer::app
