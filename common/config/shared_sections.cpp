#include "common/config/shared_sections.hpp"

#include <utility>

#include "common/config/checks.hpp"

namespace entstream::config {

void add_kafka_section(Schema& schema, kafka::KafkaConfig& config) {
    schema.section("kafka", "The log.");
    schema.text("bootstrap_servers", config.bootstrap_servers,
                "Brokers to ask first: host:port, several with commas between.",
                {.required = true, .secret = false, .check = check_server_list});
    schema.text("topic_prefix", config.topic_prefix, "Topics are `<prefix>.<source>.changes` and so on.",
                {.required = false, .secret = false, .check = check_topic_prefix});
    schema.integer("replication_factor", config.replication_factor,
                   "Replicas of topics that entstream creates. Fewer than 3 gives a warning.",
                   {.least = 1, .most = 100});
    schema.properties(
        "properties", config.properties,
        "Properties of librdkafka, passed on as they are: `security.protocol`, `sasl.*`, `ssl.*` and so on. "
        "Those that delivery depends on are refused. A name with _file or _env added takes the value "
        "from a file or a variable: `sasl.password_file`.",
        check_kafka_property);
}

void add_log_section(Schema& schema, log::LogConfig& config) {
    schema.section("log", "What the program says, on standard error.");
    const auto same = [](std::initializer_list<const char*> names) {
        std::vector<std::pair<std::string, std::string>> choices;
        for (const char* name : names) {
            choices.emplace_back(name, name);
        }
        return choices;
    };
    schema.choice("level", config.level, same({"trace", "debug", "info", "warn", "error"}),
                  "The least important events that are logged. Personal data appears at debug and trace only.");
    schema.choice("format", config.format, same({"text", "json"}), "One line per event, as text or as JSON.");
}

}  // namespace entstream::config
