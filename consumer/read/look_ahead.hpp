#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <memory_resource>
#include <unordered_map>

#include "common/model/topics.hpp"
#include "common/model/uuid.hpp"
#include "consumer/delta.hpp"
#include "consumer/read/decode.hpp"
#include "consumer/read/log_record.hpp"

namespace entstream::consumer::read {

/// What a log says later: read once ahead of applying it, so that what Kafka has not compacted yet is passed over as if
/// it had. Without it who left long ago would get an account and lose it.
///
/// Remembers the newest record of each key that was seen to say something again: UPDATE, DELETE, tombstone, and a
/// CREATE after one of these. In a log of keys that say one thing each nothing is remembered; a million keys take 54
/// MB. Not thread-safe.
class LookAhead {
  public:
    LookAhead();
    ~LookAhead();
    LookAhead(const LookAhead&) = delete;
    LookAhead& operator=(const LookAhead&) = delete;

    /// Records come in the order of the log. What is no record of the producer's says nothing, here as elsewhere.
    void look_at(const LogRecord& record);

    /// Whether this record, of an entry or member, does not count, because the log has a newer state of its key. A
    /// DELETE counts where nothing but a tombstone follows; that of a group or role object always, since it ends
    /// memberships that only the database knows.
    [[nodiscard]] bool supersedes(const DecodedRecord& record, Offset offset) const;

    /// Behind the last record that was looked at; 0: none was.
    [[nodiscard]] Offset end() const { return end_; }
    /// How many keys are remembered.
    [[nodiscard]] std::size_t size() const;
    /// Forgets all of it, and frees the memory.
    void clear();

  private:
    struct Newest {
        Offset offset : 63;
        bool is_state : 1;  ///< CREATE or UPDATE
    };
    using Keys = std::pmr::unordered_map<Uuid, Newest>;
    static constexpr std::size_t kind_count = 4;  ///< of entries and members: KeyKind's first

    /// The nodes of the maps, which are given up together.
    std::unique_ptr<std::pmr::monotonic_buffer_resource> memory_;
    std::array<std::unique_ptr<Keys>, kind_count> keys_;
    DecodedRecord decoded_;
    Offset end_ = 0;
};

}  // namespace entstream::consumer::read
