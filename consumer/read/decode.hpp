#pragma once

#include <tl/expected.hpp>

#include <cstdint>

#include "common/model/topics.hpp"
#include "consumer/read/log_record.hpp"
#include "consumer/read/rejection.hpp"
#include "entstream/v1/change.pb.h"

namespace entstream::consumer::read {

/// A record taken apart. Reused from record to record, for protobuf keeps its memory; only the message that `key.kind`
/// names is of this record.
struct DecodedRecord {
    ParsedKey key;
    bool tombstone = false;  ///< no message then
    v1::Change change;       ///< user, group, role, member
    v1::LogIdentity log_identity;
    v1::SourceDescription source_description;
    v1::Heartbeat heartbeat;
    v1::PurgeMark purge_mark;

    /// Of whichever message it is. \pre not a tombstone
    [[nodiscard]] std::uint64_t sequence() const;
};

/// Decodes and checks that key and value speak of the same thing, in words that this program knows.
tl::expected<void, Rejection> decode(const LogRecord& record, DecodedRecord& into);

}  // namespace entstream::consumer::read
