#include "tests/integration/consumer/consumer_setting.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include <array>

#include "common/kafka/client.hpp"
#include "common/kafka/topic_admin.hpp"
#include "tests/integration/kafka/decided.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {

namespace {

const auto* const consumer_servers = Servers::install();

std::string source_of_test() {
    std::string name = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::string result;
    for (const char c : name) {
        if (std::isupper(static_cast<unsigned char>(c)) != 0 && !result.empty()) {
            result += '-';
        }
        result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return result;
}

}  // namespace

ConsumerSetting::ConsumerSetting(const std::string& suffix) : source_(source_of_test() + suffix) {}

const Servers& ConsumerSetting::servers() {
    return *consumer_servers;
}

kafka::KafkaConfig ConsumerSetting::kafka() {
    return {.bootstrap_servers = consumer_servers->get("ENTSTREAM_KAFKA_BOOTSTRAP"),
            .topic_prefix = "entstream",
            .replication_factor = 1,
            .properties = {}};
}

void ConsumerSetting::create_topic() {
    kafka::TopicAdmin(kafka()).ensure({kafka::TopicSpec::compacted(topic())});
    producer_ =
        std::make_unique<kafka::TransactionalProducer>(kafka(), "test." + source_, std::vector<std::string>{topic()});
    producer_->init(std::chrono::seconds(30));
}

void ConsumerSetting::create_topic_with(int partitions, const std::map<std::string, std::string>& settings) const {
    const auto client = kafka::make_client(RD_KAFKA_PRODUCER, kafka::make_conf(kafka(), {}));
    const kafka::QueueHandle queue(rd_kafka_queue_new(client.get()));
    std::array<char, 256> reason{};
    std::array<rd_kafka_NewTopic_t*, 1> topics = {
        rd_kafka_NewTopic_new(topic().c_str(), partitions, 1, reason.data(), reason.size())};
    for (const auto& [name, value] : settings) {
        rd_kafka_NewTopic_set_config(topics[0], name.c_str(), value.c_str());
    }
    rd_kafka_CreateTopics(client.get(), topics.data(), topics.size(), nullptr, queue.get());
    const kafka::EventHandle event(rd_kafka_queue_poll(queue.get(), 30000));
    rd_kafka_NewTopic_destroy(topics[0]);
    kafka::TopicAdmin admin(kafka());
    ASSERT_TRUE(wait_until([&] { return admin.exists(topic()); }));
}

void ConsumerSetting::delete_topic() {
    producer_.reset();
    delete_topic(topic());
}

void ConsumerSetting::delete_topic(const std::string& topic) {
    const auto client = kafka::make_client(RD_KAFKA_PRODUCER, kafka::make_conf(kafka(), {}));
    const kafka::QueueHandle queue(rd_kafka_queue_new(client.get()));
    std::array<rd_kafka_DeleteTopic_t*, 1> topics = {rd_kafka_DeleteTopic_new(topic.c_str())};
    rd_kafka_DeleteTopics(client.get(), topics.data(), topics.size(), nullptr, queue.get());
    const kafka::EventHandle event(rd_kafka_queue_poll(queue.get(), 30000));
    rd_kafka_DeleteTopic_destroy(topics[0]);
    kafka::TopicAdmin admin(kafka());
    ASSERT_TRUE(wait_until([&] { return !admin.exists(topic); }));
}

void ConsumerSetting::write(const std::vector<consumer::read::LogRecord>& records) {
    producer_->begin();
    for (const auto& record : records) {
        const std::array<kafka::Header, 1> headers = {
            kafka::Header{.name = "entstream-log-id", .value = record.log_id.value_or("")}};
        producer_->produce(topic(), record.key, record.value, headers);
    }
    producer_->commit();
    kafka::wait_until_decided(kafka(), topic());
}

std::vector<std::string> ConsumerSetting::command(const std::vector<std::string>& options, const std::string& program) {
    const auto& database = database_.config().database;
    const auto file = dir_.write(
        "consumer.toml",
        fmt::format(R"toml(target = "moodle-{source}"
sources = ["{source}"]
component = "{component}"

[kafka]
bootstrap_servers = "{bootstrap}"
replication_factor = 1

[database]
host = "{host}"
port = {port}
name = "{name}"
user = "{user}"
password_env = "MOODLE_DB_PASSWORD"
{database_lines}

[cohorts]
select = "(cn=*)"
{more}
)toml",
                    fmt::arg("source", source_), fmt::arg("bootstrap", kafka().bootstrap_servers),
                    fmt::arg("host", database.host),
                    fmt::arg("port", database_port_ == 0 ? database.port : database_port_),
                    fmt::arg("name", database.name), fmt::arg("user", database.user), fmt::arg("component", component_),
                    fmt::arg("database_lines", database_lines_), fmt::arg("more", more_lines_)));
    std::vector<std::string> result = {program_path(program), "--config", file};
    result.insert(result.end(), options.begin(), options.end());
    return result;
}

std::map<std::string, std::string> ConsumerSetting::environment() {
    return {{"MOODLE_DB_PASSWORD", database_.config().database.password},
            {"ENTSTREAM_CONSUMER_FIRST_START", first_start_}};
}

Exit ConsumerSetting::run(const std::vector<std::string>& options) {
    return Process::run(command(options), environment());
}

Exit ConsumerSetting::run(const std::vector<std::string>& options, const std::string& password) {
    return Process::run(command(options),
                        {{"MOODLE_DB_PASSWORD", password}, {"ENTSTREAM_CONSUMER_FIRST_START", first_start_}});
}

Exit ConsumerSetting::replay(const std::vector<std::string>& arguments) {
    return Process::run(command(arguments, "entstream-replay"), environment());
}

std::unique_ptr<Process> ConsumerSetting::start(const std::vector<std::string>& options) {
    return std::make_unique<Process>(command(options), environment());
}

std::string ConsumerSetting::wait_for(const std::string& query, const std::string& expected) {
    std::string found;
    wait_until([&] {
        try {
            found = database_.sql(query);
        } catch (const std::exception& error) {
            found = error.what();  // not there yet, or the server restarts
        }
        return found == expected;
    });
    return found;
}

}  // namespace entstream::test
