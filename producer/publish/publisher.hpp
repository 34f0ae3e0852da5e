#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "common/kafka/cloud_events.hpp"
#include "entstream/v1/change.pb.h"
#include "entstream/v1/state.pb.h"
#include "producer/metrics/source_metrics.hpp"
#include "producer/publish/log_writer.hpp"

namespace entstream::producer::publish {

/// Format of the log that this program writes, and reads back: LogIdentity.format_version.
inline constexpr std::uint32_t log_format_version = 1;

/// Writes the records of one source: gives each its sequence and headers, opens a transaction with the first record and
/// closes it with what the state topic must say. Not thread-safe.
class Publisher {
  public:
    /// \param log_id         of meta/log
    /// \param last_sequence  the highest on the log; 0 for a new log
    /// \param last_revision  v1::SourceState::last_revision
    Publisher(LogWriter& log, const std::string& source, std::string log_id, std::uint64_t last_sequence,
              std::uint64_t last_revision);

    /// What is in the open transaction is lost.
    ~Publisher();
    Publisher(const Publisher&) = delete;
    Publisher& operator=(const Publisher&) = delete;

    /// Tells of everything that it publishes from now on. \param metrics  outlives this object
    void report_to(SourceMetrics& metrics) { metrics_ = &metrics; }

    /// Publishes a change of an entry or member; sets its sequence and time of observation.
    void change(const std::string& key, v1::Change& change);
    /// Lets compaction drop a key; says nothing to consumers.
    void tombstone(const std::string& key);

    /// meta/log, the first record of a new log.
    void log_identity();
    /// meta/source.
    void source_description(v1::SourceDescription description);
    /// meta/heartbeat.
    void heartbeat(const std::optional<std::chrono::system_clock::time_point>& watermark);

    /// meta/purge.
    void purge_mark(std::uint64_t highest_purged_offset);

    /// Keys of the state topic: search/<name>, holders/<key of the entry>. nullptr drops the key.
    void state(const std::string& key, const google::protobuf::MessageLite* value);

    /// Closes the open transaction; nothing happens when there is none.
    /// \throws kafka::Error as LogWriter::commit
    void commit();

    /// Records and octets of the open transaction.
    [[nodiscard]] std::size_t records() const { return records_; }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    /// How long the open transaction has been open; zero when there is none.
    [[nodiscard]] std::chrono::steady_clock::duration age() const;
    [[nodiscard]] const std::string& log_id() const { return source_state_.log_id(); }

    /// What change() has written since the start, in this process.
    struct Written {
        std::uint64_t changes = 0;
        std::uint64_t removals = 0;  ///< among them
    };
    [[nodiscard]] const Written& written() const { return written_; }

  private:
    std::uint64_t next_sequence();
    void write(Topic topic, const std::string& key, const google::protobuf::MessageLite* value,
               std::string_view event_type);

    LogWriter* log_;
    kafka::CloudEvents events_;
    v1::SourceState source_state_;
    std::string buffer_;
    std::chrono::steady_clock::time_point began_;
    std::size_t records_ = 0;
    std::size_t bytes_ = 0;
    bool source_moved_ = false;  ///< source_state_ is to be written with the transaction
    Written written_;
    SourceMetrics* metrics_ = nullptr;
};

/// For protobuf: seconds and nanoseconds.
google::protobuf::Timestamp to_timestamp(std::chrono::system_clock::time_point time);

}  // namespace entstream::producer::publish
