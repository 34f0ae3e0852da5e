#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/kafka/log_reader.hpp"
#include "common/runtime/backoff.hpp"
#include "consumer/app/ahead_reading.hpp"
#include "consumer/consumer_config.hpp"
#include "consumer/read/batch_builder.hpp"
#include "consumer/read/batch_size.hpp"
#include "consumer/read/dead_letters.hpp"

namespace entstream::consumer::app {

/// The log of one source as a series of batches, each beginning where the former one ended. Waits for a topic that does
/// not exist yet, and for brokers that do not answer.
///
/// Not thread-safe; but prepare() may run on another thread while the batch that collect() gave is applied, if nothing
/// else is called until it has returned.
class SourceFeed {
  public:
    using Clock = std::chrono::steady_clock;

    /// \param mapper, dead_letters  must live longer
    /// \param start                 what the target has stored
    SourceFeed(const ConsumerConfig& config, const std::string& source, const map::Mapper& mapper,
               read::DeadLetters& dead_letters, const read::StartPosition& start);

    /// What has arrived, without waiting; nullopt: nothing. Records that cannot be decoded or mapped go to the dead
    /// letters, which the caller flushes before it applies the batch.
    /// \throws read::LogRefused, read::MappingRefused, kafka::TopicRefused, kafka::Error  what stops the program
    std::optional<Batch> collect(const read::BatchSize& size);

    /// Nothing comes yet, because the log is read ahead (StartPosition::looks_ahead): collect() is to be called again
    /// at once.
    [[nodiscard]] bool looks_ahead() const { return ahead_.goes_on(); }

    /// More was there than the last batch could take: prepare() is worth while.
    [[nodiscard]] bool more_waits() const { return more_waits_; }

    /// Reads, decodes and maps what has arrived, for the next collect(), which adds what came since. Never more than
    /// one batch. What goes wrong is thrown by that collect().
    void prepare(const read::BatchSize& size) noexcept;

    /// Everything that was committed to the log when reading began has been collected.
    [[nodiscard]] bool at_end() const;

    /// For poll(2), after collect() returned nullopt; -1 while there is no log.
    [[nodiscard]] int event_fd() const { return reader_ ? reader_->event_fd() : -1; }

    /// Tells lag tools where we are, at most once a second.
    void hint();

    /// For lag tools: behind the last record that was collected and, at the end, behind the marks of transactions that
    /// follow it.
    [[nodiscard]] std::int64_t position() const { return at_end() ? reader_->position() : collected_; }
    /// Where the log ends, as far as is known.
    [[nodiscard]] std::int64_t end() const;
    /// The same by what Kafka said alone; also while prepare() runs on another thread.
    [[nodiscard]] std::int64_t known_end() const;
    /// Records that were fetched and wait.
    [[nodiscard]] std::size_t waiting() const {
        return builder_.records() + ahead_.kept() + (reader_ ? reader_->waiting() : 0);
    }
    /// Why nothing can be read for now; empty: it can.
    [[nodiscard]] const std::string& absence() const { return absence_; }
    /// The first offset that was not applied yet when the target had come further than it stands now: it was restored
    /// from a backup. Once.
    [[nodiscard]] std::optional<std::int64_t> take_setback() { return std::exchange(setback_, std::nullopt); }

    /// Behind the last record that was collected, and where the log ended when reading began.
    [[nodiscard]] std::int64_t offset() const { return collected_; }
    [[nodiscard]] std::int64_t end_at_open() const { return end_at_open_; }
    /// How many records were read so far.
    [[nodiscard]] std::int64_t records() const { return records_; }
    [[nodiscard]] const std::string& source() const { return source_; }
    [[nodiscard]] const std::string& topic() const { return topic_; }

  private:
    /// \returns whether there is a log to read
    bool open();
    /// Whether what the source says of itself on the log as it stands now has what the mapping needs.
    [[nodiscard]] bool newest_description_fits() const;
    tl::expected<read::BatchBuilder::Added, read::Rejection> build(const read::LogRecord& record);
    /// \returns false: the record waits for the batch to be taken
    bool add(kafka::Record& record);
    std::optional<kafka::Record> next_record();
    void read_what_arrived(const read::BatchSize& size);
    /// A record that goes to the dead letters with the batch it was read for.
    struct Letter {
        kafka::Record record;
        read::Rejection rejection;
    };
    void hand_over_letters();
    /// What Kafka was told by whoever served this target before, right after the log was opened.
    void look_at_hints();
    /// Whether the record is one that was applied before, as Kafka was told then. \param offset  of the first record
    void look_for_setback(std::int64_t offset);
    /// While nothing comes, and at once when all brokers are lost: whether there is still a topic that something could
    /// come from.
    void check_topic_when_due();

    kafka::KafkaConfig kafka_;
    std::string group_;
    std::string source_;
    std::string topic_;
    const map::Mapper* mapper_;
    read::DeadLetters& dead_letters_;
    bool looks_ahead_;
    std::uint64_t last_sequence_;  ///< of the last record before the start
    AheadReading ahead_;
    read::BatchBuilder builder_;
    std::int64_t next_offset_;  ///< behind the last record read
    std::int64_t collected_;    ///< behind the last record that collect() gave
    std::int64_t end_at_open_ = 0;
    std::int64_t records_ = 0;
    std::int64_t hinted_;  ///< what lag tools were told last
    std::optional<kafka::LogReader> reader_;
    std::optional<kafka::Record> held_;  ///< must come first in the next batch
    std::vector<Letter> letters_;        ///< of the records that were read since the last collect()
    bool more_waits_ = false;
    std::exception_ptr failure_;  ///< of prepare(), for collect()
    runtime::Backoff backoff_;
    Clock::time_point next_open_{};
    std::string absence_;                        ///< why nothing can be read, as logged
    std::optional<std::int64_t> hinted_before_;  ///< by whoever served this target before; until a record was read
    std::optional<std::int64_t> setback_;
    Clock::time_point last_hint_{};
    Clock::time_point last_topic_check_{};
    Clock::time_point next_topic_check_{};
};

}  // namespace entstream::consumer::app
