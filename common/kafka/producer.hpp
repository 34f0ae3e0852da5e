#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/kafka/error.hpp"
#include "common/kafka/handles.hpp"
#include "common/kafka/kafka_config.hpp"
#include "common/kafka/record.hpp"

namespace entstream::kafka {

/// Writes records to partition 0 of one topic, outside transactions, idempotently: none twice, none out of order. For
/// dead letters and questions to a producer. Not thread-safe.
class Producer {
  public:
    /// \throws config::ConfigError  librdkafka refuses a property of the configuration
    Producer(const KafkaConfig& config, std::string topic);
    Producer(const Producer&) = delete;
    Producer& operator=(const Producer&) = delete;
    ~Producer() = default;

    /// Queues a copy. \throws Error the record is refused (too large)
    void send(std::string_view key, std::optional<std::string_view> value, std::span<const Header> headers);

    /// Returns when the brokers have stored every record sent so far.
    /// \throws Error  the first failure since the last flush; some records may be stored nevertheless: send them again
    void flush(std::chrono::milliseconds patience = std::chrono::seconds(30));

  private:
    static void on_delivery_failure(rd_kafka_t* client, const rd_kafka_message_t* message, void* self);

    std::string topic_name_;
    rd_kafka_resp_err_t first_failure_ = RD_KAFKA_RESP_ERR_NO_ERROR;  ///< written inside our own calls
    ClientHandle client_;
    TopicHandle topic_;
};

}  // namespace entstream::kafka
