#include "replay/dead_letters.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <tuple>

#include "common/kafka/log_reader.hpp"
#include "common/kafka/producer.hpp"
#include "common/model/topics.hpp"
#include "consumer/merge/overview.hpp"
#include "consumer/read/dead_letters.hpp"

namespace entstream::replay {

using consumer::ConsumerConfig;

namespace {

constexpr const char* topic_header = "__connect.errors.topic";
constexpr const char* offset_header = "__connect.errors.offset";
constexpr const char* stage_header = "__connect.errors.stage";
constexpr const char* reason_header = "__connect.errors.exception.message";
/// On a record that is no letter, but says what became of one.
constexpr const char* fate_header = "entstream-letter";
constexpr std::string_view fate_done = "done";

/// The record that a letter is about: log id, topic, offset.
using About = std::tuple<std::string, std::string, consumer::Offset>;

std::string header_of(const kafka::Record& record, const char* name) {
    return std::string(record.header(name).value_or(""));
}

std::int64_t number_of(const std::string& text) {
    std::int64_t number = -1;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

Letter letter_of(const kafka::Record& record) {
    Letter letter{.offset = record.offset(),
                  .time = record.timestamp(),
                  .topic = header_of(record, topic_header),
                  .source = {},
                  .record_offset = number_of(header_of(record, offset_header)),
                  .log_id = header_of(record, std::string(log_id_header).c_str()),
                  .key = std::string(record.key()),
                  .value = std::nullopt,
                  .stage = header_of(record, stage_header),
                  .reason = header_of(record, reason_header),
                  .state = LetterState::waits};
    if (record.value()) {
        letter.value = *record.value();
    }
    return letter;
}

About about(const Letter& letter) {
    return {letter.log_id, letter.topic, letter.record_offset};
}

/// What the target's tables say of the records of one source.
struct Waiting {
    std::string log_id;
    std::map<std::string, consumer::Offset> refused;
    std::set<std::string> unmapped;
};

Waiting waiting_of(const std::string& text) {
    const nlohmann::json tables = nlohmann::json::parse(text);
    Waiting waiting;
    waiting.log_id = tables["log_id"].is_null() ? "" : tables["log_id"].get<std::string>();
    waiting.refused = tables["refused"].get<std::map<std::string, consumer::Offset>>();
    waiting.unmapped = tables["unmapped"].get<std::set<std::string>>();
    return waiting;
}

bool still_waits(const Letter& letter, const Waiting& waiting) {
    if (letter.stage == consumer::read::to_text(consumer::read::Stage::task_put)) {
        const auto refused = waiting.refused.find(letter.key);
        return refused != waiting.refused.end() && refused->second == letter.record_offset;
    }
    if (letter.stage == consumer::read::to_text(consumer::read::Stage::transformation)) {
        return waiting.unmapped.contains(letter.key);
    }
    return true;  // nobody reads it again by himself
}

/// Settles what the tables do not name any more, and all letters of a key but its last one.
void settle_letters(const ConsumerConfig& config, std::vector<Letter>& letters) {
    consumer::merge::Overview overview(config);
    for (const std::string& source : config.sources) {
        const std::string topic = Topics::of(config.kafka.topic_prefix, source).changes;
        const Waiting waiting = overview.has_schema() ? waiting_of(overview.letters(source)) : Waiting();
        std::set<std::string> newer;
        for (std::size_t i = letters.size(); i-- > 0;) {
            Letter& letter = letters[i];
            if (letter.topic != topic) {
                continue;
            }
            letter.source = source;
            const bool is_newest = newer.insert(letter.key).second;
            const bool is_of_this_log = letter.log_id.empty() || letter.log_id == waiting.log_id;
            if (letter.state == LetterState::waits &&
                (!is_newest || !is_of_this_log || !still_waits(letter, waiting))) {
                letter.state = LetterState::settled;
            }
        }
    }
}

}  // namespace

std::string to_text(LetterState state) {
    return state == LetterState::waits ? "waits" : state == LetterState::settled ? "settled" : "done";
}

std::vector<Letter> read_letters(const ConsumerConfig& config, const runtime::StopSignal& stop) {
    std::map<About, Letter> by_record;
    try {
        kafka::read_to_end(
            config.kafka, consumer::read::KafkaDeadLetters::topic_of(config.kafka, config.target),
            [&](const kafka::Record& record) {
                Letter letter = letter_of(record);
                if (record.header(fate_header)) {
                    const auto found = by_record.find(about(letter));
                    if (found != by_record.end() && *record.header(fate_header) == fate_done) {
                        found->second.state = LetterState::done;
                    }
                    return;
                }
                by_record.insert_or_assign(about(letter), std::move(letter));
            },
            [&] { return !stop.requested(); });
    } catch (const kafka::TopicMissing&) {
        return {};  // the consumer creates it at its first start
    }
    std::vector<Letter> letters;
    letters.reserve(by_record.size());
    for (auto& [record, letter] : by_record) {
        letters.push_back(std::move(letter));
    }
    std::sort(letters.begin(), letters.end(),
              [](const Letter& left, const Letter& right) { return left.offset < right.offset; });
    settle_letters(config, letters);
    return letters;
}

void mark_done(const ConsumerConfig& config, const std::vector<const Letter*>& letters) {
    kafka::Producer producer(config.kafka, consumer::read::KafkaDeadLetters::topic_of(config.kafka, config.target));
    for (const Letter* letter : letters) {
        const std::string offset = std::to_string(letter->record_offset);
        const std::array<kafka::Header, 4> headers = {{{.name = topic_header, .value = letter->topic},
                                                       {.name = offset_header, .value = offset},
                                                       {.name = log_id_header, .value = letter->log_id},
                                                       {.name = fate_header, .value = fate_done}}};
        producer.send(letter->key, std::nullopt, headers);
    }
    producer.flush();
}

}  // namespace entstream::replay
