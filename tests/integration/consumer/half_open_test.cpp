// Connections that break without a word, and servers that hang.

#include <gtest/gtest.h>

#include "tests/integration/consumer/consumer_setting.hpp"
#include "tests/support/tcp_proxy.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

const Uuid lea = Uuid::from_name("lea");
const Uuid max = Uuid::from_name("max");

const std::string logins = "SELECT username FROM mdl_user WHERE auth = 'ldap' ORDER BY username";

class HalfOpen : public ::testing::Test {
  protected:
    void SetUp() override {
        link_.set_server(setting_.database().config().database.port);
        setting_.set_database_port(link_.port());
        setting_.create_topic();
        setting_.write({log_.identity(1), log_.user(lea, "lea1")});
        program_ = setting_.start();
        ASSERT_EQ(setting_.wait_for(logins, "lea1"), "lea1") << program_->err();
    }
    bool says(const std::string& words) {
        return wait_until([&] { return program_->err().find(words) != std::string::npos; });
    }

    ConsumerSetting setting_;                               // NOLINT
    consumer::read::LogRecords& log_ = setting_.records();  // NOLINT
    TcpProxy link_;                                         // NOLINT
    std::unique_ptr<Process> program_;                      // NOLINT
};

TEST_F(HalfOpen, ADatabaseThatDoesNotAnswerIsNoticedAndWorkGoesOnWhenItDoes) {
    link_.black_hole(TcpProxy::Acks::kept);
    setting_.write({log_.user(max, "max1")});
    EXPECT_TRUE(says("trying again")) << program_->err();
    EXPECT_EQ(setting_.database().sql(logins), "lea1");
    link_.pass();
    EXPECT_EQ(setting_.wait_for(logins, "lea1\nmax1"), "lea1\nmax1") << program_->err();
}

TEST_F(HalfOpen, ADatabaseThatIsCutOffIsNoticedAndWorkGoesOnWhenItIsBack) {
    link_.black_hole(TcpProxy::Acks::lost);
    setting_.write({log_.user(max, "max1")});
    EXPECT_TRUE(says("trying again")) << program_->err();
    link_.pass();
    EXPECT_EQ(setting_.wait_for(logins, "lea1\nmax1"), "lea1\nmax1") << program_->err();
}

TEST_F(HalfOpen, ALostConnectionIsNoticedWhileNewOnesPass) {
    link_.lose_servers(TcpProxy::Acks::kept);
    setting_.write({log_.user(max, "max1")});
    EXPECT_EQ(setting_.wait_for(logins, "lea1\nmax1"), "lea1\nmax1") << program_->err();
}

TEST_F(HalfOpen, AProgramThatIsToldToStopEndsWhateverHangs) {
    link_.black_hole(TcpProxy::Acks::kept);
    setting_.write({log_.user(max, "max1")});
    program_->terminate();
    const Exit exit = program_->wait();
    EXPECT_EQ(exit.status, 0) << exit.err;
}

TEST_F(HalfOpen, AFormerSessionWhoseClientVanishedDoesNotHoldUpTheNextStart) {
    setting_.database().sql(
        "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(3600); RETURN NEW; END "
        "$$; "
        "CREATE TRIGGER dawdle BEFORE INSERT ON mdl_user FOR EACH ROW WHEN (NEW.username = 'max1') "
        "EXECUTE FUNCTION dawdle()");
    setting_.write({log_.user(max, "max1")});
    const std::string asleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    ASSERT_EQ(setting_.wait_for(asleep, "1"), "1") << program_->err();
    program_->kill();
    program_->wait();
    EXPECT_EQ(setting_.wait_for(asleep, "0"), "0") << "the session of the killed process goes on, with its locks";
    setting_.database().sql("DROP TRIGGER dawdle ON mdl_user");
    program_ = setting_.start();
    EXPECT_EQ(setting_.wait_for(logins, "lea1\nmax1"), "lea1\nmax1") << program_->err();
}

}  // namespace
}  // namespace entstream::test
