#pragma once

#include <librdkafka/rdkafka.h>

#include <chrono>
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
/// Never waits for a group (we join none) nor for brokers that are gone, and not without end for librdkafka's threads:
/// those of 2.0.2 do not end when the topic that was read has been deleted. They are left to themselves then, silent.
struct ConsumerDeleter {
    static constexpr std::chrono::milliseconds patience{1500};

    void operator()(rd_kafka_t* client) const noexcept;
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
