#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "common/kafka/record.hpp"
#include "consumer/delta.hpp"

namespace entstream::consumer::read {

/// What the consumer looks at in a record of the changes topic. Views: the record lives longer.
struct LogRecord {
    std::string_view key;
    std::optional<std::string_view> value;  ///< nullopt: tombstone
    Offset offset{};
    std::optional<std::string_view> log_id;  ///< header entstream-log-id
    std::optional<std::chrono::system_clock::time_point> published_at{};
    std::optional<std::string_view> type{};  ///< header ce_type

    static LogRecord of(const kafka::Record& record);
};

}  // namespace entstream::consumer::read
