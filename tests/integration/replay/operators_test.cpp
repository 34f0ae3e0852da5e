// What an operator asks entstream-replay beside a running consumer: how it stands, what waits, and what he decides.

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <sstream>
#include <string>

#include "tests/integration/consumer/consumer_setting.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

const Uuid operators_ana = Uuid::from_name("ana of the operators");
const Uuid operators_ben = Uuid::from_name("ben of the operators");

class Operators : public ::testing::Test {
  protected:
    ConsumerSetting setting_;                               // NOLINT
    consumer::read::LogRecords& log_ = setting_.records();  // NOLINT
};

TEST_F(Operators, StatusSaysWhoServesHowFarItIsAndWhatWaits) {
    setting_.set_more_lines("[guard]\nremovals = 0\npercent = 0\n");
    const Exit before = setting_.replay({"status"});
    EXPECT_EQ(before.status, 1) << before.err;
    EXPECT_THAT(before.out, AllOf(HasSubstr("has applied nothing to this Moodle yet"), HasSubstr("does not exist yet"),
                                  HasSubstr("! no entstream-consumer serves this Moodle")));

    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(operators_ana, "ana1"), log_.user(operators_ben, "ben1")});
    const auto consumer = setting_.start();
    ASSERT_EQ(setting_.wait_for("SELECT count(*) FROM entstream.link", "2"), "2") << consumer->err();
    EXPECT_EQ(setting_.replay({"status"}).status, 12) << "no watermark: the directory was not read to its end";

    const std::string has_watermark = "SELECT watermark IS NOT NULL FROM entstream.position";
    setting_.write({log_.heartbeat(std::chrono::system_clock::now() - std::chrono::hours(2))});
    ASSERT_EQ(setting_.wait_for(has_watermark, "t"), "t") << consumer->err();
    const Exit well = setting_.replay({"status", "--json", "--max-age", "3h"});
    EXPECT_EQ(well.status, 0) << well.out << well.err;
    const json state = json::parse(well.out);
    EXPECT_EQ(state["status"], 0);
    EXPECT_EQ(state["served"]["serves"], true);
    EXPECT_EQ(state["sources"][0]["source"], setting_.source());
    EXPECT_EQ(state["sources"][0]["behind"], 0);
    EXPECT_EQ(state["sources"][0]["users"], 2);
    EXPECT_THAT(setting_.replay({"status", "--max-age", "3h"}).out,
                AllOf(HasSubstr("which is its end"), HasSubstr("all is well")));
    EXPECT_EQ(setting_.replay({"status", "--max-age", "soon"}).status, 2);
    const Exit old = setting_.replay({"status"});
    EXPECT_EQ(old.status, 1) << "more than five minutes old";
    EXPECT_THAT(old.out, HasSubstr("Moodle has what the directory said 2 h ago"));

    setting_.write({log_.removal(user_key(operators_ben), v1::KIND_USER, operators_ben)});
    ASSERT_EQ(setting_.wait_for("SELECT count(*) FROM entstream.held", "1"), "1") << consumer->err();
    const Exit held = setting_.replay({"status", "--max-age", "3h"});
    EXPECT_EQ(held.status, 11) << held.out;
    EXPECT_THAT(held.out, HasSubstr("1 removals held by the guard"));
    EXPECT_THAT(held.out + held.err, Not(HasSubstr("ben1"))) << "no personal data";

    consumer->terminate();
    ASSERT_EQ(consumer->wait().status, 0);
    setting_.write({log_.user(operators_ana, "ana2", v1::OPERATION_UPDATE)});
    const Exit behind = setting_.replay({"status", "--json", "--max-age", "3h"});
    EXPECT_EQ(behind.status, 1) << behind.out;
    EXPECT_EQ(json::parse(behind.out)["served"]["serves"], false);
    EXPECT_GT(json::parse(behind.out)["sources"][0]["behind"], 0);
}

