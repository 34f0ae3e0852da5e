#include "common/kafka/transactional_producer.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>
#include <thread>

#include "common/kafka/client.hpp"
#include "common/kafka/metadata.hpp"
#include "common/kafka/outgoing_record.hpp"

namespace entstream::kafka {

namespace {

// librdkafka counts its batch's and record's own fields too.
constexpr std::size_t room_around_record = 20000;

// librdkafka's word for "what is left of transaction.timeout.ms".
constexpr int remaining_transaction_time = -1;

constexpr std::chrono::milliseconds patience_before_abort{5000};

// librdkafka's commit looks every 10 ms whether all is delivered; we look this often, for as long as a healthy broker
// may take, before we leave it to the commit.
constexpr std::chrono::milliseconds delivery_look{1};
constexpr std::chrono::milliseconds delivery_patience{1000};

// A broker ends a transaction some moments after it has answered the commit. A record that comes before is refused, and
// librdkafka tries it again 20 ms later.
constexpr std::chrono::milliseconds pause_after_commit{3};

// How long a full queue is waited for before it is tried again.
constexpr std::chrono::milliseconds pause_when_full{10};

std::map<std::string, std::string> settings(const std::string& transactional_id) {
    return {
        {"transactional.id", transactional_id},
        {"transaction.timeout.ms", std::to_string(TransactionalProducer::transaction_timeout.count())},
        {"message.max.bytes", std::to_string(TransactionalProducer::max_record_bytes + room_around_record)},
        // Large transactions travel in full batches; a commit flushes without lingering.
        {"linger.ms", "5"},
        // Costs less processor time than it saves, at a tenth of the bytes.
        {"compression.codec", "lz4"},
        {"queue.buffering.max.kbytes", "65536"},
        {"queue.buffering.max.messages", "200000"},
        {"delivery.report.only.error", "true"},
    };
}

}  // namespace

TransactionalProducer::TransactionalProducer(const KafkaConfig& config, std::string transactional_id,
                                             const std::vector<std::string>& topics)
    : id_(std::move(transactional_id)) {
    ConfHandle conf = make_conf(config, settings(id_));
    rd_kafka_conf_set_opaque(conf.get(), this);
    rd_kafka_conf_set_dr_msg_cb(conf.get(), &on_delivery_failure);
    client_ = make_client(RD_KAFKA_PRODUCER, std::move(conf));
    for (const std::string& topic : topics) {
        topics_.emplace_back(topic, rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr));
    }
}

void TransactionalProducer::on_delivery_failure(rd_kafka_t* /*client*/, const rd_kafka_message_t* message, void* self) {
    auto& first = static_cast<TransactionalProducer*>(self)->first_failure_;
    const bool purged_by_us =
        message->err == RD_KAFKA_RESP_ERR__PURGE_QUEUE || message->err == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
    if (first.empty() && !purged_by_us) {
        const std::string key(static_cast<const char*>(message->key), message->key_len);
        first = std::string("record ") + key + " of topic " + rd_kafka_topic_name(message->rkt) + ": " +
                rd_kafka_err2str(message->err);
    }
}

