#include "common/kafka/log_reader.hpp"

#include <gmock/gmock.h>
#include <poll.h>

#include <array>

#include "common/kafka/client.hpp"
#include "common/kafka/transactional_producer.hpp"
#include "tests/integration/kafka/broker.hpp"
#include "tests/integration/kafka/decided.hpp"
#include "tests/support/wait.hpp"

namespace entstream::kafka {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::chrono::seconds long_enough{30};

/// A topic and its producer, ready for records.
class LogReaderTest : public ::testing::Test {
  protected:
    void SetUp() override {
        topic_ = make_topic();
        producer_.emplace(broker_config(), "test." + topic_, std::vector<std::string>{topic_});
        producer_->init();
    }

    void write(const std::vector<std::string>& keys) {
        producer_->begin();
        for (const std::string& key : keys) {
            producer_->produce(topic_, key, "x");
        }
        producer_->commit();
        wait_until_decided(broker_config(), topic_);
    }

    void write_and_abort(const std::vector<std::string>& keys) {
        producer_->begin();
        for (const std::string& key : keys) {
            producer_->produce(topic_, key, "x");
        }
        producer_->abort();
        wait_until_decided(broker_config(), topic_);
    }

    /// Polls until the end is reached. \returns the keys
    static std::vector<std::string> read_all(LogReader& reader) {
        std::vector<std::string> keys;
        EXPECT_TRUE(test::wait_until([&] {
            while (const auto record = reader.poll(std::chrono::milliseconds(50))) {
                keys.emplace_back(record->key());
            }
            return reader.at_end();
        }));
        return keys;
    }

    /// Writes a record in a transaction that stays open, and behind it one of another producer that is committed.
    void write_open_and_committed() {
        const std::int64_t open_offset = end_with_open_transactions(broker_config(), topic_);
        producer_->begin();
        producer_->produce(topic_, "open", "x");
        EXPECT_TRUE(
            test::wait_until([&] { return end_with_open_transactions(broker_config(), topic_) > open_offset; }));
        TransactionalProducer other(broker_config(), "test.other." + topic_, {topic_});
        other.init();
        other.begin();
        other.produce(topic_, "of another", "x");
        other.commit();
    }

    std::string topic_;                              // NOLINT(*-visibility*)
    std::optional<TransactionalProducer> producer_;  // NOLINT(*-visibility*)
};

TEST_F(LogReaderTest, ReadsFromTheOffsetThatItIsGiven) {
    write({"a", "b", "c"});
    LogReader reader(broker_config(), topic_, 1);
    EXPECT_THAT(read_all(reader), ElementsAre("b", "c"));
}

TEST_F(LogReaderTest, AnEmptyLogIsAtItsEndAtOnce) {
    LogReader reader(broker_config(), topic_, 0);
    EXPECT_THAT(read_all(reader), IsEmpty());
    EXPECT_EQ(reader.position(), 0);
}

TEST_F(LogReaderTest, PositionStepsOverControlAndAbortedRecords) {
    write({"a"});                 // offset 0, marker 1
    write_and_abort({"b", "c"});  // offsets 2, 3, marker 4
    LogReader reader(broker_config(), topic_, 0);
    EXPECT_THAT(read_all(reader), ElementsAre("a"));
    EXPECT_TRUE(test::wait_until([&] {
        reader.poll(std::chrono::milliseconds(20));
        return reader.position() == 5;
    })) << reader.position();
    EXPECT_EQ(reader.bounds().end, 5);
}

TEST_F(LogReaderTest, TheEndOfTheLogIsTheLastStableOffset) {
    write({"a"});  // offset 0, marker 1
    write_open_and_committed();
    // What was open before it is not decided: nobody reads it yet.
    LogReader reader(broker_config(), topic_, 0);
    EXPECT_THAT(read_all(reader), ElementsAre("a"));
    EXPECT_EQ(reader.bounds().end, 2);
    producer_->commit();
    wait_until_decided(broker_config(), topic_);
    const auto open = reader.poll(long_enough);
    ASSERT_TRUE(open);
    EXPECT_EQ(open->key(), "open");
    EXPECT_THAT(read_all(reader), ElementsAre("of another"));
}

TEST_F(LogReaderTest, AnOffsetBehindWhatIsDecidedIsWaitedFor) {
    write_open_and_committed();
    LogReader reader(broker_config(), topic_, 2);
    EXPECT_FALSE(reader.poll(std::chrono::milliseconds(0)));
    producer_->commit();
    wait_until_decided(broker_config(), topic_);
    write({"later"});
    const auto record = reader.poll(long_enough);
    ASSERT_TRUE(record);
    EXPECT_EQ(record->key(), "later");
}

TEST_F(LogReaderTest, LeavesTheEndWhenMoreComes) {
    LogReader reader(broker_config(), topic_, 0);
    read_all(reader);
    ASSERT_TRUE(reader.at_end());
    write({"later"});
    const auto record = reader.poll(long_enough);
    ASSERT_TRUE(record);
    EXPECT_EQ(record->key(), "later");
    EXPECT_FALSE(reader.at_end());
}

TEST_F(LogReaderTest, ItsEventWakesWhoWaitsForRecords) {
    LogReader reader(broker_config(), topic_, 0);
    read_all(reader);
    for (const std::string key : {"first", "second", "third"}) {
        while (reader.poll(std::chrono::milliseconds(0))) {
        }
        write({key});
        std::vector<std::string> keys;
        // Several wake-ups may come before the record does: a marker, the end.
        EXPECT_TRUE(test::wait_until([&] {
            std::array<pollfd, 1> wait = {pollfd{.fd = reader.event_fd(), .events = POLLIN, .revents = 0}};
            EXPECT_EQ(::poll(wait.data(), wait.size(), 30000), 1) << "no event for " << key;
            while (const auto record = reader.poll(std::chrono::milliseconds(0))) {
                keys.emplace_back(record->key());
            }
            return !keys.empty();
        }));
        EXPECT_THAT(keys, ElementsAre(key));
    }
}

/// What lag tools see of a group.
std::int64_t committed_offset(const std::string& group, const std::string& topic) {
    const auto client = make_client(RD_KAFKA_CONSUMER, make_conf(broker_config(), {{"group.id", group}}));
    const PartitionListHandle list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), 0);
    rd_kafka_committed(client.get(), list.get(), 10000);
    return list->elems[0].offset;
}

