#include "producer/app/restored_log.hpp"

#include <spdlog/spdlog.h>

#include <chrono>

#include "common/kafka/log_reader.hpp"
#include "common/model/topics.hpp"
#include "common/runtime/exit_code.hpp"
#include "producer/publish/selection.hpp"

namespace entstream::producer::app {

publish::Restored restore_from_topics(const ProducerConfig& config, index::Index& index,
                                      const std::function<bool()>& keep_on) {
    const auto began = std::chrono::steady_clock::now();
    const Topics topics = Topics::of(config.kafka.topic_prefix, config.source);
    const publish::Selection spelling(config, index.names);
    publish::Restorer restorer(config, index);
    std::size_t records = 0;
    const auto read = [&](const std::string& topic, const std::function<void(const kafka::Record&)>& use) {
        try {
            kafka::read_to_end(config.kafka, topic, use, keep_on);
        } catch (const publish::UnreadableLog& error) {
            throw runtime::ProgramError(runtime::ExitCode::bad_data, "topic " + topic + ": " + error.what());
        }
    };
    read(topics.changes, [&](const kafka::Record& record) {
        restorer.change(record.key(), record.value(), record.offset());
        ++records;
    });
    read(topics.state, [&](const kafka::Record& record) { restorer.state(record.key(), record.value()); });
    publish::Restored restored = restorer.finish();
    if (!restored.damage.records.empty()) {
        spdlog::error("{}", restored.damage.alarm(topics.changes));
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    spdlog::info("restored from {} records of {} in {:.2f} s: {} users, {} groups, {} roles, {} members", records,
                 topics.changes, took.count(), index.table(EntryKind::user).present(),
                 index.table(EntryKind::group).present(), index.table(EntryKind::role).present(), index.member_count());
    return restored;
}

}  // namespace entstream::producer::app