void TransactionalProducer::init(std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (const auto& [name, topic] : topics_) {
        const auto left = deadline - std::chrono::steady_clock::now();
        fetch_topic(client_.get(), topic.get(), std::chrono::duration_cast<std::chrono::milliseconds>(left));
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (auto* error = rd_kafka_init_transactions(client_.get(), std::max(1, static_cast<int>(left.count())))) {
        raise("take over the transactional id " + id_, error);
    }
}

void TransactionalProducer::rest() const {
    std::this_thread::sleep_until(committed_ + pause_after_commit);
}

void TransactionalProducer::begin() {
    rest();
    if (auto* error = rd_kafka_begin_transaction(client_.get())) {
        fail("begin a transaction of " + id_, error);
    }
    in_transaction_ = true;
    first_failure_.clear();
}

rd_kafka_topic_t* TransactionalProducer::find_topic(const std::string& topic) const {
    for (const auto& [name, handle] : topics_) {
        if (name == topic) {
            return handle.get();
        }
    }
    throw std::invalid_argument("topic " + topic + " was not named when the producer was made");
}

void TransactionalProducer::produce(const std::string& topic, std::string_view key,
                                    std::optional<std::string_view> value, std::span<const Header> headers) {
    OutgoingRecord record(find_topic(topic), key, value, headers);
    if (record.size() > max_record_bytes) {
        raise("write record " + std::string(key) + " to topic " + topic, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
              std::to_string(record.size()) + " bytes, at most " + std::to_string(max_record_bytes));
    }
    while (ErrorHandle error = record.queue(client_.get())) {
        const auto code = rd_kafka_error_code(error.get());
        if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            rd_kafka_poll(client_.get(), static_cast<int>(pause_when_full.count()));
            continue;
        }
        if (code == RD_KAFKA_RESP_ERR__STATE || code == RD_KAFKA_RESP_ERR__FATAL) {
            // An earlier record spoilt the transaction; only a commit says how.
            commit();
        }
        raise("write record " + std::string(key) + " to topic " + topic, error.release());
    }
}

void TransactionalProducer::wait_for_delivery() {
    const auto give_up = std::chrono::steady_clock::now() + delivery_patience;
    while (rd_kafka_outq_len(client_.get()) > 0 && std::chrono::steady_clock::now() < give_up) {
        rd_kafka_flush(client_.get(), static_cast<int>(delivery_look.count()));
    }
}

void TransactionalProducer::commit() {
    wait_for_delivery();
    if (auto* error = rd_kafka_commit_transaction(client_.get(), remaining_transaction_time)) {
        fail("commit a transaction of " + id_, error);
    }
    in_transaction_ = false;
    committed_ = std::chrono::steady_clock::now();
}

void TransactionalProducer::abort() {
    // librdkafka 2.0.2 may ask for the end of a transaction that the broker has not heard of yet (its answer to
    // AddPartitionsToTxn was "former transaction still ending"), which the broker refuses and the client then takes for
    // fatal. Delivered records are proof that the broker knows.
    rd_kafka_flush(client_.get(), static_cast<int>(patience_before_abort.count()));
    abort_now();
}

void TransactionalProducer::abort_now() {
    if (auto* error = rd_kafka_abort_transaction(client_.get(), remaining_transaction_time)) {
        fail("abort a transaction of " + id_, error);
    }
    in_transaction_ = false;
}

std::optional<std::int64_t> TransactionalProducer::end_offset(const std::string& topic,
                                                              std::chrono::milliseconds patience) const {
    std::int64_t first = 0;
    std::int64_t end = 0;
    const auto error = rd_kafka_query_watermark_offsets(client_.get(), topic.c_str(), 0, &first, &end,
                                                        static_cast<int>(patience.count()));
    return error == RD_KAFKA_RESP_ERR_NO_ERROR ? std::optional(end) : std::nullopt;
}

void TransactionalProducer::fail(const std::string& doing, rd_kafka_error_t* error) {
    const ErrorHandle owner(error);
    std::string reason = rd_kafka_error_string(error);
    if (!first_failure_.empty()) {
        reason += "; first " + first_failure_;
    }
    std::array<char, 512> fatal_reason{};
    auto fatal_code = rd_kafka_fatal_error(client_.get(), fatal_reason.data(), fatal_reason.size());
    if (fatal_code == RD_KAFKA_RESP_ERR_NO_ERROR && rd_kafka_error_txn_requires_abort(error) != 0) {
        abort_now();
        raise(doing, rd_kafka_error_code(error), reason, {.requires_abort = true});
    }
    if (fatal_code == RD_KAFKA_RESP_ERR_NO_ERROR && rd_kafka_error_is_retriable(error) != 0) {
        raise(doing, rd_kafka_error_code(error), reason, {.retriable = true});
    }
    in_transaction_ = false;
    if (fatal_code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        // rdkafka.h: an error without any of the three flags is to be treated as fatal.
        fatal_code = rd_kafka_error_code(error);
    } else {
        reason = fatal_reason.data();
    }
    raise(doing, fatal_code, reason, {.fatal = true});
}

}  // namespace entstream::kafka
