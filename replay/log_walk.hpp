#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/kafka/kafka_config.hpp"
#include "common/kafka/log_reader.hpp"
#include "consumer/delta.hpp"
#include "consumer/read/decode.hpp"

namespace entstream::replay {

/// Finds records of a log by their offsets. Asked in ascending order, it reads the log once, and holds one record.
///
/// Not thread-safe.
class LogWalk {
  public:
    LogWalk(const kafka::KafkaConfig& config, std::string topic) : config_(config), topic_(std::move(topic)) {}

    /// \returns nullptr: it is not on the log any more, or no record of an entry; valid until the next call
    /// \throws kafka::Error
    const consumer::read::DecodedRecord* at(consumer::Offset offset);

  private:
    /// Puts the first record at this offset or behind it into record_; nullopt: there is none.
    void go_to(consumer::Offset offset);

    const kafka::KafkaConfig& config_;
    std::string topic_;
    std::unique_ptr<kafka::LogReader> reader_;  ///< null: none was opened, or the log has nothing to read
    consumer::Offset from_ = 0;                 ///< records before it were passed
    std::optional<kafka::Record> record_;       ///< the first one at or behind from_
    consumer::Offset decoded_offset_ = -1;
    bool is_entry_ = false;
    consumer::read::DecodedRecord decoded_;
};

}  // namespace entstream::replay