TEST_F(Operators, StatusSaysWhatTheLastVerificationFoundOrThatItFailed) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(operators_ana, "ana1"),
                    log_.heartbeat(std::chrono::system_clock::now() + std::chrono::hours(1))});
    const auto consumer = setting_.start();
    ASSERT_EQ(setting_.wait_for("SELECT watermark IS NOT NULL FROM entstream.position", "t"), "t") << consumer->err();
    ASSERT_EQ(setting_.replay({"verify", "--without-directory"}).status, 0);
    const Exit equal = setting_.replay({"status"});
    EXPECT_EQ(equal.status, 0) << equal.out;
    EXPECT_THAT(equal.out, AllOf(HasSubstr("ago: log and Moodle: equal"), HasSubstr("all is well")));

    setting_.database().sql("UPDATE mdl_user SET firstname = 'By hand' WHERE username = 'ana1'");
    ASSERT_EQ(setting_.replay({"verify", "--without-directory"}).status, 10);
    const Exit different = setting_.replay({"status"});
    EXPECT_EQ(different.status, 10) << different.out;
    EXPECT_THAT(different.out,
                AllOf(ContainsRegex("! the last verification \\(log and Moodle, [0-9]+ s ago\\) found 1 differences"),
                      Not(HasSubstr("all is well"))));

    const auto ended_as = [&](const std::string& outcome) {
        setting_.database().sql(
            "INSERT INTO entstream.run (kind, target, planned_by, records, totals, options, ended_at, outcome) "
            "SELECT kind, target, 'somebody', 0, '[]', options, now(), '" +
            outcome +
            "' FROM entstream.run "
            "WHERE kind = 'verify' LIMIT 1");
    };
    ended_as("failed");
    const Exit failed = setting_.replay({"status"});
    EXPECT_EQ(failed.status, 1) << failed.out;
    EXPECT_THAT(failed.out,
                AllOf(ContainsRegex("verifying +[0-9]+ s ago: log and Moodle: failed: nothing can be said"),
                      ContainsRegex("! the last verification \\(log and Moodle, [0-9]+ s ago, by somebody\\) failed"),
                      HasSubstr("! the verification before it")));
    const json told = json::parse(setting_.replay({"status", "--json"}).out);
    EXPECT_EQ(told["served"]["verification_without_result"]["outcome"], "failed");
    EXPECT_EQ(told["served"]["verification"]["outcome"], "different");
    EXPECT_EQ(told["findings"].size(), 2U);
    ended_as("too long");
    EXPECT_THAT(setting_.replay({"status"}).out, HasSubstr("took too long and was given up"));
    ended_as("stopped");
    const Exit stopped = setting_.replay({"status"});
    EXPECT_EQ(stopped.status, 10) << "whoever stopped it knows that: " << stopped.out;
    EXPECT_THAT(stopped.out, HasSubstr("ago: log and Moodle: stopped: nothing can be said"));
}

TEST_F(Operators, DecisionsAreThoseOfTheConsumer) {
    setting_.set_more_lines("[guard]\nremovals = 0\npercent = 0\n");
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(operators_ana, "ana1"), log_.user(operators_ben, "ben1")});
    const Exit planned = setting_.replay({"plan"});
    EXPECT_EQ(planned.status, 0) << planned.err;
    EXPECT_EQ(planned.out, setting_.run({"--plan"}).out);
    ASSERT_EQ(setting_.run_once().status, 0);
    setting_.write({log_.removal(user_key(operators_ana), v1::KIND_USER, operators_ana),
                    log_.removal(user_key(operators_ben), v1::KIND_USER, operators_ben)});
    ASSERT_EQ(setting_.run_once().status, 0);

    const Exit held = setting_.replay({"held"});
    EXPECT_THAT(held.out, AllOf(HasSubstr("ana1"), HasSubstr("2 removals are held")));
    EXPECT_EQ(held.out, setting_.run({"--held"}).out);
    EXPECT_EQ(json::parse(setting_.replay({"held", "--json"})
                              .out.substr(0, setting_.replay({"held", "--json"}).out.find('\n')))["entity"],
              "user");
    EXPECT_THAT(setting_.replay({"explain", "ana1"}).out, HasSubstr("user/" + operators_ana.to_text()));
    EXPECT_EQ(setting_.replay({"explain", "nobody"}).status, 66);
    EXPECT_EQ(setting_.replay({"approve", "everything"}).status, 2);
    EXPECT_EQ(setting_.replay({"approve"}).status, 2) << "nothing is approved by mistake";
    EXPECT_EQ(setting_.replay({"approve", "start"}).status, 1) << "no first start waits";

    const Exit approved = setting_.replay({"approve", operators_ana.to_text()});
    EXPECT_EQ(approved.status, 0) << approved.err;
    EXPECT_THAT(approved.out, HasSubstr("1 held removals approved: user suspended 1"));
    const Exit rejected = setting_.replay({"reject", "held"});
    EXPECT_EQ(rejected.status, 0) << rejected.err;
    EXPECT_THAT(rejected.out, HasSubstr("1 held removals rejected"));
    EXPECT_EQ(setting_.database().sql("SELECT username FROM mdl_user WHERE suspended = 1"), "ana1");
    EXPECT_EQ(setting_.replay({"held"}).out, "nothing is held\n");
}

