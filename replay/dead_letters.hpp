#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/runtime/stop_signal.hpp"
#include "consumer/consumer_config.hpp"
#include "consumer/delta.hpp"

namespace entstream::replay {

/// What became of a record that is a dead letter.
enum class LetterState {
    waits,    ///< it is still not applied, or not in full
    settled,  ///< the database has taken it, the directory has mended it, or a newer record says more
    done,     ///< an operator has retried or dropped it
};
std::string to_text(LetterState state);

/// One record of the dead-letter topic (docs/log_format.md). Has personal data.
struct Letter {
    std::int64_t offset{};  ///< its own, which names it
    std::chrono::system_clock::time_point time;
    std::string topic;  ///< where the record stands that it is about
    std::string source;
    consumer::Offset record_offset{};
    std::string log_id;
    std::string key;
    std::optional<std::string> value;
    std::string stage;
    std::string reason;
    LetterState state{};
};

/// The letters of a target, the oldest first; of those that say the same of the same record, the last one.
/// \throws kafka::Error; as merge::Overview
std::vector<Letter> read_letters(const consumer::ConsumerConfig& config, const runtime::StopSignal& stop);

/// Notes on the topic that these are done with. The letters themselves stay until the topic forgets them.
/// \throws kafka::Error
void mark_done(const consumer::ConsumerConfig& config, const std::vector<const Letter*>& letters);

}  // namespace entstream::replay
