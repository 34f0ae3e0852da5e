#include "producer/control/control_reader.hpp"

#include <spdlog/spdlog.h>

#include "common/kafka/error.hpp"

namespace entstream::producer::control {

namespace {

using namespace std::chrono_literals;

constexpr auto open_interval = 10s;
/// The stream waits meanwhile.
constexpr auto open_patience = 2s;
/// Requests are small and few.
constexpr std::size_t queue_bytes = 1UL << 20U;

}  // namespace

void ControlReader::trouble(const std::string& words) {
    spdlog::warn("requests are not read for now: {}", words);
    reader_.reset();
    next_open_ = Clock::now() + open_interval;
}

std::optional<kafka::Record> ControlReader::next(std::int64_t next_offset) {
    try {
        if (!reader_) {
            if (Clock::now() < next_open_) {
                return std::nullopt;
            }
            reader_.emplace(
                *config_, topic_, next_offset,
                kafka::LogReaderOptions{.group = {}, .queue_bytes = queue_bytes, .patience = open_patience});
        }
        return reader_->poll(0ms);
    } catch (const kafka::OffsetOutOfRange& error) {
        restarted_ = true;
        trouble(std::string(error.what()) + "; it is read from its start");
        next_open_ = Clock::now();
    } catch (const kafka::TopicMissing&) {
        restarted_ = true;
        trouble("topic " + topic_ +
                " does not exist any more; remedy: make it with one partition and cleanup.policy=compact, or restart "
                "entstream-producer, which does");
    } catch (const kafka::Error& error) {
        trouble(error.what());
    }
    return std::nullopt;
}

}  // namespace entstream::producer::control