TEST_F(Operators, APauseLastsUntilItIsResumedAndOutlivesTheConsumer) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(operators_ana, "ana1")});
    auto consumer = setting_.start();
    const std::string accounts = "SELECT username FROM mdl_user WHERE auth = 'ldap' ORDER BY 1";
    ASSERT_EQ(setting_.wait_for(accounts, "ana1"), "ana1") << consumer->err();
    EXPECT_EQ(setting_.replay({"resume"}).status, 1) << "nothing is paused";
    EXPECT_EQ(setting_.replay({"pause", "nowhere"}).status, 2);
    EXPECT_EQ(setting_.replay({"pause", setting_.source(), "--why", "a repair"}).status, 0);
    const auto says = [&](const char* words) {
        return wait_until([&] { return consumer->err().find(words) != std::string::npos; });
    };
    ASSERT_TRUE(says("is paused since")) << consumer->err();
    setting_.write({log_.user(operators_ben, "ben1")});
    consumer->terminate();
    ASSERT_EQ(consumer->wait().status, 0);
    ASSERT_EQ(setting_.run_once().status, 0);
    EXPECT_EQ(setting_.database().sql(accounts), "ana1");
    const Exit paused = setting_.replay({"status"});
    EXPECT_EQ(paused.status, 1);
    EXPECT_THAT(paused.out,
                AllOf(HasSubstr("source " + setting_.source() + " is paused since"), HasSubstr("a repair")));

    consumer = setting_.start();
    ASSERT_TRUE(says("is paused since")) << consumer->err();
    EXPECT_EQ(setting_.replay({"resume", setting_.source()}).status, 0);
    EXPECT_EQ(setting_.wait_for(accounts, "ana1\nben1"), "ana1\nben1") << consumer->err();
    EXPECT_EQ(setting_.replay({"pause"}).status, 0);
    ASSERT_TRUE(says("all sources are paused since")) << consumer->err();
}

TEST_F(Operators, CheckReportsEachFindingWithItsRemedyAndGoesOn) {
    setting_.database().sql(
        "UPDATE mdl_task_scheduled SET disabled = 0 "
        "WHERE component = 'auth_ldap' AND classname LIKE '%sync_task'");
    const Exit sound = setting_.replay({"check"});
    EXPECT_EQ(sound.status, 0) << sound.out << sound.err;
    EXPECT_THAT(sound.out, AllOf(HasSubstr("mapping    ok"), HasSubstr("log        advice"),
                                 HasSubstr("task \\auth_ldap\\task\\sync_task is enabled"), HasSubstr("disable it")));

    setting_.create_topic_with(3, {{"cleanup.policy", "delete"}});
    setting_.database().sql("ALTER TABLE mdl_cohort DROP COLUMN component");
    const Exit wrong = setting_.replay({"check", "--json"});
    EXPECT_EQ(wrong.status, 78) << wrong.out << wrong.err;
    EXPECT_THAT(wrong.out, AllOf(HasSubstr(R"("check":"log")"), HasSubstr("partitions"), HasSubstr("cleanup.policy"),
                                 HasSubstr(R"("check":"moodle")"), HasSubstr("component")));
    EXPECT_EQ(setting_.replay({"check", "--producer-config", "/nonexistent.toml"}).status, 78);
}

TEST_F(Operators, AChangedMappingIsAppliedOnceItIsToldTo) {
    const std::string cohorts = "SELECT idnumber FROM mdl_cohort WHERE component = 'local_entstream' ORDER BY 1";
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.group(Uuid::from_name("a class"), "4EME1")});
    ASSERT_EQ(setting_.run_once().status, 0);
    EXPECT_THAT(setting_.replay({"apply-config"}).out, HasSubstr("there is nothing to apply"));
    setting_.set_more_lines("prefix = \"2027\"");
    ASSERT_EQ(setting_.run_once().status, 78);
    EXPECT_EQ(setting_.replay({"apply-config"}).status, 2) << "nobody can be asked, and --yes is not said";
    const Exit applied = setting_.replay({"apply-config", "--yes"});
    EXPECT_EQ(applied.status, 0) << applied.out << applied.err;
    EXPECT_THAT(applied.out, HasSubstr("source " + setting_.source() + ": will be read again from its start"));
    const Exit rebuilt = setting_.run_once();
    EXPECT_EQ(rebuilt.status, 0) << rebuilt.err;
    EXPECT_EQ(setting_.database().sql(cohorts), "2027_4EME1");

    const auto consumer = setting_.start();
    ASSERT_TRUE(wait_until([&] {
        return setting_.replay({"status", "--json"}).out.find(R"("serves":true)") != std::string::npos;
    }));
    EXPECT_EQ(setting_.replay({"apply-config", "--again", setting_.source(), "--yes"}).status, 1) << "it is served";
    setting_.set_component("local_other");
    const Exit another = setting_.replay({"apply-config", "--yes"});
    EXPECT_EQ(another.status, 78) << another.err;
    EXPECT_THAT(another.out, HasSubstr("component = 'local_other'"));
}

TEST_F(Operators, EachCommandHasHelpWithExamples) {
    std::istringstream lines(setting_.replay({"--help"}).out);
    std::string line;
    while (std::getline(lines, line) && line != "Subcommands:") {
    }
    int commands = 0;
    while (std::getline(lines, line) && line.starts_with("  ")) {
        const std::string command = line.substr(2, line.find(' ', 2) - 2);
        const Exit help = setting_.replay({command, "--help"});
        EXPECT_EQ(help.status, 0);
        EXPECT_THAT(help.out, AllOf(HasSubstr("Examples:"), HasSubstr("consumer.toml " + command))) << command;
        ++commands;
    }
    EXPECT_GE(commands, 19);
}

}  // namespace
}  // namespace entstream::test
