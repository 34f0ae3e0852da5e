#include "consumer/app/check.hpp"

#include <fmt/format.h>
#include <pqxx/transaction>
#include <spdlog/spdlog.h>

#include <utility>

#include "common/kafka/topic_admin.hpp"
#include "common/model/topics.hpp"
#include "consumer/map/mapper.hpp"
#include "consumer/merge/adoption.hpp"
#include "consumer/merge/configured_values.hpp"
#include "consumer/merge/database.hpp"
#include "consumer/merge/moodle_check.hpp"
#include "consumer/merge/settings.hpp"
#include "consumer/merge/sql_templates.hpp"
#include "consumer/read/dead_letters.hpp"

namespace entstream::consumer::app {

void check_mapping(const ConsumerConfig& config) {
    const map::Mapper mapper(config.mapping);
    spdlog::info("the configuration is sound; fingerprint of the mapping: {}", mapper.fingerprint());
}

Advice check_kafka(const ConsumerConfig& config) {
    Advice advice;
    const auto note = [&advice](std::string weak) {
        if (!weak.empty()) {
            advice.push_back(std::move(weak));
        }
    };
    kafka::TopicAdmin admin(config.kafka);
    note(admin.check({kafka::TopicSpec::dead_letters(read::KafkaDeadLetters::topic_of(config.kafka, config.target))}));
    for (const std::string& source : config.sources) {
        const std::string topic = Topics::of(config.kafka.topic_prefix, source).changes;
        if (admin.exists(topic)) {
            note(admin.check({kafka::TopicSpec::compacted(topic)}));
            spdlog::info("source {}: topic {} is there", source, topic);
        } else {
            note(fmt::format("source {}: topic {} does not exist yet: entstream-producer of this source creates it",
                             source, topic));
        }
    }
    return advice;
}

Advice check_database(const ConsumerConfig& config) {
    merge::Connection connection(config.database);
    pqxx::work transaction(connection.get());
    merge::SqlTemplates sql(config.database.schema, config.database.prefix);
    merge::set_configured_values(sql, config, [&](const std::string& text) { return transaction.quote(text); });
    const std::string version = merge::check_moodle(transaction, sql, config.database);
    merge::check_settings(transaction, config);
    merge::check_profile_fields(transaction, sql, config);
    spdlog::info("{} is a Moodle of version {}", merge::describe(config.database), version);
    return merge::advice_on_moodle(transaction, sql, config);
}

void check_servers(const ConsumerConfig& config) {
    check_mapping(config);
    for (const auto& check : {check_kafka, check_database}) {
        for (const std::string& advice : check(config)) {
            spdlog::warn("{}", advice);
        }
    }
}

}  // namespace entstream::consumer::app
