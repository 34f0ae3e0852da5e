#include "consumer/app/source_feed.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "common/kafka/client.hpp"
#include "common/kafka/topic_admin.hpp"
#include "common/log/context.hpp"
#include "common/model/topics.hpp"

namespace entstream::consumer::app {

namespace {

constexpr std::chrono::milliseconds first_pause{500};
constexpr std::chrono::milliseconds longest_pause{5000};
constexpr std::chrono::seconds hint_interval{1};
constexpr std::chrono::milliseconds patience_at_open{3000};
// A producer that lives publishes a sign of life every ten seconds.
constexpr std::chrono::seconds silence_before_check{15};
constexpr std::chrono::seconds pause_in_outage{5};  // between checks, which take the patience below
constexpr std::chrono::milliseconds patience_of_check{1000};
// The client needs several times as much for them. A second's worth of a first load.
constexpr std::size_t bytes_fetched_ahead = 16UL << 20U;

}  // namespace

SourceFeed::SourceFeed(const ConsumerConfig& config, const std::string& source, const map::Mapper& mapper,
                       read::DeadLetters& dead_letters, const read::StartPosition& start)
    : kafka_(config.kafka),
      group_(config.kafka.topic_prefix + '.' + config.target),
      source_(source),
      topic_(Topics::of(config.kafka.topic_prefix, source).changes),
      mapper_(&mapper),
      dead_letters_(dead_letters),
      looks_ahead_(start.looks_ahead),
      last_sequence_(start.last_sequence),
      ahead_(config.kafka, source),
      builder_(mapper, source, topic_, start, &ahead_.known()),
      next_offset_(start.next_offset),
      collected_(start.next_offset),
      hinted_(start.next_offset),
      backoff_(first_pause, longest_pause) {}

bool SourceFeed::open() {
    if (Clock::now() < next_open_) {
        return false;
    }
    std::string words;
    try {
        reader_.emplace(
            kafka_, topic_, next_offset_,
            kafka::LogReaderOptions{.group = group_, .queue_bytes = bytes_fetched_ahead, .patience = patience_at_open});
        end_at_open_ = reader_->bounds(patience_at_open).end;
        kafka::TopicAdmin(kafka_).check({kafka::TopicSpec::compacted(topic_)});
        last_topic_check_ = Clock::now();
        next_topic_check_ = last_topic_check_ + silence_before_check;
        look_at_hints();
        if (looks_ahead_) {
            ahead_.begin(next_offset_, end_at_open_, last_sequence_);
        }
        spdlog::info("source {}: reading {} from offset {}; the log ends at {}", source_, topic_, next_offset_,
                     end_at_open_);
        backoff_.reset();
        absence_.clear();
        return true;
    } catch (const kafka::TopicMissing&) {
        words = "topic " + topic_ + " does not exist yet; waiting for entstream-producer of this source to create it";
    } catch (const kafka::Error& error) {
        if (error.error_class() != kafka::ErrorClass::transient) {
            throw;
        }
        words = error.what();
    }
    reader_.reset();
    next_open_ = Clock::now() + backoff_.next();
    if (words != absence_) {
        spdlog::warn("source {}: {}", source_, words);
        absence_ = words;
    }
    return false;
}

bool SourceFeed::newest_description_fits() const {
    std::optional<v1::SourceDescription> newest;
    read::DecodedRecord decoded;
    kafka::read_to_end(kafka_, topic_, [&](const kafka::Record& record) {
        if (record.key() == source_description_key && read::decode(read::LogRecord::of(record), decoded)) {
            newest = decoded.source_description;
        }
    });
    return newest && mapper_->missing_in(*newest).empty();
}

tl::expected<read::BatchBuilder::Added, read::Rejection> SourceFeed::build(const read::LogRecord& record) {
    try {
        return builder_.add(record);
    } catch (const read::MappingRefused&) {
        // Where Kafka has not compacted the log yet, a former description stands before the one that counts.
        if (!newest_description_fits()) {
            throw;
        }
        return read::BatchBuilder::Added::yes;
    }
}

void SourceFeed::look_at_hints() {
    if (!dead_letters_.keeps()) {
        return;  // whoever only looks leaves no trace
    }
    // From its start a log is read on purpose: a first load, a rebuild.
    if (collected_ > 0 && records_ == 0) {
        hinted_before_ = reader_->hinted_position(patience_at_open);
    }
    // So that the next start does not take what this one reads again for a loss.
    reader_->hint_position(collected_);
}

void SourceFeed::look_for_setback(std::int64_t offset) {
    // Behind the last record that was applied the marks of transactions are passed over too: no setback.
    const auto hinted = std::exchange(hinted_before_, std::nullopt);
    if (hinted && offset < *hinted) {
        setback_ = hinted;
    }
}

std::int64_t SourceFeed::end() const {
    return std::max(known_end(), position());
}

std::int64_t SourceFeed::known_end() const {
    const auto known = reader_ ? reader_->known_end() : std::nullopt;
    return std::max(known.value_or(end_at_open_), end_at_open_);
}

bool SourceFeed::add(kafka::Record& record) {
    if (builder_.pass_over(record.key(), record.offset())) {
        next_offset_ = record.offset() + 1;
        ++records_;
        return true;
    }
    const auto view = read::LogRecord::of(record);
    look_for_setback(view.offset);
    const auto added = build(view);
    if (!added) {
        // What can be mapped in part is reported by the target, once and not with every record.
        const bool in_part = added.error().stage == read::Stage::transformation;
        const bool is_news = !in_part && dead_letters_.keeps();
        const log::Context of_record({.source = source_, .offset = view.offset});
        spdlog::log(is_news ? spdlog::level::warn : spdlog::level::debug,
                    "source {}: offset {}, {}: goes to the dead letters: {}", source_, view.offset, view.key,
                    added.error().reason);
        letters_.push_back({.record = std::move(record), .rejection = added.error()});
    } else if (*added == read::BatchBuilder::Added::after_take) {
        return false;
    }
    next_offset_ = view.offset + 1;
    ++records_;
    return true;
}

void SourceFeed::hand_over_letters() {
    for (const Letter& letter : letters_) {
        dead_letters_.add(topic_, read::LogRecord::of(letter.record), letter.rejection);
    }
    letters_.clear();
}

std::optional<kafka::Record> SourceFeed::next_record() {
    if (auto kept = ahead_.take_kept()) {
        return kept;
    }
    return reader_->poll(std::chrono::milliseconds(0));
}

void SourceFeed::read_what_arrived(const read::BatchSize& size) {
    if (held_) {
        if (!add(*held_)) {
            return;  // what came before it is not collected yet
        }
        held_.reset();
    }
    more_waits_ = true;
    while (!builder_.fills(size)) {
        auto record = next_record();
        if (!record) {
            more_waits_ = false;
            break;
        }
        if (!add(*record)) {
            held_ = std::move(record);
            return;
        }
    }
    if (reader_->at_end() && ahead_.kept() == 0) {
        builder_.reached_end(next_offset_);
    }
    if (builder_.records() > 0) {
        absence_.clear();
        next_topic_check_ = Clock::now() + silence_before_check;
    }
}

void SourceFeed::check_topic_when_due() {
    const bool is_lost = absence_.empty() && kafka::all_brokers_lost_since(last_topic_check_);
    if (!is_lost && Clock::now() < next_topic_check_) {
        return;
    }
    std::chrono::seconds pause = silence_before_check;
    try {
        reader_->check_topic(patience_of_check);
        absence_.clear();
    } catch (const kafka::TopicMissing&) {
        throw;
    } catch (const kafka::Error& no_answer) {
        spdlog::debug("source {}: {}", source_, no_answer.what());  // an outage that librdkafka sits out
        absence_ = no_answer.what();
        pause = pause_in_outage;
    }
    last_topic_check_ = Clock::now();
    next_topic_check_ = last_topic_check_ + pause;
}

bool SourceFeed::at_end() const {
    // The position may be behind control records; the notice of the end comes half a second after the last record.
    return reader_ && !held_ && !ahead_.goes_on() && ahead_.kept() == 0 && builder_.records() == 0 &&
           (reader_->at_end() || reader_->position() >= end_at_open_);
}

void SourceFeed::prepare(const read::BatchSize& size) noexcept {
    if (!reader_) {
        return;
    }
    try {
        read_what_arrived(size);
    } catch (...) {
        failure_ = std::current_exception();
    }
}

std::optional<Batch> SourceFeed::collect(const read::BatchSize& size) {
    try {
        if (failure_) {
            std::rethrow_exception(std::exchange(failure_, nullptr));
        }
        if (!reader_ && !open()) {
            return std::nullopt;
        }
        if (ahead_.goes_on()) {
            ahead_.go_on(*reader_);
        }
        if (!ahead_.goes_on()) {
            read_what_arrived(size);
        }
        check_topic_when_due();
    } catch (const kafka::TopicMissing&) {
        spdlog::error(
            "source {}: topic {} was deleted: no change of this source reaches Moodle any more; let entstream-producer "
            "make it anew (restart it), then rebuild this target from it (docs/rebuild.md)",
            source_, topic_);
        held_.reset();
        ahead_.stop();
        reader_.reset();
    } catch (const kafka::OffsetOutOfRange& error) {
        throw read::LogRefused(std::string(error.what()) + read::rebuild_remedy);
    }
    if (builder_.records() == 0) {
        return std::nullopt;
    }
    hand_over_letters();
    Batch batch = builder_.take();
    collected_ = batch.next_offset;
    ahead_.applied(collected_);
    return batch;
}

void SourceFeed::hint() {
    if (!reader_ || Clock::now() - last_hint_ < hint_interval) {
        return;
    }
    if (const std::int64_t now = position(); now != hinted_) {
        reader_->hint_position(now);
        hinted_ = now;
        last_hint_ = Clock::now();
    }
}

}  // namespace entstream::consumer::app