TEST_F(LogReaderTest, APositionHintIsSeenByLagTools) {
    write({"a", "b"});
    LogReader reader(broker_config(), topic_, 0, {.group = "test.hints"});
    read_all(reader);
    // A hint may get lost while the broker still looks for the group's coordinator.
    EXPECT_TRUE(test::wait_until([&] {
        reader.hint_position(2);
        return committed_offset("test.hints", topic_) == 2;
    }));
}

TEST_F(LogReaderTest, AnOffsetBehindTheEndIsNamed) {
    write({"a"});
    try {
        const LogReader reader(broker_config(), topic_, 1000);
        FAIL() << "accepted";
    } catch (const OffsetOutOfRange& error) {
        EXPECT_THAT(error.what(), HasSubstr("offset 1000"));
        EXPECT_THAT(error.what(), HasSubstr(topic_));
        EXPECT_THAT(error.what(), HasSubstr("0 to 2"));
    }
}

TEST_F(LogReaderTest, AMissingTopicIsNamed) {
    try {
        const LogReader reader(broker_config(), "test.nowhere", 0);
        FAIL() << "accepted";
    } catch (const TopicMissing& error) {
        EXPECT_THAT(error.what(), HasSubstr("test.nowhere"));
    }
}

TEST_F(LogReaderTest, ReadingToTheEndStopsThereWhenOnlyControlRecordsFollow) {
    write({"a", "b"});
    write_and_abort({"c"});
    std::vector<std::string> keys;
    const auto end =
        read_to_end(broker_config(), topic_, [&](const Record& record) { keys.emplace_back(record.key()); });
    EXPECT_THAT(keys, ElementsAre("a", "b"));
    EXPECT_EQ(end, 5);
}

TEST_F(LogReaderTest, ReadingToTheEndOfAnEmptyOrWhollyAbortedTopicReturns) {
    EXPECT_EQ(read_to_end(broker_config(), topic_, [](const Record&) { FAIL() << "a record"; }), 0);
    write_and_abort({"a", "b"});
    EXPECT_EQ(read_to_end(broker_config(), topic_, [](const Record&) { FAIL() << "a record"; }), 3);
}

TEST_F(LogReaderTest, TheNewestRecordIsFoundFromTheEndBackwards) {
    const auto newest = [this](const std::string& key, int& read) {
        std::int64_t offset = -1;
        const bool found = find_newest(broker_config(), topic_, [&](const Record& record) {
            ++read;
            if (record.key() == key) {
                offset = record.offset();
            }
            return record.key() == key;
        });
        return found ? offset : -1;
    };
    int read = 0;
    EXPECT_EQ(newest("a", read), -1) << "an empty topic";
    write({"first", "a"});
    write(std::vector<std::string>(1500, "other"));
    write({"a", "a", "other"});
    write_and_abort({"a"});
    EXPECT_EQ(newest("a", read), 1505);
    EXPECT_LE(read, 1000) << "what is before it is not read";
    EXPECT_EQ(newest("first", read), 0);
    EXPECT_EQ(newest("none", read), -1);
}

TEST_F(LogReaderTest, ReadingToTheEndStopsWhenToldSo) {
    write({"a", "b", "c"});
    int read = 0;
    const auto stopped_at = read_to_end(
        broker_config(), topic_, [&](const Record&) { ++read; }, [&] { return read < 2; });
    EXPECT_EQ(read, 2);
    EXPECT_EQ(stopped_at, 2);
}

}  // namespace
}  // namespace entstream::kafka
