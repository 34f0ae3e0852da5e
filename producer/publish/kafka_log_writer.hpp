#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/kafka/kafka_config.hpp"
#include "common/kafka/transactional_producer.hpp"
#include "common/metrics/health.hpp"
#include "common/model/topics.hpp"
#include "entstream/v1/state.pb.h"
#include "producer/publish/log_writer.hpp"

namespace entstream::producer::publish {

/// Key of the state topic: who writes to the log.
inline constexpr std::string_view owner_key = "owner";

/// The LogWriter over Kafka. The transactional id is fixed per source: a second producer of the same source fences the
/// first.
class KafkaLogWriter : public LogWriter {
  public:
    /// \param keep_on  asked while brokers do not answer; false gives up
    /// \param health   is told while a commit waits for them; outlives this object
    KafkaLogWriter(const kafka::KafkaConfig& config, const std::string& source, const Topics& topics,
                   std::function<bool()> keep_on, metrics::Health& health);

    /// Takes the log over: settles the former owner's last transaction and fences it.
    /// \throws kafka::Error as TransactionalProducer::init
    void take_over() { producer_.init(); }
    /// Writes who has taken the log over, in a transaction of its own, before the log is read back.
    /// \throws kafka::Error as commit
    void sign(const v1::OwnerState& owner);

    /// See kafka::TransactionalProducer::rest.
    void rest() const { producer_.rest(); }
    void begin() override { producer_.begin(); }
    void write(Topic topic, std::string_view key, std::optional<std::string_view> value,
               std::span<const kafka::Header> headers) override;
    /// Brokers that are away are waited for: the transaction is on its way and nothing else can be done.
    void commit() override;
    /// Offset after the last record of the changes topic; nullopt: the broker does not say it soon.
    [[nodiscard]] std::optional<std::int64_t> end_of_changes() const;
    /// Gives the open transaction up, if there is one; for an orderly stop.
    void abort();

  private:
    Topics topics_;
    std::function<bool()> keep_on_;
    metrics::Health* health_;
    kafka::TransactionalProducer producer_;
};

}  // namespace entstream::producer::publish
