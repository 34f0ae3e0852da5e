#include "bench/producer_latency/bare_loop.hpp"

#include <librdkafka/rdkafka.h>

#include <array>
#include <stdexcept>

namespace entstream::bench {

namespace {

constexpr int patience_ms = 30000;

void expect_none(rd_kafka_error_t* error, const char* doing) {
    if (error != nullptr) {
        const std::string text = rd_kafka_error_string(error);
        rd_kafka_error_destroy(error);
        throw std::runtime_error(std::string(doing) + ": " + text);
    }
}

}  // namespace

void BareLoop::Destroy::operator()(rd_kafka_s* client) const {
    rd_kafka_destroy(client);
}

BareLoop::BareLoop(const std::string& bootstrap, std::string topic) : topic_(std::move(topic)) {
    std::array<char, 256> reason{};
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    for (const auto& [name, value] : {std::pair<const char*, std::string>{"bootstrap.servers", bootstrap},
                                      {"transactional.id", "bare-" + topic_}}) {
        if (rd_kafka_conf_set(conf, name, value.c_str(), reason.data(), reason.size()) != RD_KAFKA_CONF_OK) {
            throw std::runtime_error(reason.data());
        }
    }
    client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason.data(), reason.size()));
    if (!client_) {
        throw std::runtime_error(reason.data());
    }
    expect_none(rd_kafka_init_transactions(client_.get(), patience_ms), "init");
}

void BareLoop::write(const std::vector<std::string>& keys, const std::string& value) {
    expect_none(rd_kafka_begin_transaction(client_.get()), "begin");
    for (const std::string& key : keys) {
        const auto error = rd_kafka_producev(
            client_.get(), RD_KAFKA_V_TOPIC(topic_.c_str()), RD_KAFKA_V_PARTITION(0),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key.data(), key.size()),
            RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),  // NOLINT: librdkafka copies
            RD_KAFKA_V_END);
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
            throw std::runtime_error(std::string("produce: ") + rd_kafka_err2str(error));
        }
    }
    expect_none(rd_kafka_commit_transaction(client_.get(), patience_ms), "commit");
}

}  // namespace entstream::bench
