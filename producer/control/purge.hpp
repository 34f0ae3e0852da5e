#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "common/kafka/kafka_config.hpp"
#include "common/kafka/log_reader.hpp"
#include "common/model/uuid.hpp"

namespace entstream::producer::control {

/// Finds the deletions of the log that are to be taken out of it, by reading all of it, part by part. Not thread-safe.
class Purge {
  public:
    /// Which deletions: those of an entry, or those that were published before a moment.
    struct Choice {
        std::optional<Uuid> uuid;
        std::chrono::system_clock::time_point older_than;
    };

    /// \throws kafka::Error
    Purge(const kafka::KafkaConfig& config, const std::string& changes_topic, const Choice& choice);

    /// Reads some records, as far as they have arrived. \throws kafka::Error
    void read_some();
    /// Everything that is committed was read.
    [[nodiscard]] bool has_read_all() const;

    /// Offsets of the deletions, by key. A key whose last record is none is not among them.
    [[nodiscard]] const std::map<std::string, std::int64_t>& found() const { return found_; }
    [[nodiscard]] std::uint64_t records() const { return records_; }

  private:
    [[nodiscard]] bool is_wanted(const kafka::Record& record) const;

    kafka::LogReader reader_;
    Choice choice_;
    std::map<std::string, std::int64_t> found_;
    std::uint64_t records_ = 0;
};

}  // namespace entstream::producer::control
