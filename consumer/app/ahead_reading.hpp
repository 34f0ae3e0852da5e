#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "common/kafka/kafka_config.hpp"
#include "common/kafka/log_reader.hpp"
#include "common/kafka/record.hpp"
#include "common/model/topics.hpp"
#include "consumer/delta.hpp"
#include "consumer/read/look_ahead.hpp"

namespace entstream::consumer::app {

/// Reads a log once to the end that it has now, before any of it is applied, so that it is known what it says later
/// (read::LookAhead). What is read first is kept for whoever applies it: a short log is read once only. Of a longer one
/// the rest is read by a reader of its own, which is given up at the end; but not where the producer says on the state
/// topic that there is nothing to be found (v1::SourceState::last_revision).
///
/// Not thread-safe.
class AheadReading {
  public:
    AheadReading(kafka::KafkaConfig config, const std::string& source);

    /// Begins, or begins anew.
    /// \param from           the next record that a reader of the log gives
    /// \param end            where the log ends
    /// \param last_sequence  of the last record before `from`
    void begin(Offset from, Offset end, std::uint64_t last_sequence);
    /// Gives up, with all that is kept and known.
    void stop();

    /// It has begun, and is not at its end.
    [[nodiscard]] bool goes_on() const { return goes_on_; }
    /// Reads what is there, for a moment. \param reader  whose next record is the one behind what is kept
    /// \throws kafka::TopicMissing, kafka::OffsetOutOfRange, kafka::Error (permanent)  as the reader
    void go_on(kafka::LogReader& reader);

    /// The records that were kept, in order; nullopt: there are no more, the reader has the next one. \pre !goes_on()
    std::optional<kafka::Record> take_kept();
    [[nodiscard]] std::size_t kept() const { return kept_.size(); }

    /// Lives as long as this.
    [[nodiscard]] const read::LookAhead& known() const { return known_; }
    /// All records before this offset are applied: what is known about them only is forgotten.
    void applied(Offset next_offset);

  private:
    using Clock = std::chrono::steady_clock;

    /// Whether the producer says that no record from the beginning on says more of what was there before.
    [[nodiscard]] bool each_key_is_new() const;
    /// \returns false: not yet
    bool open_own();
    void look_at(const kafka::Record& record);
    void finish();

    kafka::KafkaConfig config_;
    std::string source_;
    Topics topics_;
    read::LookAhead known_;
    std::deque<kafka::Record> kept_;
    std::size_t kept_bytes_ = 0;
    std::unique_ptr<kafka::LogReader> own_;  ///< once no more is kept
    bool goes_on_ = false;
    Offset next_ = 0;  ///< behind the last record that was looked at
    Offset end_ = 0;
    std::uint64_t last_sequence_ = 0;
    bool asked_ = false;  ///< the producer's word on it was looked up
    Clock::time_point begun_{};
    Clock::time_point next_open_{};
};

}  // namespace entstream::consumer::app
