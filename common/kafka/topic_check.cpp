#include "common/kafka/topic_check.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "common/kafka/transactional_producer.hpp"

namespace entstream::kafka {

namespace {

// A batch of one record is a little larger than its record.
static_assert(TransactionalProducer::max_record_bytes < least_max_message_bytes);

constexpr int safe_replicas = 3;
constexpr int safe_in_sync_replicas = 2;

/// Value of a setting as the brokers have it; they name every setting, so an absent one is one that they do not know.
std::string value_of(const TopicFacts& found, const std::string& setting) {
    const auto place = found.settings.find(setting);
    return place == found.settings.end() ? std::string("unknown") : place->second;
}

std::int64_t number_of(const TopicFacts& found, const std::string& setting) {
    const std::string text = value_of(found, setting);
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

class Sentences {
  public:
    Sentences(std::string topic, std::string bootstrap_servers)
        : topic_(std::move(topic)), bootstrap_servers_(std::move(bootstrap_servers)) {}

    [[nodiscard]] std::string setting(const std::string& name, const std::string& found, const std::string& wanted,
                                      const std::string& to_set) const {
        return "topic " + topic_ + ": " + name + " is " + found + ", wanted: " + wanted +
               "; remedy: kafka-configs --bootstrap-server " + bootstrap_servers_ + " --alter --topic " + topic_ +
               " --add-config " + name + '=' + to_set;
    }
    [[nodiscard]] std::string partitions(int found) const {
        return "topic " + topic_ + ": it has " + std::to_string(found) +
               " partitions, wanted: 1; remedy: partitions cannot be taken away: move the topic's data or delete it "
               "(kafka-topics --bootstrap-server " +
               bootstrap_servers_ + " --delete --topic " + topic_ + "), then entstream creates it";
    }

  private:
    std::string topic_;
    std::string bootstrap_servers_;
};

}  // namespace

TopicSpec TopicSpec::compacted(std::string name) {
    return {.name = std::move(name), .settings = {{"cleanup.policy", "compact"}}};
}

TopicSpec TopicSpec::dead_letters(std::string name) {
    constexpr std::chrono::milliseconds kept = std::chrono::hours(24) * 90;
    return {.name = std::move(name),
            .settings = {{"cleanup.policy", "delete"}, {"retention.ms", std::to_string(kept.count())}}};
}

std::map<std::string, std::string> creation_settings(const TopicSpec& spec, int replication_factor) {
    auto settings = spec.settings;
    settings.try_emplace("max.message.bytes", std::to_string(least_max_message_bytes));
    settings.try_emplace("min.insync.replicas",
                         std::to_string(std::clamp(replication_factor - 1, 1, safe_in_sync_replicas)));
    return settings;
}

TopicFindings check_topic(const TopicSpec& wanted, const TopicFacts& found, const std::string& bootstrap_servers) {
    const Sentences sentences(wanted.name, bootstrap_servers);
    TopicFindings findings;
    if (found.partitions != 1) {
        findings.refusals.push_back(sentences.partitions(found.partitions));
    }
    const std::string& policy = wanted.settings.at("cleanup.policy");
    if (const std::string is = value_of(found, "cleanup.policy"); is != policy) {
        findings.refusals.push_back(sentences.setting("cleanup.policy", is, policy, policy));
    }
    if (number_of(found, "max.message.bytes") < least_max_message_bytes) {
        const std::string least = std::to_string(least_max_message_bytes);
        findings.refusals.push_back(
            sentences.setting("max.message.bytes", value_of(found, "max.message.bytes"), least + " or more", least));
    }
    if (found.replicas < safe_replicas || number_of(found, "min.insync.replicas") < safe_in_sync_replicas) {
        findings.replication = wanted.name + " has replication factor " + std::to_string(found.replicas) +
                               ", min.insync.replicas " + value_of(found, "min.insync.replicas");
    }
    return findings;
}

}  // namespace entstream::kafka
