// Old deletions leave the log: by themselves, and when that is asked for.

#include <librdkafka/rdkafka.h>

#include "common/kafka/client.hpp"
#include "common/kafka/topic_admin.hpp"
#include "common/model/topics.hpp"
#include "entstream/v1/change.pb.h"
#include "tests/integration/producer/control_fixture.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using std::chrono::hours;
constexpr hours day{24};

class OldDeletions : public ControlTest {
  protected:
    const std::string topic_ = Topics::of(kafka_.topic_prefix, source_).changes;
    const std::string log_id_ = Uuid::random().to_text();
    const Uuid left_long_ago_ = Uuid::from_name("left long ago");
    const Uuid left_lately_ = Uuid::from_name("left lately");

    /// A log that a producer began a hundred days ago.
    void SetUp() override {
        kafka_.replication_factor = 1;
        kafka::TopicAdmin(kafka_).ensure({kafka::TopicSpec::compacted(topic_)});
        v1::LogIdentity identity;
        identity.set_log_id(log_id_);
        identity.set_format_version(1);
        identity.set_sequence(1);
        write(std::string(log_identity_key), identity.SerializeAsString(), 100 * day);
        write_deletion(left_long_ago_, 2, 99 * day);
        write_deletion(left_lately_, 3, 50 * day);
        add_user("eva");
    }

    void write_deletion(const Uuid& uuid, std::uint64_t sequence, hours age) {
        v1::Change change;
        change.set_kind(v1::KIND_USER);
        change.set_operation(v1::OPERATION_DELETE);
        change.set_uuid(uuid.to_bytes());
        change.set_sequence(sequence);
        write(user_key(uuid), change.SerializeAsString(), age);
    }

    void write(const std::string& key, const std::string& value, hours age) {
        const kafka::ClientHandle client = kafka::make_client(RD_KAFKA_PRODUCER, kafka::make_conf(kafka_, {}));
        const auto at = std::chrono::duration_cast<std::chrono::milliseconds>(
            (std::chrono::system_clock::now() - age).time_since_epoch());
        ASSERT_EQ(
            rd_kafka_producev(client.get(), RD_KAFKA_V_TOPIC(topic_.c_str()), RD_KAFKA_V_PARTITION(0),
                              RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key.data(), key.size()),
                              RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),  // NOLINT: copied
                              RD_KAFKA_V_TIMESTAMP(at.count()),
                              RD_KAFKA_V_HEADER(log_id_header.data(), log_id_.data(), log_id_.size()), RD_KAFKA_V_END),
            RD_KAFKA_RESP_ERR_NO_ERROR);
        ASSERT_EQ(rd_kafka_flush(client.get(), 10000), RD_KAFKA_RESP_ERR_NO_ERROR);
    }

    struct Log {
        std::set<std::string> keys;                   ///< that have a value
        std::optional<std::uint64_t> highest_purged;  ///< as meta/purge says
        bool has(const Uuid& uuid) const { return keys.contains(user_key(uuid)); }
    };
    Log read_log() {
        Log result;
        kafka::read_to_end(kafka_, topic_, [&](const kafka::Record& record) {
            if (!record.value()) {
                result.keys.erase(std::string(record.key()));
                return;
            }
            result.keys.emplace(record.key());
            v1::PurgeMark mark;
            if (record.key() == purge_mark_key && mark.ParseFromString(std::string(*record.value()))) {
                result.highest_purged = mark.highest_purged_offset();
            }
        });
        return result;
    }
};

TEST_F(OldDeletions, ArePurgedByThemselvesOnceADayAndYoungerOnesWhenAsked) {
    more_config_ = "purge_after = \"0s\"\n";
    start();
    await_streaming();
    events();
    EXPECT_TRUE(read_log().has(left_long_ago_)) << "purge_after = 0s: never";
    EXPECT_EQ(state("purge"), std::nullopt);
    stop();

    more_config_.clear();
    start();
    await_streaming();
    ASSERT_TRUE(wait_until([this] { return state("purge").has_value(); })) << program_->err();
    const Log purged = read_log();
    EXPECT_FALSE(purged.has(left_long_ago_));
    EXPECT_TRUE(purged.has(left_lately_)) << "it is younger than 90 days";
    EXPECT_EQ(purged.highest_purged, 1U);
    const auto purged_at = state("purge");
    stop();

    start();
    await_streaming();
    ask("younger", [](v1::ControlRequest& request) { request.mutable_purge()->set_older_than_days(30); });
    EXPECT_EQ(await_answer("younger").removals(), 1U);
    EXPECT_FALSE(read_log().has(left_lately_));
    EXPECT_EQ(read_log().highest_purged, 2U);
    events();
    EXPECT_EQ(state("purge"), purged_at) << "a restart does not begin another one";
    expect_log_equals_directory();
}

}  // namespace
}  // namespace entstream::test
