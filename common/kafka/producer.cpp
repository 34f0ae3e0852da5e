#include "common/kafka/producer.hpp"

#include <map>
#include <utility>

#include "common/kafka/client.hpp"
#include "common/kafka/outgoing_record.hpp"
#include "common/kafka/topic_check.hpp"

namespace entstream::kafka {

namespace {

constexpr int pause_when_full_ms = 10;

const std::map<std::string, std::string>& settings() {
    static const std::map<std::string, std::string> fixed = {
        {"enable.idempotence", "true"},
        // Shorter than a flush waits: every record has got its answer then, and may be sent again.
        {"message.timeout.ms", "20000"},
        {"linger.ms", "0"},
        {"queue.buffering.max.kbytes", "65536"},
        {"delivery.report.only.error", "true"},
        // A record of the log with the headers of a dead letter must fit.
        {"message.max.bytes", std::to_string(least_max_message_bytes)},
    };
    return fixed;
}

}  // namespace

Producer::Producer(const KafkaConfig& config, std::string topic) : topic_name_(std::move(topic)) {
    ConfHandle conf = make_conf(config, settings());
    rd_kafka_conf_set_opaque(conf.get(), this);
    rd_kafka_conf_set_dr_msg_cb(conf.get(), &on_delivery_failure);
    client_ = make_client(RD_KAFKA_PRODUCER, std::move(conf));
    topic_.reset(rd_kafka_topic_new(client_.get(), topic_name_.c_str(), nullptr));
}

void Producer::on_delivery_failure(rd_kafka_t* /*client*/, const rd_kafka_message_t* message, void* self) {
    auto& first = static_cast<Producer*>(self)->first_failure_;
    if (first == RD_KAFKA_RESP_ERR_NO_ERROR) {
        first = message->err;
    }
}

void Producer::send(std::string_view key, std::optional<std::string_view> value, std::span<const Header> headers) {
    OutgoingRecord record(topic_.get(), key, value, headers);
    while (ErrorHandle error = record.queue(client_.get())) {
        if (rd_kafka_error_code(error.get()) != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            raise("write to topic " + topic_name_, error.release());
        }
        rd_kafka_poll(client_.get(), pause_when_full_ms);
    }
}

void Producer::flush(std::chrono::milliseconds patience) {
    const auto error = rd_kafka_flush(client_.get(), static_cast<int>(patience.count()));
    const auto failure = std::exchange(first_failure_, RD_KAFKA_RESP_ERR_NO_ERROR);
    if (failure != RD_KAFKA_RESP_ERR_NO_ERROR) {
        raise("write to topic " + topic_name_, failure, "");
    }
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        raise("write to topic " + topic_name_, error, "");
    }
}

}  // namespace entstream::kafka
