// What becomes of a running producer whose topic is altered.

#include <algorithm>
#include <array>
#include <random>

#include "common/kafka/client.hpp"
#include "tests/integration/producer/producer_fixture.hpp"

namespace entstream::test {
namespace {

std::string incompressible_text(std::size_t size) {
    std::minstd_rand random;
    std::string text(size, ' ');
    std::generate(text.begin(), text.end(), [&] { return static_cast<char>('A' + random() % 58); });
    return text;
}

class TopicWhileRunning : public ProducerTest {
  protected:
    void SetUp() override {
        more_config_ = "reconnect_first = \"50ms\"\nreconnect_most = \"200ms\"\n";
        add_user("eva");
        start();
        await_streaming();
    }

    /// One request to the broker, as an administrator's tool makes it.
    void ask(const std::function<void(rd_kafka_t*, rd_kafka_queue_t*)>& request) {
        const kafka::ClientHandle client = kafka::make_client(RD_KAFKA_PRODUCER, kafka::make_conf(kafka_, {}));
        const kafka::QueueHandle queue(rd_kafka_queue_new(client.get()));
        request(client.get(), queue.get());
        const kafka::EventHandle answer(rd_kafka_queue_poll(queue.get(), -1));
        ASSERT_EQ(rd_kafka_event_error(answer.get()), RD_KAFKA_RESP_ERR_NO_ERROR)
            << rd_kafka_event_error_string(answer.get());
    }

    const std::string topic_ = Topics::of(kafka_.topic_prefix, source_).changes;
};

TEST_F(TopicWhileRunning, AlteredSoThatItRefusesRecordsItEndsTheProgram) {
    ask([this](rd_kafka_t* client, rd_kafka_queue_t* queue) {
        const std::unique_ptr<rd_kafka_ConfigResource_t, kafka::Deleter<rd_kafka_ConfigResource_destroy>> settings(
            rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic_.c_str()));
        rd_kafka_ConfigResource_set_config(settings.get(), "cleanup.policy", "compact");
        rd_kafka_ConfigResource_set_config(settings.get(), "max.message.bytes", "2000");
        std::array<rd_kafka_ConfigResource_t*, 1> list = {settings.get()};
        rd_kafka_AlterConfigs(client, list.data(), list.size(), nullptr, queue);
    });
    add_user("max", incompressible_text(8000));
    const Exit exit = program_->wait();
    EXPECT_EQ(exit.status, 78) << exit.err;
    EXPECT_NE(exit.err.find("topic " + topic_ + ": max.message.bytes is 2000"), std::string::npos) << exit.err;
}

}  // namespace
}  // namespace entstream::test
