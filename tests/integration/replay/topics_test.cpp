// What an operator does with the topics: looks at records, and with dead letters.

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <sstream>
#include <string>
#include <vector>

#include "tests/integration/consumer/consumer_setting.hpp"

namespace entstream::test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const Uuid topics_ana = Uuid::from_name("ana of the topics");
const Uuid topics_ben = Uuid::from_name("ben of the topics");
const Uuid topics_class = Uuid::from_name("class of the topics");

std::vector<json> lines_of(const Exit& exit) {
    EXPECT_EQ(exit.status, 0) << exit.err;
    std::vector<json> lines;
    std::istringstream text(exit.out);
    for (std::string line; std::getline(text, line);) {
        lines.push_back(json::parse(line));
    }
    return lines;
}

class ReplayTopics : public ::testing::Test {
  protected:
    ReplayTopics() { setting_.create_topic(); }

    ConsumerSetting setting_;                               // NOLINT
    consumer::read::LogRecords& log_ = setting_.records();  // NOLINT
};

TEST_F(ReplayTopics, InspectShowsRecordsByKeyKindTimeAndOffset) {
    setting_.write({log_.identity(1), log_.user(topics_ana, "ana1"), log_.user(topics_ben, "ben1"),
                    log_.group(topics_class, "4EME1"),
                    log_.member(v1::KIND_GROUP, topics_class, "uid=ana1", topics_ana),
                    log_.tombstone(user_key(topics_ben)), log_.raw("foreign", "\xff\x01")});
    const auto all = lines_of(setting_.replay({"inspect"}));
    ASSERT_EQ(all.size(), 7U);
    EXPECT_EQ(all[0]["kind"], "meta");
    EXPECT_EQ(all[1]["key"], user_key(topics_ana));
    EXPECT_EQ(all[1]["value"]["kind"], "user");
    EXPECT_EQ(all[1]["value"]["operation"], "create");
    EXPECT_EQ(all[1]["value"]["uuid"], topics_ana.to_text());
    EXPECT_EQ(all[1]["value"]["attributes"]["uid"], json({"ana1"}));
    EXPECT_EQ(all[1]["headers"]["entstream-log-id"], log_.log_id);
    EXPECT_EQ(all[4]["value"]["member"]["member_uuid"], topics_ana.to_text());
    EXPECT_EQ(all[4]["value"]["member"]["value"], "uid=ana1");
    EXPECT_TRUE(all[5]["value"].is_null());
    EXPECT_EQ(all[6]["value"]["undecodable"]["base64"], "/wE=");

    EXPECT_EQ(lines_of(setting_.replay({"inspect", "--kind", "group", "--kind", "member"})).size(), 2U);
    EXPECT_EQ(lines_of(setting_.replay({"inspect", "--key", user_key(topics_ben)})).size(), 2U);
    EXPECT_EQ(lines_of(setting_.replay({"inspect", "--key", "*" + topics_class.to_text() + "*"})).size(), 2U);
    const auto between = lines_of(setting_.replay({"inspect", "--from", "2", "--to", "4"}));
    ASSERT_EQ(between.size(), 2U);
    EXPECT_EQ(between[0]["offset"], 2);
    EXPECT_EQ(lines_of(setting_.replay({"inspect", "--limit", "3"})).size(), 3U);
    EXPECT_EQ(lines_of(setting_.replay({"inspect", "--since", "1h"})).size(), 7U);
    EXPECT_EQ(lines_of(setting_.replay({"inspect", "--until", "2020-01-01T00:00:00Z"})).size(), 0U);
    EXPECT_EQ(lines_of(setting_.replay({"inspect", "--from", "1000"})).size(), 0U);
    EXPECT_EQ(setting_.replay({"inspect", "--since", "yesterday"}).status, 2);
    EXPECT_EQ(setting_.replay({"inspect", "--source", "nowhere"}).status, 2);
}

