#include "consumer/app/log_to_end.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

#include "common/kafka/topic_admin.hpp"
#include "common/model/topics.hpp"
#include "common/runtime/side_thread.hpp"
#include "consumer/app/source_feed.hpp"

namespace entstream::consumer::app {

namespace {

constexpr std::chrono::milliseconds pause_of_reading{20};

/// Records that cannot be applied: whoever only looks counts what can.
class NoLetters final : public read::DeadLetters {
  public:
    void add(const std::string& /*topic*/, const read::LogRecord& /*record*/,
             const read::Rejection& /*rejection*/) override {}
    void flush() override {}
    [[nodiscard]] bool keeps() const override { return false; }
};

}  // namespace

LogRead read_to_present_end(const ConsumerConfig& config, const std::string& source, const map::Mapper& mapper,
                            const read::StartPosition& start, const runtime::StopSignal& stop,
                            const std::function<void(std::int64_t, std::int64_t)>& busy,
                            const std::function<void(Batch&&)>& stage) {
    LogRead read;
    const std::string topic = Topics::of(config.kafka.topic_prefix, source).changes;
    if (!kafka::TopicAdmin(config.kafka).exists(topic)) {
        spdlog::warn("source {}: topic {} does not exist yet: entstream-producer of this source creates it", source,
                     topic);
        read.topic_is_there = false;
        return read;
    }
    NoLetters letters;
    SourceFeed feed(config, source, mapper, letters, start);
    runtime::SideThread side_thread;
    while (true) {
        if (busy) {
            busy(feed.offset(), feed.end_at_open());
        }
        if (auto batch = feed.collect({.records = config.batch_records})) {
            read.has_watermark = read.has_watermark || batch->watermark.has_value();
            if (feed.more_waits()) {
                const auto preparing = side_thread.run([&] { feed.prepare({.records = config.batch_records}); });
                stage(std::move(*batch));
            } else {
                stage(std::move(*batch));
            }
        } else if (feed.at_end()) {
            break;
        } else if (stop.wait(pause_of_reading)) {
            read.stopped = true;
            break;
        }
        if (stop.requested()) {
            read.stopped = true;
            break;
        }
    }
    read.records = feed.records();
    return read;
}

}  // namespace entstream::consumer::app
