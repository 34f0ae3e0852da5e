#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "common/kafka/log_reader.hpp"
#include "common/kafka/topic_admin.hpp"
#include "common/kafka/transactional_producer.hpp"
#include "tests/integration/kafka/broker.hpp"
#include "tests/integration/kafka/decided.hpp"
#include "tests/support/wait.hpp"

namespace entstream::kafka {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

double milliseconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

std::string incompressible(std::size_t size) {
    std::string bytes(size, 'x');
    std::generate(bytes.begin(), bytes.end(), [state = 1U]() mutable {
        state = state * 1664525U + 1013904223U;
        return static_cast<char>(state >> 24U);
    });
    return bytes;
}

TEST(Transactions, ReadersSeeCommittedRecordsOnly) {
    const std::string topic = make_topic();
    TransactionalProducer producer(broker_config(), "test." + topic, {topic});
    producer.init();

    producer.begin();
    producer.produce(topic, "aborted", "x");
    producer.abort();
    producer.begin();
    producer.produce(topic, "committed", "x");
    producer.commit();
    EXPECT_THAT(committed_keys(topic), ElementsAre("committed"));

    const std::int64_t end = end_with_open_transactions(broker_config(), topic);
    producer.begin();
    producer.produce(topic, "open", "x");
    EXPECT_TRUE(test::wait_until([&] { return end_with_open_transactions(broker_config(), topic) > end; }));
    EXPECT_THAT(visible_keys(topic), ElementsAre("committed"));
    producer.commit();
    EXPECT_THAT(committed_keys(topic), ElementsAre("committed", "open"));
}

TEST(Transactions, KeyValueHeadersAndTombstonesArriveAsTheyWereSent) {
    const std::string topic = make_topic();
    TransactionalProducer producer(broker_config(), "test." + topic, {topic});
    producer.init();
    const std::string bytes("\0\x01zero", 6);
    const std::array<Header, 2> headers = {Header{.name = "one", .value = "1"}, Header{.name = "two", .value = bytes}};
    producer.begin();
    producer.produce(topic, "value", bytes, headers);
    producer.produce(topic, "tombstone", std::nullopt);
    producer.produce(topic, "empty", "");
    producer.commit();

    LogReader reader(broker_config(), topic, 0);
    const auto value = reader.poll(std::chrono::seconds(20));
    ASSERT_TRUE(value);
    EXPECT_EQ(value->key(), "value");
    EXPECT_EQ(value->value(), bytes);
    EXPECT_EQ(value->header("two"), bytes);
    EXPECT_EQ(value->header("three"), std::nullopt);
    const auto tombstone = reader.poll(std::chrono::seconds(20));
    ASSERT_TRUE(tombstone);
    EXPECT_EQ(tombstone->value(), std::nullopt);
    const auto empty = reader.poll(std::chrono::seconds(20));
    ASSERT_TRUE(empty);
    EXPECT_EQ(empty->value(), "");
}

TEST(Transactions, ASecondProducerFencesTheFirstAndAbortsItsTransaction) {
    const std::string topic = make_topic();
    TransactionalProducer first(broker_config(), "test." + topic, {topic});
    first.init();
    first.begin();
    first.produce(topic, "of the first", "x");

    TransactionalProducer second(broker_config(), "test." + topic, {topic});
    second.init();

    EXPECT_THROW(first.commit(), Fenced);
    second.begin();
    second.produce(topic, "of the second", "x");
    second.commit();
    EXPECT_THAT(committed_keys(topic), ElementsAre("of the second"));
}

TEST(Transactions, ARecordThatIsTooLargeIsRefusedAndTheTransactionGoesOn) {
    const std::string topic = make_topic();
    TransactionalProducer producer(broker_config(), "test." + topic, {topic});
    producer.init();
    producer.begin();
    const std::string large(TransactionalProducer::max_record_bytes + 1, 'x');
    try {
        producer.produce(topic, "large", large);
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
        EXPECT_EQ(error.error_class(), ErrorClass::permanent);
        EXPECT_THAT(error.what(), HasSubstr(topic));
    }
    producer.produce(topic, "small", "x");
    producer.commit();
    EXPECT_THAT(committed_keys(topic), ElementsAre("small"));
}

TEST(Transactions, TheLargestRecordPassesTheTopic) {
    const std::string topic = make_topic();
    TransactionalProducer producer(broker_config(), "test." + topic, {topic});
    producer.init();
    producer.begin();
    const std::string large = incompressible(TransactionalProducer::max_record_bytes - std::string("large").size());
    producer.produce(topic, "large", large);
    producer.commit();
    EXPECT_THAT(committed_keys(topic), ElementsAre("large"));
}

TEST(Transactions, ARecordThatTheBrokerRefusesAbortsAndTheNextTransactionsGoOn) {
    const std::string topic = "test.narrow";
    TopicSpec narrow = TopicSpec::compacted(topic);
    narrow.settings["max.message.bytes"] = "1000";
    EXPECT_THROW(TopicAdmin(broker_config()).ensure({narrow}), TopicRefused);
    TransactionalProducer producer(broker_config(), "test." + topic, {topic});
    producer.init();
    producer.begin();
    producer.produce(topic, "narrow", "x");
    producer.produce(topic, "wide", incompressible(2000));
    try {
        producer.commit();
        FAIL() << "committed";
    } catch (const TransactionAborted& aborted) {
        EXPECT_EQ(aborted.error_class(), ErrorClass::permanent) << aborted.what();
        EXPECT_THAT(aborted.what(), HasSubstr("of topic " + topic));
    }
    EXPECT_FALSE(producer.in_transaction());
    EXPECT_THAT(committed_keys(topic), IsEmpty());

    // librdkafka 2.0.2 may abort once more after a refused record.
    EXPECT_TRUE(test::wait_until([&] {
        try {
            producer.begin();
            producer.produce(topic, "again", "x");
            producer.commit();
            return true;
        } catch (const TransactionAborted& aborted) {
            EXPECT_EQ(aborted.error_class(), ErrorClass::transient) << aborted.what();
            return false;
        }
    }));
    EXPECT_THAT(committed_keys(topic), ElementsAre("again"));
}

TEST(Transactions, ATransactionIsAbortedRightAfterAnotherOneWasCommitted) {
    const std::string topic = make_topic();
    TransactionalProducer producer(broker_config(), "test." + topic, {topic});
    producer.init();
    for (int i = 0; i < 10; ++i) {
        producer.begin();
        producer.produce(topic, "committed", "x");
        producer.commit();
        producer.begin();
        producer.produce(topic, "aborted", "x");
        producer.abort();
    }
    EXPECT_EQ(committed_keys(topic), std::vector<std::string>(10, "committed"));
}

TEST(Transactions, ATopicThatIsMissingIsNamed) {
    TransactionalProducer producer(broker_config(), "test.missing", {"test.missing"});
    try {
        producer.init();
        FAIL() << "no error";
    } catch (const TopicMissing& error) {
        EXPECT_THAT(error.what(), HasSubstr("test.missing"));
    }
}

TEST(Transactions, AnUnreachableBrokerIsATransientError) {
    KafkaConfig config = broker_config();
    config.bootstrap_servers = "127.0.0.1:1";
    TransactionalProducer producer(config, "test.unreachable", {"test.unreachable"});
    try {
        producer.init(std::chrono::milliseconds(300));
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.error_class(), ErrorClass::transient);
    }
}

