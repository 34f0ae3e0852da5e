#include "consumer/app/ahead_reading.hpp"

#include <spdlog/spdlog.h>

#include <string_view>
#include <utility>

#include "common/kafka/error.hpp"
#include "consumer/read/log_record.hpp"
#include "entstream/v1/state.pb.h"

namespace entstream::consumer::app {

namespace {

constexpr std::string_view source_state_key = "source";
/// Keys and values; as messages of the client they take several times as much.
constexpr std::size_t most_kept_bytes = 4UL << 20U;
/// The program does other things in between.
constexpr std::chrono::milliseconds longest_stretch{100};
constexpr std::chrono::milliseconds wait_for_news{20};
constexpr std::chrono::milliseconds pause_between_attempts{1000};

kafka::LogReaderOptions options_of_own_reader() {
    constexpr std::size_t fetched_ahead = 8UL << 20U;
    constexpr std::chrono::milliseconds longest_fetch{10};
    constexpr std::chrono::milliseconds patience{3000};
    return {.group = {}, .queue_bytes = fetched_ahead, .longest_fetch = longest_fetch, .patience = patience};
}

}  // namespace

AheadReading::AheadReading(kafka::KafkaConfig config, const std::string& source)
    : config_(std::move(config)), source_(source), topics_(Topics::of(config_.topic_prefix, source)) {}

void AheadReading::begin(Offset from, Offset end, std::uint64_t last_sequence) {
    stop();
    last_sequence_ = last_sequence;
    asked_ = false;
    next_ = from;
    end_ = end;
    goes_on_ = from < end;
    begun_ = Clock::now();
}

void AheadReading::stop() {
    goes_on_ = false;
    own_.reset();
    kept_.clear();
    kept_bytes_ = 0;
    known_.clear();
}

bool AheadReading::each_key_is_new() const {
    constexpr std::chrono::milliseconds patience{3000};
    v1::SourceState state;
    try {
        const bool is_found = kafka::find_newest(
            config_, topics_.state,
            [&state](const kafka::Record& record) {
                return record.key() == source_state_key && record.value() &&
                       state.ParseFromArray(record.value()->data(), static_cast<int>(record.value()->size()));
            },
            patience);
        return is_found && state.has_last_revision() && state.last_revision() <= last_sequence_ && !kept_.empty() &&
               kept_.front().header(log_id_header.data()) == state.log_id();
    } catch (const kafka::Error& error) {
        spdlog::debug("source {}: {}", source_, error.what());  // no right to read it: the log itself tells
        return false;
    }
}

bool AheadReading::open_own() {
    if (Clock::now() < next_open_) {
        return false;
    }
    try {
        own_ = std::make_unique<kafka::LogReader>(config_, topics_.changes, next_, options_of_own_reader());
        return true;
    } catch (const kafka::TopicMissing&) {
        throw;
    } catch (const kafka::Error& error) {
        if (error.error_class() != kafka::ErrorClass::transient) {
            throw;
        }
        spdlog::debug("source {}: {}", source_, error.what());
        next_open_ = Clock::now() + pause_between_attempts;
        return false;
    }
}

void AheadReading::look_at(const kafka::Record& record) {
    known_.look_at(read::LogRecord::of(record));
    next_ = record.offset() + 1;
}

void AheadReading::finish() {
    goes_on_ = false;
    own_.reset();
    if (known_.size() > 0) {
        spdlog::info(
            "source {}: read ahead to offset {} in {:.1f} s: of {} entries and members what was said before is "
            "passed over",
            source_, next_, std::chrono::duration<double>(Clock::now() - begun_).count(), known_.size());
    }
}

void AheadReading::go_on(kafka::LogReader& reader) {
    const auto until = Clock::now() + longest_stretch;
    while (goes_on_ && Clock::now() < until) {
        const bool keeps = kept_bytes_ < most_kept_bytes;
        if (!keeps && !std::exchange(asked_, true) && each_key_is_new()) {
            finish();
            return;
        }
        if (!keeps && !own_ && !open_own()) {
            return;
        }
        kafka::LogReader& from = keeps ? reader : *own_;
        auto record = from.poll(std::chrono::milliseconds(0));
        if (!record && from.position() < end_ && !from.at_end()) {
            if (!keeps) {
                from.wake_fetcher();
            }
            record = from.poll(wait_for_news);
        }
        if (record) {
            look_at(*record);
            if (keeps) {
                kept_bytes_ += record->key().size() + record->value().value_or("").size();
                kept_.push_back(std::move(*record));
            }
        }
        // The last offset is the mark of a transaction, which is no record: nobody tells soon that it is passed. Where
        // there are several, the reader's position does, or the notice of the end.
        if (next_ + 1 >= end_ || from.position() >= end_ || from.at_end()) {
            finish();
        }
    }
}

std::optional<kafka::Record> AheadReading::take_kept() {
    if (kept_.empty()) {
        return std::nullopt;
    }
    std::optional<kafka::Record> record(std::move(kept_.front()));
    kept_.pop_front();
    return record;
}

void AheadReading::applied(Offset next_offset) {
    if (known_.end() > 0 && next_offset >= known_.end()) {
        known_.clear();
    }
}

}  // namespace entstream::consumer::app
