#include "tests/integration/kafka/decided.hpp"

#include <gtest/gtest.h>

#include "common/kafka/client.hpp"
#include "common/kafka/log_reader.hpp"
#include "tests/support/wait.hpp"

namespace entstream::kafka {

std::int64_t end_with_open_transactions(const KafkaConfig& config, const std::string& topic) {
    const auto client = make_client(RD_KAFKA_CONSUMER,
                                    make_conf(config, {{"group.id", "test"}, {"isolation.level", "read_uncommitted"}}));
    std::int64_t first = 0;
    std::int64_t end = 0;
    EXPECT_EQ(rd_kafka_query_watermark_offsets(client.get(), topic.c_str(), 0, &first, &end, 30000),
              RD_KAFKA_RESP_ERR_NO_ERROR);
    return end;
}

void wait_until_decided(const KafkaConfig& config, const std::string& topic) {
    const LogReader reader(config, topic, 0);
    EXPECT_TRUE(test::wait_until([&] { return reader.bounds().end == end_with_open_transactions(config, topic); }));
}

}  // namespace entstream::kafka