TEST_F(ReplayTopics, DeadLettersAreListedShownRetriedAndDropped) {
    setting_.write({log_.identity(1)});
    ASSERT_EQ(setting_.run_once().status, 0);
    EXPECT_EQ(setting_.replay({"dlq", "list"}).out, "no dead letter waits\n");
    setting_.database().sql("ALTER TABLE mdl_user ADD CONSTRAINT no_ben CHECK (username <> 'ben1')");
    setting_.write({log_.raw("user/" + Uuid::from_name("nobody").to_text(), "no protobuf"),
                    log_.user(topics_ana, "ana1"), log_.user(topics_ben, "ben1")});
    ASSERT_EQ(setting_.run_once().status, 0);

    const auto letters = lines_of(setting_.replay({"dlq", "list", "--json"}));
    ASSERT_EQ(letters.size(), 2U);
    EXPECT_EQ(letters[0]["stage"], "VALUE_CONVERTER");
    EXPECT_EQ(letters[1]["stage"], "TASK_PUT");
    EXPECT_EQ(letters[1]["key"], user_key(topics_ben));
    const std::string unreadable = letters[0]["letter"].dump();
    const std::string refused = letters[1]["letter"].dump();
    EXPECT_THAT(setting_.replay({"dlq", "list"}).out,
                AllOf(HasSubstr("TASK_PUT"), HasSubstr(user_key(topics_ben)), Not(HasSubstr("ben1"))));
    EXPECT_THAT(setting_.replay({"dlq", "show", refused}).out, HasSubstr("\"ben1\""));
    EXPECT_EQ(setting_.replay({"dlq", "show", "4711"}).status, 66);
    EXPECT_EQ(setting_.replay({"dlq", "retry"}).status, 2);

    const Exit still = setting_.replay({"dlq", "retry", "--all"});
    EXPECT_EQ(still.status, 1) << still.err;
    EXPECT_THAT(still.out, AllOf(HasSubstr("still waits"), HasSubstr("the database still refuses it")));
    EXPECT_THAT(still.err, Not(HasSubstr("ben1")));
    setting_.database().sql("ALTER TABLE mdl_user DROP CONSTRAINT no_ben");
    const Exit taken = setting_.replay({"dlq", "retry", refused});
    EXPECT_EQ(taken.status, 0) << taken.out << taken.err;
    EXPECT_THAT(taken.out, HasSubstr("user created 1"));
    EXPECT_EQ(setting_.database().sql("SELECT username FROM mdl_user WHERE username LIKE 'ben%'"), "ben1");
    EXPECT_EQ(setting_.database().sql("SELECT count(*) FROM entstream.refused"), "0");

    EXPECT_EQ(setting_.replay({"dlq", "drop", unreadable}).status, 2) << "nobody can be asked, and --yes is not said";
    EXPECT_EQ(setting_.replay({"dlq", "drop", unreadable, "--yes"}).status, 0);
    EXPECT_EQ(setting_.replay({"dlq", "list"}).out, "no dead letter waits\n");
    EXPECT_THAT(setting_.replay({"dlq", "list", "--all"}).out, HasSubstr("done"));
    EXPECT_EQ(setting_.run_once().status, 0) << "the consumer goes on";
}

TEST_F(ReplayTopics, ADroppedRecordIsNotTriedAgain) {
    setting_.database().sql("ALTER TABLE mdl_user ADD CONSTRAINT no_ben CHECK (username <> 'ben1')");
    setting_.write({log_.identity(1), log_.user(topics_ben, "ben1")});
    ASSERT_EQ(setting_.run_once().status, 0);
    ASSERT_EQ(setting_.database().sql("SELECT count(*) FROM entstream.refused"), "1");
    const Exit dropped = setting_.replay({"dlq", "drop", "--all", "--yes"});
    EXPECT_EQ(dropped.status, 0) << dropped.err;
    EXPECT_EQ(dropped.out, "1 dead letters dropped\n");
    EXPECT_EQ(setting_.database().sql("SELECT count(*) FROM entstream.refused"), "0");
}

}  // namespace
}  // namespace entstream::test
