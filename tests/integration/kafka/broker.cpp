#include "tests/integration/kafka/broker.hpp"

#include "common/kafka/log_reader.hpp"
#include "common/kafka/topic_admin.hpp"
#include "tests/integration/kafka/decided.hpp"

namespace entstream::kafka {

namespace {

const auto* const installed = test::Servers::install();

}  // namespace

const test::Servers& servers() {
    return *installed;
}

KafkaConfig broker_config() {
    return {.bootstrap_servers = installed->get("ENTSTREAM_KAFKA_BOOTSTRAP"),
            .topic_prefix = "entstream",
            .replication_factor = 1,
            .properties = {}};
}

std::string make_topic() {
    const auto* const test = ::testing::UnitTest::GetInstance()->current_test_info();
    std::string topic = std::string("test.") + test->test_suite_name() + '.' + test->name();
    TopicAdmin(broker_config()).ensure({TopicSpec::compacted(topic)});
    return topic;
}

std::vector<std::string> visible_keys(const std::string& topic) {
    std::vector<std::string> keys;
    read_to_end(broker_config(), topic, [&](const Record& record) { keys.emplace_back(record.key()); });
    return keys;
}

std::vector<std::string> committed_keys(const std::string& topic) {
    wait_until_decided(broker_config(), topic);
    return visible_keys(topic);
}

}  // namespace entstream::kafka
