#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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
/// FatalError only the destructor is left. Order at start (anchors of the design): init() first, then read the topics
/// back (read_to_end), because only init() settles a former owner's last transaction.
///
/// Not thread-safe: one thread at a time. Delivery happens in librdkafka's own threads.
class TransactionalProducer {
  public:
    /// \param transactional_id  fixed per source, e.g. "entstream-producer.rennes"; never random
    /// \param topics            all topics that will be written; their metadata is fetched by init(), because the first
    ///                          record to a topic without metadata waits up to a second in librdkafka 2.0.2
    /// \throws Error  a property of the configuration is unknown or refused
    TransactionalProducer(const KafkaConfig& config, const std::string& transactional_id,
                          std::vector<std::string> topics);
    /// An open transaction is left to the broker, which aborts it at the next init() of this id.
    ~TransactionalProducer();
    TransactionalProducer(const TransactionalProducer&) = delete;
    TransactionalProducer& operator=(const TransactionalProducer&) = delete;

    /// Connects, fetches metadata of the topics, aborts what a former owner left open and fences it. May be called
    /// again after a transient Error.
    /// \throws Error         transient: not reachable within `patience`
    /// \throws TopicMissing  one of the topics does not exist
    void init(std::chrono::milliseconds patience = std::chrono::seconds(15));

    /// \pre init() succeeded and no transaction is open
    void begin();

    /// Queues one record of the open transaction; key, value and headers are copied. A full queue makes the call wait
    /// for delivery.
    /// \param value  nullopt writes a tombstone
    /// \throws TransactionAborted, Fenced, FatalError  as commit()
    /// \throws Error  code MSG_SIZE_TOO_LARGE, permanent: larger than max_record_bytes(); not queued, the transaction
    /// is
    ///                still open
    void produce(const std::string& topic, std::string_view key, std::optional<std::string_view> value,
                 std::span<const Header> headers = {});

    /// Waits until every record is stored by the brokers, then makes the transaction visible.
    /// \throws TransactionAborted  nothing became visible, no transaction is open any more: repeat the work
    /// \throws Fenced, FatalError  this instance is finished; whether the transaction was committed is for the topics
    /// to
    ///                             say
    /// \throws Error  retriable: no answer within `patience` (broker away). The transaction is still being committed:
    ///                call commit() again, nothing else
    void commit(std::chrono::milliseconds patience = std::chrono::seconds(20));

    /// Gives the open transaction up; its records will never be seen.
    /// \throws as commit(), without TransactionAborted
    void abort(std::chrono::milliseconds patience = std::chrono::seconds(20));

    [[nodiscard]] bool in_transaction() const { return in_transaction_; }
    /// Records and bytes (keys and values) of the open transaction.
    [[nodiscard]] std::size_t transaction_records() const { return transaction_records_; }
    [[nodiscard]] std::size_t transaction_bytes() const { return transaction_bytes_; }
    /// The most that key, value and headers of one record may take together.
    [[nodiscard]] static std::size_t max_record_bytes();

  private:
    void fetch_metadata(std::chrono::milliseconds patience);
    void fail(const char* doing, rd_kafka_error_t* error);
    void end_transaction();

    std::string id_;
    std::vector<std::string> topics_;
    std::string first_failure_;  ///< of a delivery, for messages; written by callbacks inside our own calls
    bool in_transaction_ = false;
    std::size_t transaction_records_ = 0;
    std::size_t transaction_bytes_ = 0;
    ClientHandle client_;
};

}  // namespace entstream::kafka
