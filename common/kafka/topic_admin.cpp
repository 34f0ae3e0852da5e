#include "common/kafka/topic_admin.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <thread>

#include "common/kafka/client.hpp"
#include "common/kafka/metadata.hpp"

namespace entstream::kafka {

namespace {

constexpr std::chrono::milliseconds admin_patience{10000};

using AdminOptionsHandle = std::unique_ptr<rd_kafka_AdminOptions_t, Deleter<rd_kafka_AdminOptions_destroy>>;
using NewTopicHandle = std::unique_ptr<rd_kafka_NewTopic_t, Deleter<rd_kafka_NewTopic_destroy>>;
using ConfigResourceHandle = std::unique_ptr<rd_kafka_ConfigResource_t, Deleter<rd_kafka_ConfigResource_destroy>>;

AdminOptionsHandle options_for(rd_kafka_t* client, rd_kafka_admin_op_t operation) {
    AdminOptionsHandle options(rd_kafka_AdminOptions_new(client, operation));
    std::array<char, 256> reason{};
    rd_kafka_AdminOptions_set_request_timeout(options.get(), static_cast<int>(admin_patience.count()), reason.data(),
                                              reason.size());
    return options;
}

/// Waits for the answer to an admin request. \throws Error when the request as a whole failed
EventHandle wait_for_answer(rd_kafka_queue_t* queue, const std::string& doing) {
    // librdkafka answers by itself when the request's own timeout is over.
    EventHandle event(rd_kafka_queue_poll(queue, -1));
    if (const auto code = rd_kafka_event_error(event.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        raise(doing, code, rd_kafka_event_error_string(event.get()));
    }
    return event;
}

void append(std::string& list, const std::string& text) {
    if (!list.empty() && !text.empty()) {
        list += "; ";
    }
    list += text;
}

}  // namespace

TopicAdmin::TopicAdmin(const KafkaConfig& config)
    : bootstrap_servers_(config.bootstrap_servers),
      replication_factor_(config.replication_factor),
      client_(make_client(RD_KAFKA_PRODUCER, make_conf(config, {}))) {}

bool TopicAdmin::exists(const std::string& topic) {
    try {
        fetch_topic(client_.get(), topic, admin_patience);
        return true;
    } catch (const TopicMissing&) {
        return false;
    }
}

void TopicAdmin::ensure(const std::vector<TopicSpec>& topics) {
    if (const std::string weak = examine(topics, Missing::create); !weak.empty()) {
        spdlog::warn("Kafka: {}; {}", weak, replication_advice);
    }
}

std::string TopicAdmin::check(const std::vector<TopicSpec>& topics) {
    const std::string weak = examine(topics, Missing::try_only);
    return weak.empty() ? weak : fmt::format("{}; {}", weak, replication_advice);
}

std::string TopicAdmin::examine(const std::vector<TopicSpec>& topics, Missing missing) {
    std::vector<std::string> refusals;
    std::string weak;
    for (const TopicSpec& spec : topics) {
        if (!exists(spec.name)) {
            create(spec, missing);
            if (missing == Missing::try_only) {
                continue;
            }
        }
        const TopicFindings findings = check_topic(spec, describe(spec.name), bootstrap_servers_);
        refusals.insert(refusals.end(), findings.refusals.begin(), findings.refusals.end());
        append(weak, findings.replication);
    }
    if (!refusals.empty()) {
        throw TopicRefused(std::move(refusals));
    }
    return weak;
}

void TopicAdmin::create(const TopicSpec& spec, Missing missing) {
    const std::string doing =
        "create topic " + spec.name + " with kafka.replication_factor = " + std::to_string(replication_factor_);
    std::array<char, 512> reason{};
    const NewTopicHandle topic(
        rd_kafka_NewTopic_new(spec.name.c_str(), 1, replication_factor_, reason.data(), reason.size()));
    if (!topic) {
        raise(doing, RD_KAFKA_RESP_ERR__INVALID_ARG, reason.data());
    }
    for (const auto& [name, value] : creation_settings(spec, replication_factor_)) {
        rd_kafka_NewTopic_set_config(topic.get(), name.c_str(), value.c_str());
    }
    const QueueHandle queue(rd_kafka_queue_new(client_.get()));
    const auto options = options_for(client_.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS);
    if (missing == Missing::try_only) {
        rd_kafka_AdminOptions_set_validate_only(options.get(), 1, reason.data(), reason.size());
    }
    std::array<rd_kafka_NewTopic_t*, 1> list = {topic.get()};
    rd_kafka_CreateTopics(client_.get(), list.data(), list.size(), options.get(), queue.get());
    const EventHandle event = wait_for_answer(queue.get(), doing);

    std::size_t count = 0;
    const auto* const* results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
    const auto code = rd_kafka_topic_result_error(results[0]);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
        const char* why = rd_kafka_topic_result_error_string(results[0]);
        const char* remedy = code == RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR
                                 ? "; set kafka.replication_factor to the number of brokers, or to less"
                                 : "";
        raise(doing, code, std::string(why == nullptr ? "" : why) + remedy);
    }
    if (missing == Missing::try_only) {
        return;
    }
    wait_until_known(spec.name);
    spdlog::info("Kafka: created topic {}", spec.name);
}

void TopicAdmin::wait_until_known(const std::string& topic) {
    // The broker that answered may not be the one that is asked next.
    const auto deadline = std::chrono::steady_clock::now() + admin_patience;
    while (!exists(topic)) {
        if (std::chrono::steady_clock::now() >= deadline) {
            raise("see topic " + topic + " after its creation", RD_KAFKA_RESP_ERR__TIMED_OUT, "");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

TopicFacts TopicAdmin::describe(const std::string& topic) {
    const std::string doing = "read the settings of topic " + topic;
    const TopicLayout layout = fetch_topic(client_.get(), topic, admin_patience);
    const ConfigResourceHandle resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
    const QueueHandle queue(rd_kafka_queue_new(client_.get()));
    const auto options = options_for(client_.get(), RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    std::array<rd_kafka_ConfigResource_t*, 1> list = {resource.get()};
    rd_kafka_DescribeConfigs(client_.get(), list.data(), list.size(), options.get(), queue.get());
    const EventHandle event = wait_for_answer(queue.get(), doing);

    std::size_t count = 0;
    const auto* const* results =
        rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event.get()), &count);
    if (const auto code = rd_kafka_ConfigResource_error(results[0]); code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        const char* why = rd_kafka_ConfigResource_error_string(results[0]);
        raise(doing, code, why == nullptr ? "" : why);
    }
    TopicFacts facts{.partitions = layout.partitions, .replicas = layout.replicas, .settings = {}};
    const auto* const* entries = rd_kafka_ConfigResource_configs(results[0], &count);
    for (std::size_t i = 0; i < count; ++i) {
        const char* value = rd_kafka_ConfigEntry_value(entries[i]);
        facts.settings[rd_kafka_ConfigEntry_name(entries[i])] = value == nullptr ? "" : value;
    }
    return facts;
}

}  // namespace entstream::kafka
