#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <optional>
#include <string>

#include "common/kafka/error.hpp"
#include "common/kafka/handles.hpp"
#include "common/kafka/kafka_config.hpp"
#include "common/kafka/record.hpp"
#include "common/runtime/file_descriptor.hpp"

namespace entstream::kafka {

/// First offset that is still on a log, and the last stable offset: where readers of committed records find its end.
struct LogBounds {
    std::int64_t first{};
    std::int64_t end{};
};

struct LogReaderOptions {
    std::string group;                      ///< for hint_position(); empty: no hints
    std::size_t queue_bytes = 64UL << 20U;  ///< records fetched ahead
    /// How long the broker keeps a request open when there is no news; other questions on the connection wait so long.
    std::chrono::milliseconds longest_fetch{500};
    std::chrono::milliseconds patience{10000};  ///< for the questions asked at construction
};

/// Reads partition 0 of one topic from a given offset, committed transactions only, in order. Joins no consumer group:
/// where to read is the caller's knowledge. A hole in the log is an error, never a jump.
///
/// Not thread-safe. Memory is bounded: librdkafka stops fetching beyond `queue_bytes`.
class LogReader {
  public:
    /// \param offset  of the first record to read; 0: the first record that the log has
    /// \throws TopicMissing         no such topic (yet)
    /// \throws OffsetOutOfRange     the log was truncated or recreated: offset lies before its first or behind its end
    /// \throws Error                transient: no broker answers within `patience`; permanent: no right to read
    /// \throws config::ConfigError  librdkafka refuses a property of the configuration
    LogReader(const KafkaConfig& config, std::string topic, std::int64_t offset, const LogReaderOptions& options = {});
    ~LogReader();
    LogReader(const LogReader&) = delete;
    LogReader& operator=(const LogReader&) = delete;

    /// The next record, waiting up to `timeout` (0: only what was fetched already). nullopt when there is none; does
    /// not wait on when the end is reached meanwhile (at_end()).
    ///
    /// Outages of brokers are not errors: librdkafka logs them and reconnects by itself.
    /// \throws TopicMissing      the topic was deleted: make another reader
    /// \throws OffsetOutOfRange  the log was truncated or recreated
    /// \throws Error             permanent (rights withdrawn, bytes that are no record)
    std::optional<Record> poll(std::chrono::milliseconds timeout);

    /// Offset of the next record to read: behind the last one returned, and behind control records that follow it.
    [[nodiscard]] std::int64_t position() const;

    /// True when every committed record was returned, until poll() returns another one.
    [[nodiscard]] bool at_end() const { return at_end_; }

    /// Asks the leader. \throws Error transient: no answer in time
    [[nodiscard]] LogBounds bounds(std::chrono::milliseconds patience = std::chrono::seconds(10)) const;

    /// Where the log ended when the leader said so last, without asking it; nullopt: it has not yet.
    [[nodiscard]] std::optional<std::int64_t> known_end() const;

    /// How many records (and notices) are fetched and were not taken yet.
    [[nodiscard]] std::size_t waiting() const { return rd_kafka_queue_length(queue_.get()); }

    /// What hint_position() of this group told Kafka last; nullopt: nothing, or no answer in time.
    [[nodiscard]] std::optional<std::int64_t> hinted_position(std::chrono::milliseconds patience) const;

    /// Asks whether the topic is still there: a reader that waits for news is not told when it is deleted (librdkafka
    /// 2.0.2). \throws TopicMissing it was deleted; Error transient: no answer in time
    void check_topic(std::chrono::milliseconds patience) const;

    /// librdkafka 2.0.2 takes up to a second to notice that its queue is full no longer; this makes it look at once.
    /// Waits for the broker's answer, up to `longest_fetch`.
    void wake_fetcher() const;

    /// Becomes readable, for poll(2), when news arrived after poll() last returned nullopt: wait on it only then.
    [[nodiscard]] int event_fd() const { return event_.get(); }

    /// Tells Kafka how far we are, in the background: a hint for lag tools, whose loss does no harm.
    void hint_position(std::int64_t next_offset);

    [[nodiscard]] const std::string& topic() const { return topic_; }

  private:
    MessageHandle next_message(std::chrono::milliseconds timeout);
    void wake_fetcher_when_due(const rd_kafka_message_t& taken);
    /// nullopt for what is no record: the end, a passing outage.
    std::optional<Record> take(MessageHandle message);

    std::string topic_;
    bool has_group_;
    std::int64_t start_;
    std::size_t queue_bytes_;
    std::size_t taken_bytes_ = 0;  ///< since the fetcher was woken
    bool at_end_ = false;
    runtime::FileDescriptor event_;  ///< outlives the client, which writes to it
    ConsumerHandle client_;
    QueueHandle queue_;
    std::future<void> question_;  ///< of wake_fetcher(), which nobody waits for; its end does
};

/// Looks for the newest committed record of a topic that is meant, from the end backwards: stretch before stretch, each
/// longer than the last, until one has it.
/// \param is_meant  gets the records of a stretch in order; the last one that it says true to is the newest
/// \returns whether there is one
/// \throws as read_to_end()
bool find_newest(const KafkaConfig& config, const std::string& topic,
                 const std::function<bool(const Record&)>& is_meant,
                 std::chrono::milliseconds patience = std::chrono::seconds(30));

/// Reads all committed records of a topic, from its first offset to the end as it stood when the call began, also when
/// only control records or aborted ones lie before that end.
/// \param keep_on   asked before each record; false ends the reading early (a stop signal)
/// \param patience  how long nothing may come before it is an error
/// \returns the offset at which reading stopped: the end, or where keep_on said no
/// \throws as LogReader; Error transient: nothing came for `patience`
std::int64_t read_to_end(
    const KafkaConfig& config, const std::string& topic, const std::function<void(const Record&)>& use,
    const std::function<bool()>& keep_on = [] { return true; },
    std::chrono::milliseconds patience = std::chrono::seconds(30));

}  // namespace entstream::kafka
