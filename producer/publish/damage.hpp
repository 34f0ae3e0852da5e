#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/model/topics.hpp"
#include "producer/index/index.hpp"

namespace entstream::producer::publish {

/// What was found on the changes topic that no producer of this log wrote, or not so: undecodable values, unknown keys,
/// tombstones of what is there. Each hides the record of ours that had its key before, for good once compaction has
/// run. Records whose key got another one of ours later are not here.
struct Damage {
    struct Record {
        std::int64_t offset{};
        std::string key_kind;  ///< "user", "member", "meta/log" …; "unknown"
    };
    std::vector<Record> records;                   ///< ascending by offset
    std::set<index::EntryRef> entries;             ///< to be published again
    std::set<std::pair<Uuid, ValueHash>> members;  ///< parent and value: to be published again
    bool log_identity = false;                     ///< to be published again

    /// How many entries of a kind, and members of such, are hidden. A member counts for groups and for role objects.
    [[nodiscard]] std::size_t records_of(EntryKind kind) const;
    /// One sentence for the log, without personal data. \pre records is not empty
    [[nodiscard]] std::string alarm(const std::string& topic) const;
};

}  // namespace entstream::producer::publish
