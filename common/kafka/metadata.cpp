#include "common/kafka/metadata.hpp"

#include <algorithm>
#include <array>
#include <thread>

#include "common/kafka/client.hpp"
#include "common/kafka/error.hpp"

namespace entstream::kafka {

namespace {

using Clock = std::chrono::steady_clock;
using MetadataHandle = std::unique_ptr<const rd_kafka_metadata_t, Deleter<rd_kafka_metadata_destroy>>;

// Between two questions while a leader is being elected.
constexpr std::chrono::milliseconds pause_between_questions{50};

std::string property_of(rd_kafka_t* client, const char* name) {
    std::array<char, 512> value{};
    std::size_t size = value.size();
    rd_kafka_conf_get(rd_kafka_conf(client), name, value.data(), &size);
    return value.data();
}

// Brokers of Kafka 4 refuse what a librdkafka before this version makes of SCRAM, whatever the password
// (github.com/confluentinc/librdkafka/pull/4895).
constexpr int first_version_with_sound_scram = 0x020601ff;

std::string remedy_of(rd_kafka_t* client, rd_kafka_resp_err_t refusal) {
    if (refusal != RD_KAFKA_RESP_ERR__AUTHENTICATION) {
        return "check security.protocol, ssl.ca.location, ssl.certificate.location and ssl.key.location in "
               "[kafka.properties], and that the brokers' certificates name the hosts that they are reached by";
    }
    std::string remedy =
        "check sasl.mechanism, sasl.username and sasl.password in [kafka.properties], and the account on the brokers";
    if (property_of(client, "sasl.mechanism").starts_with("SCRAM") &&
        rd_kafka_version() < first_version_with_sound_scram) {
        remedy +=
            std::string("; librdkafka ") + rd_kafka_version_str() +
            " cannot use SCRAM with brokers of Kafka 4, only from 2.6.1 on: use PLAIN over TLS or a certificate there";
    }
    return remedy;
}

MetadataHandle ask(rd_kafka_t* client, rd_kafka_topic_t* topic, Clock::time_point deadline) {
    const auto began = Clock::now();
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - began);
    const rd_kafka_metadata_t* metadata = nullptr;
    const auto error = rd_kafka_metadata(client, 0, topic, &metadata, std::max(1, static_cast<int>(left.count())));
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        const std::string doing = "reach the brokers " + property_of(client, "bootstrap.servers") + " for topic " +
                                  rd_kafka_topic_name(topic);
        if (const auto refusal = connection_refusal_since(began)) {
            // Retriable: brokers that have just started may not know an account yet.
            raise(doing, refusal->code, refusal->reason + "; " + remedy_of(client, refusal->code), {.retriable = true});
        }
        raise(doing, error, "start them, or mend kafka.bootstrap_servers or kafka.properties");
    }
    return MetadataHandle(metadata);
}

// What keeps the first partition from being used, if anything.
rd_kafka_resp_err_t problem_of(const rd_kafka_metadata_topic& topic) {
    if (topic.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return topic.err;
    }
    if (topic.partition_cnt == 0) {
        return RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
    }
    return topic.partitions[0].err;
}

}  // namespace

TopicLayout fetch_topic(rd_kafka_t* client, rd_kafka_topic_t* topic, std::chrono::milliseconds patience) {
    const auto deadline = Clock::now() + patience;
    while (true) {
        const MetadataHandle metadata = ask(client, topic, deadline);
        const rd_kafka_metadata_topic& found = metadata->topics[0];
        const auto problem = problem_of(found);
        if (problem == RD_KAFKA_RESP_ERR_NO_ERROR) {
            return {.partitions = found.partition_cnt, .replicas = found.partitions[0].replica_cnt};
        }
        const bool passing = problem == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
        if (!passing || Clock::now() + pause_between_questions >= deadline) {
            raise(std::string("use topic ") + rd_kafka_topic_name(topic), problem, "");
        }
        std::this_thread::sleep_for(pause_between_questions);
    }
}

TopicLayout fetch_topic(rd_kafka_t* client, const std::string& topic, std::chrono::milliseconds patience) {
    const TopicHandle handle(rd_kafka_topic_new(client, topic.c_str(), nullptr));
    return fetch_topic(client, handle.get(), patience);
}

}  // namespace entstream::kafka
