#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "consumer/delta.hpp"
#include "consumer/read/decode.hpp"

namespace entstream::consumer::read {

/// Format of the log that this program reads: LogIdentity.format_version.
inline constexpr std::uint32_t log_format_version = 1;

/// Ends the messages of LogRefused where the target and the log do not belong together any more.
inline constexpr const char* rebuild_remedy = "; remedy: rebuild this target from the log's start (docs/rebuild.md)";

/// Watches that a log stays the one that the target has applied so far (architecture, section 2): same identity,
/// sequence rising, nothing purged that we have not seen.
class LogCheck {
  public:
    /// \param topic          for messages
    /// \param log_id         as stored with the position; empty: the first record decides
    /// \param next_offset    where reading starts
    /// \param last_sequence  of the last record applied
    /// \param begun_at       when reading of the log from its start began; nullopt: not known
    LogCheck(std::string topic, std::string log_id, Offset next_offset, std::uint64_t last_sequence,
             std::optional<std::chrono::system_clock::time_point> begun_at = std::nullopt);

    /// \pre the record has a log id
    /// \throws LogRefused  another log; with the remedy
    void check_identity(const LogRecord& record);
    /// \pre not a tombstone
    /// \throws LogRefused  a sequence that does not rise, a format or a purge that we cannot follow; with the remedy
    void check_content(const LogRecord& record, const DecodedRecord& decoded);

    /// The reader stood at the end of the log: whatever is purged from before this offset on, we have seen it.
    void reached_end(Offset next_offset) {
        seen_below_ = next_offset;
        whole_ = true;
    }

    [[nodiscard]] const std::string& log_id() const { return log_id_; }
    [[nodiscard]] std::uint64_t last_sequence() const { return last_sequence_; }

  private:
    /// Whether reading from the start began when the purge was done already.
    [[nodiscard]] bool began_after(const LogRecord& mark) const;
    [[noreturn]] void refuse(Offset offset, const std::string& what) const;

    std::string topic_;
    std::string log_id_;
    std::uint64_t last_sequence_;
    Offset seen_below_;  ///< deletions below it that were on the log were seen
    bool whole_{true};   ///< since then no sequence was missing
    bool from_start_;
    std::optional<std::chrono::system_clock::time_point> begun_at_;
};

}  // namespace entstream::consumer::read
