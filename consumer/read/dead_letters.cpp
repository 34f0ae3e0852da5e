#include "consumer/read/dead_letters.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <utility>

#include "common/kafka/topic_admin.hpp"
#include "common/model/topics.hpp"

namespace entstream::consumer::read {

namespace {

/// Kafka Connect has Java's classes here; tools group by them.
std::string_view class_name(Stage stage) {
    switch (stage) {
        case Stage::value_converter:
            return "entstream.DecodingError";
        case Stage::transformation:
            return "entstream.MappingError";
        case Stage::task_put:
            return "entstream.DatabaseError";
    }
    return "";
}

}  // namespace

std::string KafkaDeadLetters::topic_of(const kafka::KafkaConfig& config, const std::string& target) {
    return config.topic_prefix + '.' + target + ".dlq";
}

KafkaDeadLetters::KafkaDeadLetters(kafka::KafkaConfig config, std::string target)
    : config_(std::move(config)), target_(std::move(target)) {
    producer_.emplace(config_, topic_of(config_, target_));
}

void KafkaDeadLetters::add(const std::string& topic, const LogRecord& record, const Rejection& rejection) {
    Letter letter{.topic = topic,
                  .offset = std::to_string(record.offset),
                  .key = std::string(record.key),
                  .value = std::nullopt,
                  .log_id = std::string(record.log_id.value_or("")),
                  .rejection = rejection};
    if (record.value) {
        letter.value = *record.value;
    }
    letters_.push_back(std::move(letter));
}

void KafkaDeadLetters::send(const Letter& letter) {
    const std::array<kafka::Header, 8> headers = {{
        {.name = "__connect.errors.topic", .value = letter.topic},
        {.name = "__connect.errors.partition", .value = "0"},
        {.name = "__connect.errors.offset", .value = letter.offset},
        {.name = "__connect.errors.connector.name", .value = target_},
        {.name = "__connect.errors.stage", .value = to_text(letter.rejection.stage)},
        {.name = "__connect.errors.exception.class.name", .value = class_name(letter.rejection.stage)},
        {.name = "__connect.errors.exception.message", .value = letter.rejection.reason},
        {.name = log_id_header, .value = letter.log_id},
    }};
    producer_->send(letter.key, letter.value, headers);
}

void KafkaDeadLetters::flush() {
    if (letters_.empty()) {
        return;
    }
    const std::string topic = topic_of(config_, target_);
    try {
        send_all();
    } catch (const kafka::TopicMissing&) {
        spdlog::warn("topic {} was deleted: it is made anew; the letters that it had are lost", topic);
        kafka::TopicAdmin(config_).ensure({kafka::TopicSpec::dead_letters(topic)});
        // Another client: this one remembers for a while that there is no such topic.
        producer_.emplace(config_, topic);
        send_all();
    }
    letters_.clear();
}

void KafkaDeadLetters::send_all() {
    // All of them again after a failure: a reader may find a letter twice, with the same topic and offset.
    for (const Letter& letter : letters_) {
        send(letter);
    }
    producer_->flush();
}

}  // namespace entstream::consumer::read
