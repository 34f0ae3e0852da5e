#include <spdlog/spdlog.h>

#include <future>
#include <memory>
#include <system_error>
#include <thread>

#include "common/kafka/handles.hpp"

namespace entstream::kafka {

namespace {

void destroy(rd_kafka_t* client) noexcept {
    rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

}  // namespace

void ConsumerDeleter::operator()(rd_kafka_t* client) const noexcept {
    // What is left behind must not write to a log that the end of the process has taken down.
    rd_kafka_set_log_level(client, 0);
    try {
        const auto ended = std::make_shared<std::promise<void>>();
        std::thread([client, ended] {
            destroy(client);
            ended->set_value();
        }).detach();
        if (ended->get_future().wait_for(patience) == std::future_status::timeout) {
            spdlog::debug("Kafka: a client does not end, and is left to itself");
        }
    } catch (const std::system_error&) {  // no thread to be had
        destroy(client);
    }
}

}  // namespace entstream::kafka