TEST(Transactions, ALargeTransactionWaitsForRoomInTheQueueAndIsReadAsAWhole) {
    const std::string topic = make_topic();
    TransactionalProducer producer(broker_config(), "test." + topic, {topic});
    producer.init();
    constexpr std::size_t records = 300000;  // more than the queue takes
    const std::string value(400, 'v');
    auto start = std::chrono::steady_clock::now();
    producer.begin();
    for (std::size_t i = 0; i < records; ++i) {
        producer.produce(topic, "user/" + std::to_string(i), value);
    }
    producer.commit();
    std::printf("  %zu records of 400 B in one transaction: %.0f ms\n", records, milliseconds_since(start));

    start = std::chrono::steady_clock::now();
    EXPECT_EQ(committed_keys(topic).size(), records);
    std::printf("  read back: %.0f ms\n", milliseconds_since(start));
}

TEST(Transactions, SmallOnesFollowEachOther) {
    const std::string topic = make_topic();
    TransactionalProducer producer(broker_config(), "test." + topic, {topic});
    producer.init();
    constexpr int transactions = 50;
    std::array<double, transactions> times{};
    for (double& time : times) {
        const auto start = std::chrono::steady_clock::now();
        producer.begin();
        producer.produce(topic, "user/1", "x");
        producer.commit();
        time = milliseconds_since(start);
    }
    std::sort(times.begin(), times.end());
    std::printf("  one small record per transaction, back to back: %.1f ms median, %.1f ms at most\n",
                times[transactions / 2], times.back());
    EXPECT_EQ(committed_keys(topic).size(), transactions);
}

}  // namespace
}  // namespace entstream::kafka
