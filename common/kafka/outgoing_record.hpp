#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "common/kafka/handles.hpp"
#include "common/kafka/record.hpp"

namespace entstream::kafka {

/// One record for partition 0 on its way into librdkafka's queue.
class OutgoingRecord {
  public:
    /// Key, value and topic must live until the record is queued.
    OutgoingRecord(rd_kafka_topic_t* topic, std::string_view key, std::optional<std::string_view> value,
                   std::span<const Header> headers);

    /// Queues a copy. \returns null when done; on an error (queue full, too large ...) it may be tried again
    [[nodiscard]] ErrorHandle queue(rd_kafka_t* client);

    /// Bytes of key, value and headers.
    [[nodiscard]] std::size_t size() const { return size_; }

  private:
    std::size_t size_;
    HeadersHandle headers_;
    std::array<rd_kafka_vu_t, 6> parts_{};
};

}  // namespace entstream::kafka
