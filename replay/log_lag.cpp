#include "replay/log_lag.hpp"

#include <chrono>

#include "common/kafka/log_reader.hpp"

namespace entstream::replay {

LogLag log_lag(const kafka::KafkaConfig& config, const std::string& topic, std::int64_t next_offset) {
    constexpr std::chrono::seconds patience{10};
    LogLag lag;
    try {
        kafka::LogReader reader(config, topic, next_offset);
        lag.end = reader.bounds().end;
        // Behind the last record stands the mark of its transaction: offsets alone would never show that nothing waits.
        if (const auto record = reader.poll(patience)) {
            lag.behind = lag.end - record->offset();
        } else if (!reader.at_end()) {
            lag.is_reachable = false;
            lag.problem = "no broker gives records of topic " + topic;
        }
    } catch (const kafka::TopicMissing&) {
        lag.has_topic = false;
        lag.problem = "topic " + topic + " does not exist yet: entstream-producer of this source creates it";
    } catch (const kafka::Error& error) {
        lag.is_reachable = error.error_class() != kafka::ErrorClass::transient;
        lag.problem = error.what();
    }
    return lag;
}

}  // namespace entstream::replay
