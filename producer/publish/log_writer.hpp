#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "common/kafka/record.hpp"

namespace entstream::producer::publish {

/// The topics that the producer writes.
enum class Topic : std::uint8_t { changes, state };

/// Where records go, in transactions: a reader sees all records of a transaction in their order, or none.
/// One thread at a time.
class LogWriter {
  public:
    LogWriter() = default;
    LogWriter(const LogWriter&) = delete;
    LogWriter& operator=(const LogWriter&) = delete;
    virtual ~LogWriter() = default;

    /// \pre no transaction is open
    virtual void begin() = 0;
    /// \param value  nullopt writes a tombstone
    /// \pre a transaction is open
    virtual void write(Topic topic, std::string_view key, std::optional<std::string_view> value,
                       std::span<const kafka::Header> headers) = 0;
    /// Returns when the transaction is visible.
    /// \throws kafka::Error: it never will be, or nobody knows; then everything in memory that followed from it is
    /// void.
    virtual void commit() = 0;
};

}  // namespace entstream::producer::publish
