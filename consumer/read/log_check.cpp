#include "consumer/read/log_check.hpp"

#include <algorithm>
#include <utility>

namespace entstream::consumer::read {

LogCheck::LogCheck(std::string topic, std::string log_id, Offset next_offset, std::uint64_t last_sequence,
                   std::optional<std::chrono::system_clock::time_point> begun_at)
    : topic_(std::move(topic)),
      log_id_(std::move(log_id)),
      last_sequence_(last_sequence),
      seen_below_(next_offset),
      from_start_(next_offset == 0),
      begun_at_(begun_at) {}

bool LogCheck::began_after(const LogRecord& mark) const {
    return from_start_ || (begun_at_ && mark.published_at && *begun_at_ > *mark.published_at);
}

void LogCheck::refuse(Offset offset, const std::string& what) const {
    throw LogRefused("topic " + topic_ + ", offset " + std::to_string(offset) + ": " + what);
}

void LogCheck::check_identity(const LogRecord& record) {
    if (log_id_.empty()) {
        log_id_ = *record.log_id;
    }
    if (*record.log_id != log_id_) {
        refuse(record.offset, "this is log " + std::string(*record.log_id) + ", applied so far was log " + log_id_ +
                                  ": the topic was recreated" + rebuild_remedy);
    }
}

void LogCheck::check_content(const LogRecord& record, const DecodedRecord& decoded) {
    const Offset offset = record.offset;
    const std::uint64_t sequence = decoded.sequence();
    if (sequence <= last_sequence_) {
        refuse(offset, "sequence " + std::to_string(sequence) + " follows " + std::to_string(last_sequence_) +
                           ": the log was truncated or has a second writer" + rebuild_remedy);
    }
    // Where no sequence is missing, no deletion is.
    whole_ = whole_ && sequence == last_sequence_ + 1;
    if (whole_) {
        seen_below_ = std::max(seen_below_, offset + 1);
    }
    last_sequence_ = sequence;
    if (decoded.key.kind == KeyKind::log_identity && decoded.log_identity.format_version() > log_format_version) {
        refuse(offset, "the log has format " + std::to_string(decoded.log_identity.format_version()) +
                           ", this program reads " + std::to_string(log_format_version) +
                           "; remedy: upgrade entstream-consumer");
    }
    if (decoded.key.kind == KeyKind::purge_mark && !began_after(record) &&
        std::cmp_greater_equal(decoded.purge_mark.highest_purged_offset(), seen_below_)) {
        refuse(offset, "deletions up to offset " + std::to_string(decoded.purge_mark.highest_purged_offset()) +
                           " were purged, and this target had read up to " + std::to_string(seen_below_) + " only" +
                           rebuild_remedy);
    }
}

}  // namespace entstream::consumer::read
