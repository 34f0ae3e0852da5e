#include "common/kafka/client.hpp"

#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/syslog.h>

#include <array>
#include <atomic>
#include <mutex>
#include <string_view>

#include "common/config/config_error.hpp"
#include "common/kafka/error.hpp"
#include "common/runtime/tcp_limits.hpp"

namespace entstream::kafka {

namespace {

// Habits that the configuration may change.
const std::map<std::string, std::string>& habits() {
    static const std::map<std::string, std::string> settings = {
        {"client.id", "entstream"},
        // A broker that closes idle connections is no news.
        {"log.connection.close", "false"},
        // A restarted broker is found again within a second or two, not ten.
        {"reconnect.backoff.max.ms", "2000"},
        // A broker that hangs, or is cut off without a word, is given up after 10 s without an answer (and up to one
        // more until librdkafka looks), not after a minute: longer than a healthy one takes, shorter than a transaction
        // lives.
        {"socket.timeout.ms", "10000"},
        {"socket.connection.setup.timeout.ms", "10000"},
    };
    return settings;
}

spdlog::level::level_enum level_of(int syslog_level) {
    if (syslog_level <= LOG_CRIT) {
        return spdlog::level::err;
    }
    // An unreachable broker is an "error" to librdkafka; to us it is an outage that it sits out by itself.
    if (syslog_level <= LOG_WARNING) {
        return spdlog::level::warn;
    }
    return syslog_level <= LOG_INFO ? spdlog::level::info : spdlog::level::debug;
}

/// What brokers refused last, whichever client it was: all have the same credentials.
class LastRefusal {
  public:
    void note(rd_kafka_resp_err_t code, std::string_view reason) {
        const std::lock_guard lock(mutex_);
        refusal_ = {.code = code, .reason = std::string(reason)};
        when_ = std::chrono::steady_clock::now();
    }
    std::optional<ConnectionRefusal> since(std::chrono::steady_clock::time_point moment) {
        const std::lock_guard lock(mutex_);
        return refusal_.code != RD_KAFKA_RESP_ERR_NO_ERROR && when_ >= moment ? std::optional(refusal_) : std::nullopt;
    }

  private:
    std::mutex mutex_;
    ConnectionRefusal refusal_;
    std::chrono::steady_clock::time_point when_;
};

LastRefusal& last_refusal() {
    static LastRefusal refusal;
    return refusal;
}

/// Only the log tells at once and for every kind of client; librdkafka's codes of it wait for a poll of that client.
void note_refusal(std::string_view text) {
    // "[thrd:...]: host:port: SASL authentication error: ..." and "... SSL handshake failed: ..."
    const auto found = [text](std::string_view words) { return text.find(words) != std::string_view::npos; };
    const std::size_t thread_end = text.find("]: ");
    const std::string_view reason = thread_end == std::string_view::npos ? text : text.substr(thread_end + 3);
    if (found("SASL") && (found("authentication") || found("Authentication"))) {
        last_refusal().note(RD_KAFKA_RESP_ERR__AUTHENTICATION, reason);
    } else if (found("SSL handshake failed") || found("certificate")) {
        last_refusal().note(RD_KAFKA_RESP_ERR__SSL, reason);
    }
}

void write_log(const rd_kafka_t* /*client*/, int level, const char* facility, const char* text) {
    if (std::string_view(facility) == "FAIL") {
        note_refusal(text);
    }
    // Offsets are committed as hints only: a lost one is no news.
    const bool lost_hint = std::string_view(facility) == "COMMITFAIL";
    spdlog::log(lost_hint ? spdlog::level::debug : level_of(level), "Kafka: {}: {}", facility, text);
}

std::atomic<std::chrono::steady_clock::rep>& last_loss() {
    static std::atomic<std::chrono::steady_clock::rep> moment =
        std::chrono::steady_clock::time_point::min().time_since_epoch().count();
    return moment;
}

// What librdkafka gives here it has written to the log before ("FAIL"), or hands to the call that failed.
void take_note(rd_kafka_t* /*client*/, int code, const char* reason, void* /*opaque*/) {
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
        last_loss() = std::chrono::steady_clock::now().time_since_epoch().count();
    }
    spdlog::debug("Kafka: {}: {}", rd_kafka_err2name(static_cast<rd_kafka_resp_err_t>(code)), reason);
}

// What librdkafka does by itself, and limits for a peer that does not even acknowledge: it can only turn keepalive on.
int open_socket(int domain, int type, int protocol, void* /*opaque*/) {
    const int descriptor = ::socket(domain, type | SOCK_CLOEXEC, protocol);
    if (descriptor >= 0) {
        runtime::limit_tcp(descriptor);
    }
    return descriptor;
}

}  // namespace

void set_property(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
    std::array<char, 512> reason{};
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), reason.data(), reason.size()) != RD_KAFKA_CONF_OK) {
        throw config::ConfigError({{.place = {},
                                    .key = "kafka.properties." + name,
                                    .what = reason.data(),
                                    .remedy = "see librdkafka's CONFIGURATION.md for names and values"}});
    }
}

ConfHandle make_conf(const KafkaConfig& config, const std::map<std::string, std::string>& fixed) {
    ConfHandle conf(rd_kafka_conf_new());
    for (const auto& [name, value] : habits()) {
        set_property(conf.get(), name, value);
    }
    for (const auto& [name, value] : config.properties) {
        if (const auto ours = fixed.find(name); ours != fixed.end() || name == "bootstrap.servers") {
            spdlog::warn("kafka.properties.{} is ignored: entstream sets it by itself", name);
            continue;
        }
        set_property(conf.get(), name, value);
    }
    set_property(conf.get(), "bootstrap.servers", config.bootstrap_servers);
    // Brokers make a topic that a producer asks for, with their own defaults, unless the question says no.
    set_property(conf.get(), "allow.auto.create.topics", "false");
    for (const auto& [name, value] : fixed) {
        set_property(conf.get(), name, value);
    }
    rd_kafka_conf_set_log_cb(conf.get(), &write_log);
    rd_kafka_conf_set_error_cb(conf.get(), &take_note);
    rd_kafka_conf_set_socket_cb(conf.get(), &open_socket);
    return conf;
}

std::optional<ConnectionRefusal> connection_refusal_since(std::chrono::steady_clock::time_point moment) {
    return last_refusal().since(moment);
}

bool all_brokers_lost_since(std::chrono::steady_clock::time_point moment) {
    return last_loss() >= moment.time_since_epoch().count();
}

ClientHandle make_client(rd_kafka_type_t type, ConfHandle conf) {
    std::array<char, 512> reason{};
    ClientHandle client(rd_kafka_new(type, conf.get(), reason.data(), reason.size()));
    if (!client) {
        raise("set up a client", rd_kafka_last_error(), reason.data());
    }
    // On success the client owns its configuration.
    static_cast<void>(conf.release());
    return client;
}

}  // namespace entstream::kafka
