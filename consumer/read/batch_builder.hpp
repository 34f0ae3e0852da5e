#pragma once

#include <tl/expected.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "consumer/delta.hpp"
#include "consumer/map/mapper.hpp"
#include "consumer/read/batch_size.hpp"
#include "consumer/read/decode.hpp"
#include "consumer/read/log_check.hpp"
#include "consumer/read/log_record.hpp"
#include "consumer/read/look_ahead.hpp"
#include "consumer/read/rejection.hpp"

namespace entstream::consumer::read {

/// Where a source's log is read on from: what the target has stored with its position.
struct StartPosition {
    std::string log_id;  ///< empty: nothing applied yet
    Offset next_offset{};
    std::uint64_t last_sequence{};
    std::optional<std::chrono::system_clock::time_point> begun_at{};  ///< when reading from the log's start began
    /// Of the log's start: records of members before this offset are passed over, for whoever asks knows what they say.
    Offset members_from{};
    /// What the log says of a key before its newest state, by what it had when reading began, is passed over.
    bool looks_ahead{};
};

/// Makes batches of the records of one source: decodes, checks the log's identity, maps, and keeps the last state per
/// key. The DELETE of a group or role object overrides its member records at lower offsets, here for those in the batch
/// and in the merge for those in the database.
///
/// People come first on a log, and what follows needs them: where many of them came in a row, the record behind them
/// begins another batch. So they have their accounts before memberships are looked at, and neither of the two waits for
/// steps that only the other one needs.
///
/// Records are added in the order of the log. Not thread-safe.
class BatchBuilder {
  public:
    enum class Added {
        yes,
        after_take,  ///< not added: apply what take() gives first, then add the same record again
    };

    /// \param mapper  must live longer
    /// \param topic   the changes topic, for messages
    /// \param ahead   what the log says later, which may grow; must live longer; nullptr: that is not known. Where it
    /// has
    ///                been read, the directory is only taken as heard to its end behind all of it: what was said again
    ///                is not known before
    BatchBuilder(const map::Mapper& mapper, std::string source, const std::string& topic, const StartPosition& start,
                 const LookAhead* ahead = nullptr);

    /// Whether the record is one of those before StartPosition::members_from: it is counted, and that is all. Nothing
    /// but its key is looked at: a log has more records of members than of anything else, and whatever another log
    /// begins with is none of them.
    bool pass_over(std::string_view key, Offset offset);

    /// \returns the reason why this record cannot be applied, or (stage transformation) not in full: for the dead
    ///          letters; the record counts as read
    /// \throws LogRefused      another log, a hole, a newer format
    /// \throws MappingRefused  the source does not publish what the mapping needs
    /// \pre pass_over() does not take it
    tl::expected<Added, Rejection> add(const LogRecord& record);

    /// The reader stood at the end of the log.
    void reached_end(Offset next_offset) { check_.reached_end(next_offset); }

    /// Records added since the last take(), rejected ones and those without consequence included.
    [[nodiscard]] std::size_t records() const { return records_; }

    /// What was added since the last take() is as much as a batch of this size takes.
    [[nodiscard]] bool fills(const BatchSize& size) const {
        return records_ - members_read_ + members_read_ / size.members_for_one >= size.records;
    }

    /// What was added since the last call. \pre records() > 0
    Batch take();

  private:
    struct MemberKey {
        Uuid parent;
        ValueHash value;
        bool operator==(const MemberKey&) const = default;
    };
    struct MemberKeyHash {
        std::size_t operator()(const MemberKey& key) const noexcept {
            return std::hash<Uuid>()(key.parent) * 31 + std::hash<Uuid>()(key.value);
        }
    };
    using Places = std::unordered_map<Uuid, std::size_t>;

    [[nodiscard]] bool is_superseded(Offset offset) const;
    [[nodiscard]] bool brings_back_what_left() const;
    [[nodiscard]] bool follows_many_users() const;
    void count(Offset offset);
    tl::expected<void, Rejection> apply_change(Offset offset);
    void note_times(const LogRecord& record);
    void add_member(Offset offset);
    void drop_overridden_members();

    const map::Mapper* mapper_;
    const LookAhead* ahead_;
    LogCheck check_;
    Offset members_from_;
    DecodedRecord decoded_;
    Batch batch_;
    std::size_t records_ = 0;
    std::size_t members_read_ = 0;                                ///< those of members among them
    std::optional<std::chrono::system_clock::time_point> heard_;  ///< watermark that counts behind what was read ahead
    std::size_t users_in_a_row_ = 0;  ///< up to the last record of an entry or member, former batches included
    Places users_;                    ///< places in the batch's vectors
    Places cohorts_;
    Places roles_;
    std::unordered_map<MemberKey, std::size_t, MemberKeyHash> members_;
    std::unordered_map<Uuid, Offset> left_;  ///< groups and role objects deleted in this batch
};

}  // namespace entstream::consumer::read
