#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "common/kafka/record.hpp"
#include "entstream/v1/change.pb.h"

namespace entstream::kafka {

/// `entstream-log-id` and `schema-version` beside CloudEvents' own (docs/log_format.md).
inline constexpr std::string_view schema_version_header = "schema-version";
inline constexpr std::string_view schema_version = "1";

/// "entstream.user.create" and so on: ce_type of a change.
std::string_view event_type(v1::Kind kind, v1::Operation operation);
/// ce_type of the meta records.
inline constexpr std::string_view log_identity_event = "entstream.log.identity";
inline constexpr std::string_view source_description_event = "entstream.source.description";
inline constexpr std::string_view heartbeat_event = "entstream.heartbeat";
inline constexpr std::string_view purge_mark_event = "entstream.purge.mark";

/// Headers of the records of one log: CloudEvents 1.0 in Kafka's binary mode, so that kafka-ui, Redpanda Console and
/// kcat show what a record is. Keeps the constant ones and rewrites the others in place: no allocation per record.
/// No personal data: the subject is the record's key. Not thread-safe.
class CloudEvents {
  public:
    CloudEvents(std::string_view source_name, std::string log_id_text);
    CloudEvents(const CloudEvents&) = delete;  // the headers are views of the members
    CloudEvents& operator=(const CloudEvents&) = delete;
    ~CloudEvents() = default;

    /// \param subject_text  the record's key; must live as long as the result is used
    /// \returns views that live until the next call
    std::span<const Header> headers(std::string_view type_name, std::uint64_t sequence, std::string_view subject_text,
                                    std::chrono::system_clock::time_point when);

  private:
    std::string source_;
    std::string log_id_;
    std::string id_;
    std::array<char, 40> time_{};
    std::chrono::sys_seconds time_second_{};  ///< of time_
    std::size_t time_length_ = 0;             ///< of time_ up to its seconds; 0: nothing is written yet
    std::array<Header, 9> headers_;
};

}  // namespace entstream::kafka
