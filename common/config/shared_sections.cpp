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

void add_metrics_section(Schema& schema, metrics::MetricsConfig& config) {
    schema.section("metrics", "Metrics for Prometheus, /healthz and /readyz, over HTTP (docs/metrics.md).");
    schema.text(
        "listen", config.listen,
        "Where it listens: an address of this machine and a port, 127.0.0.1:9464 or [::1]:9464. Port 0: any that "
        "is free; the log names it. Empty: nowhere.",
        {.required = false, .secret = false, .check = check_listen_address});
    schema.text("user", config.user, "Who may ask, together with password.");
    schema.text("password", config.password, "His password. Without one, everybody may ask who reaches the port.",
                {.required = false, .secret = true, .check = {}});
    schema.text("cert_file", config.cert_file,
                "Certificate of this service, PEM, with those between it and the authority behind it; it turns TLS on. "
                "Needs key_file.");
    schema.text("key_file", config.key_file, "Its private key, PEM, without a password.");
}

void check_metrics(const metrics::MetricsConfig& config, const Node& root, Reading& reading) {
    if (config.cert_file.empty() != config.key_file.empty()) {
        const bool has_key = config.cert_file.empty();
        reading.add_at(root, has_key ? "metrics.key_file" : "metrics.cert_file",
                       {has_key ? "is given without cert_file" : "is given without key_file", "set both, or none"});
    }
    if (config.user.empty() != config.password.empty()) {
        const bool has_password = config.user.empty();
        reading.add_at(root, has_password ? "metrics.password" : "metrics.user",
                       {has_password ? "is given without user" : "has no password",
                        has_password ? "set user" : "set password_file or password_env, or remove user"});
    }
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
