#include "producer/control/control_reader.hpp"

#include <spdlog/spdlog.h>

#include <stdexcept>

#include "common/kafka/error.hpp"
#include "common/kafka/topic_admin.hpp"

namespace entstream::producer::control {

namespace {

using namespace std::chrono_literals;

constexpr auto open_interval = 10s;
constexpr auto look_interval = 5s;
/// The stream waits meanwhile.
constexpr auto open_patience = 2s;
constexpr auto look_patience = 1s;
/// Requests are small and few.
constexpr std::size_t queue_bytes = 1UL << 20U;

}  // namespace

void ControlReader::trouble(const std::string& words) {
    spdlog::warn("requests are not read for now: {}", words);
    reader_.reset();
    next_open_ = Clock::now() + open_interval;
}

void ControlReader::open(std::int64_t next_offset) {
    reader_.emplace(*config_, topic_, next_offset,
                    kafka::LogReaderOptions{.group = {}, .queue_bytes = queue_bytes, .patience = open_patience});
    next_look_ = Clock::now() + look_interval;
}

void ControlReader::look_at_topic(std::int64_t next_offset) {
    next_look_ = Clock::now() + look_interval;
    try {
        reader_->check_topic(look_patience);
        if (reader_->bounds(look_patience).end < next_offset) {
            restarted_ = true;
            trouble("topic " + topic_ + " was made anew; it is read from its start");
            next_open_ = Clock::now();
        }
    } catch (const kafka::TopicMissing&) {
        throw;
    } catch (const kafka::Error& no_answer) {
        spdlog::debug("{}", no_answer.what());  // an outage that librdkafka sits out
    }
}

void ControlReader::make_topic() {
    restarted_ = true;
    trouble("topic " + topic_ + " does not exist any more, and is made anew");
    try {
        kafka::TopicAdmin(*config_).ensure({kafka::TopicSpec::compacted(topic_)});
        next_open_ = Clock::now();
    } catch (const std::runtime_error& error) {  // kafka::Error, kafka::TopicRefused
        trouble(error.what());
    }
}

std::optional<kafka::Record> ControlReader::next(std::int64_t next_offset) {
    try {
        if (!reader_) {
            if (Clock::now() < next_open_) {
                return std::nullopt;
            }
            open(next_offset);
        }
        auto record = reader_->poll(0ms);
        if (!record && Clock::now() >= next_look_) {
            look_at_topic(next_offset);
        }
        return record;
    } catch (const kafka::OffsetOutOfRange& error) {
        restarted_ = true;
        trouble(std::string(error.what()) + "; it is read from its start");
        next_open_ = Clock::now();
    } catch (const kafka::TopicMissing&) {
        make_topic();
    } catch (const kafka::Error& error) {
        trouble(error.what());
    }
    return std::nullopt;
}

}  // namespace entstream::producer::control
