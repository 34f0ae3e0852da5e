#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "common/kafka/error.hpp"
#include "common/kafka/handles.hpp"
#include "common/kafka/kafka_config.hpp"
#include "common/kafka/record.hpp"

namespace entstream::kafka {

/// First offset still on a log, and the last stable offset: where a reader of committed records reaches its end.
struct LogBounds {
    std::int64_t first{};
    std::int64_t end{};
};

/// Reads partition 0 of one topic from a given offset, committed transactions only, in order. Joins no consumer group:
/// where to read is the caller's knowledge. A hole (offset out of range) is an error, never a jump.
///
/// Not thread-safe. Memory is bounded by `queue_bytes`: librdkafka stops fetching beyond it.
class LogReader {
  public:
    struct Options {
        std::string group;                      ///< for hint_position(); empty: no hints
        std::size_t queue_bytes = 64UL << 20U;  ///< records fetched ahead
    };

    /// Reading starts at `offset` (0: the first record there is... of a log that was never truncated).
    /// Connects in the background: an unreachable broker shows in poll().
    /// \throws Error  a property of the configuration is unknown or refused
    LogReader(const KafkaConfig& config, std::string topic, std::int64_t offset, const Options& options);
    LogReader(const KafkaConfig& config, std::string topic, std::int64_t offset);
    /// Waits a moment for position hints under way, never for brokers that are gone.
    ~LogReader();
    LogReader(const LogReader&) = delete;
    LogReader& operator=(const LogReader&) = delete;

    /// The next record, waiting up to `timeout` (0: only what was fetched already). Returns nullopt at once when the
    /// end of the log is reached, see at_end(). \throws TopicMissing      no such topic (yet); poll() may be called
    /// again \throws OffsetOutOfRange  position not on the log: it was truncated or recreated \throws Error permanent
    /// (rights, a record that cannot be decoded); outages of brokers are not errors:
    ///                           librdkafka reconnects by itself and logs
    std::optional<Record> poll(std::chrono::milliseconds timeout);

    /// Offset of the next record to read: behind the last one returned, and behind control records after it.
    [[nodiscard]] std::int64_t position() const;

    /// True while every committed record was returned; false again when poll() returns another one.
    [[nodiscard]] bool at_end() const { return at_end_; }

    /// Asks the leader. \throws Error transient when it does not answer in time
    [[nodiscard]] LogBounds bounds(std::chrono::milliseconds timeout = std::chrono::seconds(10));

    /// Readable (poll(2)) when poll(0) may have news: records, the end, an error. Owned by the reader. Reading it empty
    /// is done by poll().
    [[nodiscard]] int event_fd() const { return event_fd_; }

    /// Tells Kafka how far we are, as a hint for lag tools only: sent in the background, failures ignored.
    void hint_position(std::int64_t next_offset);

    [[nodiscard]] const std::string& topic() const { return topic_; }

  private:
    std::optional<Record> take(MessageHandle message);
    void clear_event();

    std::string topic_;
    std::string group_;
    std::int64_t start_;
    bool at_end_ = false;
    int event_fd_ = -1;
    ClientHandle client_;
    QueueHandle queue_;
};

/// Reads all committed records of a topic, from its first offset to the end as it stood when the call began, also when
/// only control records or aborted ones lie before that end.
/// \param keep_on  asked between records; false ends the reading early (a stop signal)
/// \returns the offset at which reading stopped: the end, or wherever keep_on said no
/// \throws TopicMissing, Error as LogReader; transient Error when no broker answers for `patience`
std::int64_t read_to_end(
    const KafkaConfig& config, const std::string& topic, const std::function<void(const Record&)>& use,
    const std::function<bool()>& keep_on = [] { return true; },
    std::chrono::milliseconds patience = std::chrono::seconds(30));

}  // namespace entstream::kafka
