#include "producer/publish/kafka_log_writer.hpp"

#include <spdlog/spdlog.h>

#include <chrono>

#include "common/runtime/exit_code.hpp"

namespace entstream::producer::publish {

KafkaLogWriter::KafkaLogWriter(const kafka::KafkaConfig& config, const std::string& source, const Topics& topics,
                               std::function<bool()> keep_on, metrics::Health& health)
    : topics_(topics),
      keep_on_(std::move(keep_on)),
      health_(&health),
      producer_(config, config.topic_prefix + "-producer." + source, {topics.changes, topics.state}) {}

void KafkaLogWriter::write(Topic topic, std::string_view key, std::optional<std::string_view> value,
                           std::span<const kafka::Header> headers) {
    try {
        producer_.produce(topic == Topic::changes ? topics_.changes : topics_.state, key, value, headers);
    } catch (const kafka::Error& error) {
        if (error.code() != RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
            throw;
        }
        throw runtime::ProgramError(runtime::ExitCode::config,
                                    std::string(error.what()) + "; key " + std::string(key) +
                                        ": take what makes this entry so large (a photo, a certificate) out of the "
                                        "attributes of its search");
    }
}

void KafkaLogWriter::sign(const v1::OwnerState& owner) {
    begin();
    write(Topic::state, owner_key, owner.SerializeAsString(), {});
    commit();
}

void KafkaLogWriter::commit() {
    const auto wait = health_->wait_for(metrics::State::waiting_kafka, "brokers do not confirm a transaction");
    for (;;) {
        try {
            producer_.commit();
            return;
        } catch (const kafka::Error& error) {
            if (!error.retriable() || !keep_on_()) {
                throw;
            }
            spdlog::warn("{}", error.what());
        }
    }
}

std::optional<std::int64_t> KafkaLogWriter::end_of_changes() const {
    constexpr std::chrono::milliseconds patience{500};
    return producer_.end_offset(topics_.changes, patience);
}

void KafkaLogWriter::abort() {
    if (producer_.in_transaction()) {
        producer_.abort();
    }
}

}  // namespace entstream::producer::publish
