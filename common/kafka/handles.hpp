#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>

/// Owners for librdkafka's objects.
namespace entstream::kafka {

template <auto Destroy>
struct Deleter {
    template <typename T>
    void operator()(T* object) const noexcept {
        Destroy(object);
    }
};

using ClientHandle = std::unique_ptr<rd_kafka_t, Deleter<rd_kafka_destroy>>;
/// Never waits for a group or for brokers that are gone: we join no group.
struct ConsumerDeleter {
    void operator()(rd_kafka_t* client) const noexcept {
        rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    }
};
using ConsumerHandle = std::unique_ptr<rd_kafka_t, ConsumerDeleter>;
using ConfHandle = std::unique_ptr<rd_kafka_conf_t, Deleter<rd_kafka_conf_destroy>>;
using MessageHandle = std::unique_ptr<rd_kafka_message_t, Deleter<rd_kafka_message_destroy>>;
using PartitionListHandle =
    std::unique_ptr<rd_kafka_topic_partition_list_t, Deleter<rd_kafka_topic_partition_list_destroy>>;
using TopicHandle = std::unique_ptr<rd_kafka_topic_t, Deleter<rd_kafka_topic_destroy>>;
using QueueHandle = std::unique_ptr<rd_kafka_queue_t, Deleter<rd_kafka_queue_destroy>>;
using EventHandle = std::unique_ptr<rd_kafka_event_t, Deleter<rd_kafka_event_destroy>>;
using ErrorHandle = std::unique_ptr<rd_kafka_error_t, Deleter<rd_kafka_error_destroy>>;
using HeadersHandle = std::unique_ptr<rd_kafka_headers_t, Deleter<rd_kafka_headers_destroy>>;

}  // namespace entstream::kafka
