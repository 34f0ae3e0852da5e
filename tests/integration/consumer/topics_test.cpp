// What happens to the consumer's topics: made with other settings, or deleted under a program that runs.

#include <gmock/gmock.h>

#include "common/kafka/log_reader.hpp"
#include "common/kafka/topic_admin.hpp"
#include "tests/integration/consumer/consumer_setting.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const Uuid eva = Uuid::from_name("eva");
const Uuid tom = Uuid::from_name("tom");

const std::string account_names = "SELECT username FROM mdl_user WHERE auth = 'ldap' ORDER BY username";

class ConsumerTopics : public ::testing::Test {
  protected:
    ConsumerSetting setting_;                               // NOLINT
    consumer::read::LogRecords& log_ = setting_.records();  // NOLINT
    MoodleDatabase& database_ = setting_.database();        // NOLINT
};

TEST_F(ConsumerTopics, ADeletedLogIsSaidWithTheRemedyAndTheProgramStillEnds) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(eva, "eva1")});
    const auto program = setting_.start();
    ASSERT_EQ(setting_.wait_for(account_names, "eva1"), "eva1") << program->err();
    setting_.delete_topic();
    ASSERT_TRUE(wait_until([&] { return program->err().find("was deleted") != std::string::npos; })) << program->err();
    EXPECT_THAT(program->err(), AllOf(HasSubstr(setting_.topic()), HasSubstr("docs/rebuild.md")));
    program->terminate();
    const Exit exit = program->wait();
    EXPECT_EQ(exit.status, 0) << exit.err;
    EXPECT_THAT(exit.err, AllOf(HasSubstr("stopped"), Not(HasSubstr("told to stop"))));
}

TEST_F(ConsumerTopics, ALogThatIsMadeAnewUnderARunningProgramIsRefused) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(eva, "eva1")});
    const auto program = setting_.start();
    ASSERT_EQ(setting_.wait_for(account_names, "eva1"), "eva1") << program->err();
    setting_.delete_topic();
    ASSERT_TRUE(wait_until([&] { return program->err().find("was deleted") != std::string::npos; })) << program->err();
    setting_.create_topic();
    log_.log_id = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
    log_.next_sequence = 1;
    setting_.write({log_.identity(1), log_.user(tom, "tom1"), log_.user(eva, "eva2")});
    const Exit exit = program->wait();
    EXPECT_EQ(exit.status, 65) << exit.err;
    EXPECT_EQ(database_.sql(account_names), "eva1");
}

TEST_F(ConsumerTopics, ALogOfSeveralPartitionsOrThatForgetsIsRefusedWithTheRemedy) {
    setting_.create_topic_with(3, {{"cleanup.policy", "delete"}});
    for (const char* option : {"--check", "--once"}) {
        const Exit exit = setting_.run({option});
        EXPECT_EQ(exit.status, 78) << exit.err;
        EXPECT_THAT(exit.err, AllOf(HasSubstr(setting_.topic()), HasSubstr("it has 3 partitions, wanted: 1"),
                                    HasSubstr("cleanup.policy is delete"), HasSubstr("kafka-configs")));
    }
    EXPECT_EQ(database_.sql(account_names), "");
}

TEST_F(ConsumerTopics, ADeadLetterTopicThatIsDeletedUnderARunningProgramIsMadeAnew) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(eva, "eva1")});
    const auto program = setting_.start();
    ASSERT_EQ(setting_.wait_for(account_names, "eva1"), "eva1") << program->err();
    ConsumerSetting::delete_topic(setting_.dead_letter_topic());
    setting_.write({log_.raw(user_key(tom), "no protobuf"), log_.user(tom, "tom1")});
    ASSERT_EQ(setting_.wait_for(account_names, "eva1\ntom1"), "eva1\ntom1") << program->err();

    kafka::LogReader letters(ConsumerSetting::kafka(), setting_.dead_letter_topic(), 0);
    const auto letter = letters.poll(std::chrono::seconds(30));
    ASSERT_TRUE(letter);
    EXPECT_EQ(letter->key(), user_key(tom));
}

}  // namespace
}  // namespace entstream::test
