#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "common/kafka/handles.hpp"

namespace entstream::kafka {

/// A header of a record. Views only: the owner of the text lives longer.
struct Header {
    std::string_view name;
    std::string_view value;
};

/// One record read from a log. Owns librdkafka's message; the views live as long as the record. Movable.
class Record {
  public:
    /// \pre message is a record, not an event or error
    explicit Record(MessageHandle message) : message_(std::move(message)) {}

    [[nodiscard]] std::string_view key() const;
    /// nullopt for a tombstone.
    [[nodiscard]] std::optional<std::string_view> value() const;
    [[nodiscard]] std::int64_t offset() const { return message_->offset; }
    /// The producer's time of the record (CreateTime).
    [[nodiscard]] std::chrono::system_clock::time_point timestamp() const;
    /// Value of the last header of that name; nullopt when there is none.
    [[nodiscard]] std::optional<std::string_view> header(const char* name) const;
    /// Calls `use` for every header in order.
    void each_header(const std::function<void(Header)>& use) const;

  private:
    MessageHandle message_;
};

}  // namespace entstream::kafka
