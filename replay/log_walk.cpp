#include "replay/log_walk.hpp"

#include <chrono>

#include "common/kafka/error.hpp"
#include "consumer/read/log_record.hpp"

namespace entstream::replay {

namespace {

/// A new reader is faster than reading on over so many records.
constexpr consumer::Offset far_away = 50000;
constexpr std::chrono::seconds patience_with_broker{30};

}  // namespace

void LogWalk::go_to(consumer::Offset offset) {
    constexpr std::size_t fetched_ahead = 8UL << 20U;
    constexpr std::chrono::milliseconds slice{50};
    constexpr std::chrono::milliseconds longest_fetch{10};
    if (record_ && from_ <= offset && record_->offset() >= offset) {
        return;
    }
    if (!reader_ || offset < from_ || offset > from_ + far_away) {
        record_.reset();
        try {
            reader_ = std::make_unique<kafka::LogReader>(
                config_, topic_, offset,
                kafka::LogReaderOptions{.group = {}, .queue_bytes = fetched_ahead, .longest_fetch = longest_fetch});
        } catch (const kafka::OffsetOutOfRange&) {
            reader_.reset();
        }
    }
    from_ = offset;
    const auto give_up = std::chrono::steady_clock::now() + patience_with_broker;
    while (reader_ && (!record_ || record_->offset() < offset)) {
        record_ = reader_->poll(slice);
        if (!record_ && (reader_->at_end() || std::chrono::steady_clock::now() >= give_up)) {
            reader_.reset();
        }
    }
}

const consumer::read::DecodedRecord* LogWalk::at(consumer::Offset offset) {
    if (offset == decoded_offset_) {
        return is_entry_ ? &decoded_ : nullptr;
    }
    go_to(offset);
    decoded_offset_ = offset;
    is_entry_ = false;
    if (record_ && record_->offset() == offset) {
        const auto view = consumer::read::LogRecord::of(*record_);
        is_entry_ = consumer::read::decode(view, decoded_).has_value() && !decoded_.tombstone &&
                    (decoded_.key.kind == KeyKind::user || decoded_.key.kind == KeyKind::group ||
                     decoded_.key.kind == KeyKind::role || decoded_.key.kind == KeyKind::member);
    }
    return is_entry_ ? &decoded_ : nullptr;
}

}  // namespace entstream::replay
