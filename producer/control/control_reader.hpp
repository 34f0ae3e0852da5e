#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "common/kafka/kafka_config.hpp"
#include "common/kafka/log_reader.hpp"

namespace entstream::producer::control {

/// Reads the control topic beside everything else the producer does: what is wrong with it is logged and tried again,
/// and never ends the program. Not thread-safe.
class ControlReader {
  public:
    ControlReader(const kafka::KafkaConfig& config, std::string topic) : config_(&config), topic_(std::move(topic)) {}

    /// The next record that has arrived; does not wait for one.
    /// \param next_offset  where to read from, when the topic has to be opened
    std::optional<kafka::Record> next(std::int64_t next_offset);

    /// The topic was made anew since the last call: it must be read from its start. Says so once.
    [[nodiscard]] bool take_restarted() { return std::exchange(restarted_, false); }

  private:
    using Clock = std::chrono::steady_clock;

    void trouble(const std::string& words);
    void open(std::int64_t next_offset);
    /// Whether the topic is still the one that is read: a reader that waits for news is not told.
    void look_at_topic(std::int64_t next_offset);
    void make_topic();

    const kafka::KafkaConfig* config_;
    std::string topic_;
    std::optional<kafka::LogReader> reader_;
    Clock::time_point next_open_;
    Clock::time_point next_look_;
    bool restarted_ = false;
};

}  // namespace entstream::producer::control
