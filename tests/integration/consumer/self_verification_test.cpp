// The consumer compares its log with Moodle by itself, beside the stream.

#include <gmock/gmock.h>

#include <chrono>
#include <string>

#include "tests/integration/consumer/consumer_setting.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const Uuid verified_ana = Uuid::from_name("ana of the verification");
const Uuid verified_ben = Uuid::from_name("ben of the verification");

TEST(SelfVerification, FindsWhatWasChangedByHandAndKeepsItForStatus) {
    ConsumerSetting setting;
    consumer::read::LogRecords& log = setting.records();
    setting.set_more_lines("[consumer]\nverify = \"1s\"\n");
    setting.create_topic();
    setting.write({log.identity(1), log.user(verified_ana, "ana1"), log.user(verified_ben, "ben1"),
                   log.heartbeat(std::chrono::system_clock::now())});
    const auto consumer = setting.start();
    const std::string last =
        "SELECT outcome || ' ' || options FROM entstream.run WHERE kind = 'verify' ORDER BY id DESC LIMIT 1";
    EXPECT_EQ(setting.wait_for(last, "equal log and Moodle"), "equal log and Moodle") << consumer->err();
    EXPECT_TRUE(wait_until([&] { return consumer->err().find("log and Moodle agree") != std::string::npos; }));

    setting.database().sql("UPDATE mdl_user SET firstname = 'By hand' WHERE username = 'ana1'");
    setting.database().sql("UPDATE mdl_user SET lastname = 'By hand' WHERE username = 'ben1'");
    EXPECT_EQ(setting.wait_for(last, "different log and Moodle"), "different log and Moodle") << consumer->err();
    const std::string totals =
        "SELECT totals->0->>'entity', totals->0->>'kind', totals->0->>'objects' FROM entstream.run "
        "WHERE kind = 'verify' AND outcome = 'different' ORDER BY id DESC LIMIT 1";
    EXPECT_EQ(setting.database().sql(totals), "user|different|2");
    EXPECT_TRUE(wait_until([&] {
        return consumer->err().find("2 users are different in Moodle") != std::string::npos;
    })) << consumer->err();
    EXPECT_THAT(setting.replay({"status"}).out,
                AllOf(HasSubstr("ago: log and Moodle: different"), HasSubstr("2  user different (in Moodle")));
    EXPECT_EQ(setting.database().sql("SELECT firstname FROM mdl_user WHERE username = 'ana1'"), "By hand")
        << "nothing is put right by a comparison";

    // It goes on beside the stream, and a stop does not wait for it.
    setting.write({log.user(verified_ana, "ana2", v1::OPERATION_UPDATE)});
    EXPECT_EQ(setting.wait_for("SELECT count(*) FROM mdl_user WHERE username = 'ana2'", "1"), "1") << consumer->err();
    consumer->terminate();
    EXPECT_EQ(consumer->wait().status, 0) << consumer->err();
}

TEST(SelfVerification, AnUnsoundTimeIsRefused) {
    ConsumerSetting setting;
    setting.set_more_lines("[consumer]\nverify = \"25:00\"\n");
    const Exit refused = setting.run({"--check-config"});
    EXPECT_EQ(refused.status, 78);
    EXPECT_THAT(refused.err, AllOf(HasSubstr("consumer.verify"), HasSubstr("'25:00'"), HasSubstr("03:30")));
}

}  // namespace
}  // namespace entstream::test
