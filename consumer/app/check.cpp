#include "consumer/app/check.hpp"

#include <pqxx/transaction>
#include <spdlog/spdlog.h>

#include "common/kafka/topic_admin.hpp"
#include "common/model/topics.hpp"
#include "consumer/map/mapper.hpp"
#include "consumer/merge/adoption.hpp"
#include "consumer/merge/database.hpp"
#include "consumer/merge/moodle_check.hpp"
#include "consumer/merge/settings.hpp"
#include "consumer/merge/sql_templates.hpp"
#include "consumer/read/dead_letters.hpp"

namespace entstream::consumer::app {

namespace {

void check_kafka(const ConsumerConfig& config) {
    kafka::TopicAdmin admin(config.kafka);
    admin.check({kafka::TopicSpec::dead_letters(read::KafkaDeadLetters::topic_of(config.kafka, config.target))});
    for (const std::string& source : config.sources) {
        const std::string topic = Topics::of(config.kafka.topic_prefix, source).changes;
        if (admin.exists(topic)) {
            admin.check({kafka::TopicSpec::compacted(topic)});
            spdlog::info("source {}: topic {} is there", source, topic);
        } else {
            spdlog::warn("source {}: topic {} does not exist yet: entstream-producer of this source creates it", source,
                         topic);
        }
    }
}

void check_database(const ConsumerConfig& config) {
    merge::Connection connection(config.database);
    pqxx::work transaction(connection.get());
    const merge::SqlTemplates sql(config.database.schema, config.database.prefix);
    const std::string version = merge::check_moodle(transaction, sql, config.database);
    merge::check_settings(transaction, config);
    merge::check_profile_fields(transaction, sql, config);
    spdlog::info("{} is a Moodle of version {}", merge::describe(config.database), version);
}

}  // namespace

void check_servers(const ConsumerConfig& config) {
    const map::Mapper mapper(config.mapping);
    spdlog::info("the configuration is sound; fingerprint of the mapping: {}", mapper.fingerprint());
    check_kafka(config);
    check_database(config);
}

}  // namespace entstream::consumer::app
