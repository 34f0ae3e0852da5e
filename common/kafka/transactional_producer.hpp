#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/kafka/error.hpp"
#include "common/kafka/handles.hpp"
#include "common/kafka/kafka_config.hpp"
#include "common/kafka/record.hpp"

namespace entstream::kafka {

/// Writes records to partition 0 of a fixed list of topics, in Kafka transactions: readers see all records of a
/// transaction in order, or none. One instance per transactional id lives in the world: init() fences every other one.
///
/// Life: construct, init(), then begin() – produce()… – commit() or abort(), again and again. After Fenced or
/// FatalError only the destructor is left. At start init() comes first and reading the topics back (read_to_end)
/// second, because only init() settles the former owner's last transaction.
///
/// Not thread-safe: one thread at a time. Delivery happens in librdkafka's own threads.
class TransactionalProducer {
  public:
    /// A transaction must end within this time, else the broker aborts it and fences us.
    static constexpr std::chrono::milliseconds transaction_timeout{30000};
    /// The most that key, value and headers of one record may take together. Topics must allow it (TopicAdmin).
    static constexpr std::size_t max_record_bytes = 1000000;

    /// \param transactional_id  fixed per source, e.g. "entstream-producer.rennes"; never random
    /// \param topics            all topics that will be written; init() fetches their metadata, because the first
    ///                          record to a topic without metadata waits up to a second in librdkafka 2.0.2
    /// \throws config::ConfigError  librdkafka refuses a property of the configuration
    TransactionalProducer(const KafkaConfig& config, std::string transactional_id,
                          const std::vector<std::string>& topics);
    /// An open transaction is left to the broker: the next init() of this id, or its timeout, aborts it.
    ~TransactionalProducer() = default;
    TransactionalProducer(const TransactionalProducer&) = delete;
    TransactionalProducer& operator=(const TransactionalProducer&) = delete;

    /// Connects, fetches metadata of the topics, aborts what a former owner left open and fences it. May be called
    /// again after a transient Error.
    /// \throws TopicMissing  one of the topics does not exist
    /// \throws Error         transient: brokers do not answer within `patience`; permanent: no right to
    void init(std::chrono::milliseconds patience = std::chrono::seconds(15));

    /// Waits until the brokers are done with the last transaction, some moments after its commit: begin() would wait
    /// too, but who waits before he looks for records has those that came meanwhile in the same transaction.
    void rest() const;
    /// \pre init() succeeded and no transaction is open
    void begin();

    /// Queues one record of the open transaction; key, value and headers are copied. A full queue makes the call wait
    /// for delivery.
    /// \param topic  one of those given at construction
    /// \param value  nullopt writes a tombstone
    /// \throws TransactionAborted, Fenced, FatalError  as commit()
    /// \throws Error  code MSG_SIZE_TOO_LARGE, permanent: larger than max_record_bytes; not queued, the transaction is
    ///                still open
    void produce(const std::string& topic, std::string_view key, std::optional<std::string_view> value,
                 std::span<const Header> headers = {});

    /// Waits until every record is stored by the brokers, then makes the transaction visible.
    /// \throws TransactionAborted  nothing became visible and no transaction is open any more: repeat the work
    /// \throws Fenced, FatalError  this instance is finished; the topics tell whether the transaction is in
    /// \throws Error  retriable: no answer within transaction_timeout (brokers away). The commit is still under way:
    ///                call commit() again and nothing else, or leave (the next owner's init() settles it)
    void commit();

    /// Gives the open transaction up; its records will never be seen.
    /// \throws Fenced, FatalError, Error  as commit()
    void abort();

    /// Offset after the last record of a topic, asked of its broker. \param topic  one of those given at construction
    /// \returns nullopt: no answer within `patience`
    [[nodiscard]] std::optional<std::int64_t> end_offset(const std::string& topic,
                                                         std::chrono::milliseconds patience) const;

    [[nodiscard]] bool in_transaction() const { return in_transaction_; }

  private:
    static void on_delivery_failure(rd_kafka_t* client, const rd_kafka_message_t* message, void* self);

    [[nodiscard]] rd_kafka_topic_t* find_topic(const std::string& topic) const;
    void wait_for_delivery();
    void abort_now();
    [[noreturn]] void fail(const std::string& doing, rd_kafka_error_t* error);

    std::string id_;
    std::string first_failure_;  ///< of a delivery; written by the callback, which runs inside our own calls
    bool in_transaction_ = false;
    std::chrono::steady_clock::time_point committed_;  ///< the last time
    ClientHandle client_;
    std::vector<std::pair<std::string, TopicHandle>> topics_;  ///< destroyed before the client
};

}  // namespace entstream::kafka
