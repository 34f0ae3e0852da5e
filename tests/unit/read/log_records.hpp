#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/model/topics.hpp"
#include "consumer/read/log_record.hpp"
#include "entstream/v1/change.pb.h"

namespace entstream::consumer::read {

/// Somebody of the directory.
inline const Uuid ana = Uuid::from_name("ana");

/// Writes the records of a log as a producer would, with rising offsets and sequences. What it returns are views of
/// what it keeps.
class LogRecords {
  public:
    std::string log_id = "0f8fad5b-d9cb-469f-a165-70867728950e";
    Offset next_offset = 0;
    std::uint64_t next_sequence = 1;

    /// An entry with what the built-in mapping needs.
    LogRecord user(const Uuid& uuid, const std::string& uid, v1::Operation operation = v1::OPERATION_CREATE);
    LogRecord group(const Uuid& uuid, const std::string& cn, v1::Operation operation = v1::OPERATION_CREATE);
    LogRecord role(const Uuid& uuid, const std::string& cn, v1::Operation operation = v1::OPERATION_CREATE);
    LogRecord member(v1::Kind parent_kind, const Uuid& parent, const std::string& value, std::optional<Uuid> member,
                     v1::Operation operation = v1::OPERATION_CREATE);
    LogRecord removal(const std::string& key, v1::Kind kind, const Uuid& uuid);
    LogRecord tombstone(const std::string& key);
    LogRecord heartbeat(std::chrono::system_clock::time_point watermark);
    LogRecord identity(std::uint32_t format_version);
    LogRecord purge_mark(std::uint64_t highest_purged_offset);
    LogRecord source_description(const std::vector<std::string>& user_attributes);
    /// A change as it is given; only the sequence is set.
    LogRecord change(const std::string& key, v1::Change change);
    LogRecord raw(const std::string& key, std::optional<std::string> value);

  private:
    struct Kept {
        std::string key;
        std::optional<std::string> value;
        std::string log_id;
    };
    std::deque<Kept> kept_;
};

}  // namespace entstream::consumer::read
