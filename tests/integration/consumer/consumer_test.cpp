#include <gmock/gmock.h>

#include <set>

#include "common/kafka/log_reader.hpp"
#include "common/kafka/topic_admin.hpp"
#include "tests/integration/consumer/consumer_setting.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const Uuid ana = Uuid::from_name("ana");
const Uuid ben = Uuid::from_name("ben");
const Uuid school_class = Uuid::from_name("a class");

const std::string usernames = "SELECT username FROM mdl_user WHERE auth = 'ldap' ORDER BY username";
const std::string cohort_members =
    "SELECT c.idnumber, u.username FROM mdl_cohort_members m JOIN mdl_cohort c ON c.id = m.cohortid"
    " JOIN mdl_user u ON u.id = m.userid ORDER BY 1, 2";
const std::string entstream_schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'entstream'";
const std::string next_offset = "SELECT next_offset FROM entstream.position";

/// How often a text stands in another.
int count_of(const std::string& text, const std::string& in) {
    int count = 0;
    for (std::size_t at = in.find(text); at != std::string::npos; at = in.find(text, at + 1)) {
        ++count;
    }
    return count;
}

class ConsumerTest : public ::testing::Test {
  protected:
    ConsumerSetting setting_;                               // NOLINT
    consumer::read::LogRecords& log_ = setting_.records();  // NOLINT
    MoodleDatabase& database_ = setting_.database();        // NOLINT
};

TEST_F(ConsumerTest, AppliesTheLogAndStopsAtItsEndWhenToldSo) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1"), log_.user(ben, "ben1"), log_.group(school_class, "4EME1"),
                    log_.member(v1::KIND_GROUP, school_class, "uid=ana1", ana)});
    const Exit first = setting_.run_once();
    EXPECT_EQ(first.status, 0) << first.err;
    EXPECT_THAT(first.err, HasSubstr("caught up at offset 5"));
    EXPECT_EQ(database_.sql(usernames), "ana1\nben1");
    EXPECT_EQ(database_.sql(cohort_members), "4EME1|ana1");
    EXPECT_EQ(database_.sql(next_offset), "5");

    const Exit second = setting_.run_once();
    EXPECT_EQ(second.status, 0) << second.err;
    EXPECT_EQ(database_.sql(usernames), "ana1\nben1");
    EXPECT_EQ(database_.sql(next_offset), "5");
}

TEST_F(ConsumerTest, WaitsForALogThatDoesNotExistYetAndGoesOnUntilItIsTerminated) {
    const auto program = setting_.start();
    ASSERT_TRUE(wait_until([&] { return program->err().find("does not exist yet") != std::string::npos; }))
        << program->err();
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1")});
    EXPECT_EQ(setting_.wait_for(usernames, "ana1"), "ana1") << program->err();
    setting_.write({log_.user(ben, "ben1")});
    EXPECT_EQ(setting_.wait_for(usernames, "ana1\nben1"), "ana1\nben1") << program->err();
    program->terminate();
    const Exit exit = program->wait();
    EXPECT_EQ(exit.status, 0) << exit.err;
    EXPECT_THAT(exit.err, HasSubstr("stopped"));
}

TEST_F(ConsumerTest, AGroupThatLeavesAndComesBackHasItsNewMembersOnly) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1"), log_.user(ben, "ben1"), log_.group(school_class, "4EME1"),
                    log_.member(v1::KIND_GROUP, school_class, "uid=ana1", ana)});
    setting_.run_once();
    setting_.write({log_.removal(group_key(school_class), v1::KIND_GROUP, school_class),
                    log_.tombstone(member_key(school_class, Uuid::from_name("uid=ana1"))),
                    log_.group(school_class, "4EME1"), log_.member(v1::KIND_GROUP, school_class, "uid=ben1", ben)});
    const Exit exit = setting_.run_once();
    EXPECT_EQ(exit.status, 0) << exit.err;
    EXPECT_EQ(database_.sql("SELECT count(*) FROM entstream.position WHERE next_offset = 10"), "1") << exit.err;
    EXPECT_THAT(database_.sql(cohort_members), HasSubstr("4EME1|ben1"));
    // Who is not named again goes when the directory was heard to have said everything.
    setting_.write({log_.heartbeat(std::chrono::system_clock::now())});
    const Exit heard = setting_.run_once();
    EXPECT_EQ(heard.status, 0) << heard.err;
    EXPECT_EQ(database_.sql(cohort_members), "4EME1|ben1");
}

TEST_F(ConsumerTest, WhatCannotBeReadGoesToTheDeadLettersAndTheRestIsApplied) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.raw(user_key(ben), "no protobuf"), log_.user(ana, "ana1")});
    const Exit exit = setting_.run_once();
    EXPECT_EQ(exit.status, 0) << exit.err;
    EXPECT_EQ(database_.sql(usernames), "ana1");

    kafka::LogReader letters(ConsumerSetting::kafka(), setting_.dead_letter_topic(), 0);
    const auto letter = letters.poll(std::chrono::seconds(30));
    ASSERT_TRUE(letter);
    EXPECT_EQ(letter->key(), user_key(ben));
    EXPECT_EQ(letter->value(), "no protobuf");
    EXPECT_EQ(letter->header("__connect.errors.topic"), setting_.topic());
    EXPECT_EQ(letter->header("__connect.errors.partition"), "0");
    EXPECT_EQ(letter->header("__connect.errors.offset"), "1");
    EXPECT_EQ(letter->header("__connect.errors.stage"), "VALUE_CONVERTER");
    EXPECT_THAT(std::string(letter->header("__connect.errors.exception.message").value_or("")), HasSubstr("protobuf"));
    EXPECT_EQ(letter->header("entstream-log-id"), log_.log_id);
}

TEST_F(ConsumerTest, ARoleObjectThatIsRenamedToAnUnknownRoleTakesItsAssignmentsAwayAndIsReportedOnce) {
    const Uuid managers = Uuid::from_name("managers");
    const std::string assignments = "SELECT count(*) FROM mdl_role_assignments WHERE component = 'local_entstream'";
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1"), log_.role(managers, "moodle:ADM:SYS:0"),
                    log_.member(v1::KIND_ROLE, managers, "uid=ana1", ana)});
    setting_.run_once();
    ASSERT_EQ(database_.sql(assignments), "1");
    setting_.write({log_.role(managers, "moodle:XYZ:SYS:0", v1::OPERATION_UPDATE)});
    const Exit exit = setting_.run_once();
    EXPECT_EQ(exit.status, 0) << exit.err;
    EXPECT_EQ(database_.sql(assignments), "0");
    EXPECT_EQ(count_of("the entry names no role", exit.err), 1) << exit.err;
    EXPECT_THAT(database_.sql("SELECT kind, problem FROM entstream.unmapped"),
                HasSubstr("role|role: the entry names no role that the mapping knows"));

    kafka::LogReader letters(ConsumerSetting::kafka(), setting_.dead_letter_topic(), 0);
    const auto letter = letters.poll(std::chrono::seconds(30));
    ASSERT_TRUE(letter);
    EXPECT_EQ(letter->header("__connect.errors.stage"), "TRANSFORMATION");
}

TEST_F(ConsumerTest, ARecordThatTheDatabaseRefusesGoesToTheDeadLettersAndTheRestIsApplied) {
    database_.sql("ALTER TABLE mdl_user ADD CONSTRAINT no_ben CHECK (username <> 'ben1')");
    setting_.create_topic();
    std::vector<consumer::read::LogRecord> records = {log_.identity(1), log_.user(ben, "ben1")};
    for (int i = 0; i < 20; ++i) {
        const std::string name = "person" + std::to_string(i);
        records.push_back(log_.user(Uuid::from_name(name), name));
    }
    setting_.write(records);
    const Exit exit = setting_.run_once();
    EXPECT_EQ(exit.status, 0) << exit.err;
    EXPECT_EQ(database_.sql("SELECT count(*) FROM mdl_user WHERE auth = 'ldap'"), "20");
    EXPECT_THAT(exit.err, AllOf(HasSubstr("SQLSTATE 23514"), Not(HasSubstr("ben1"))));

    kafka::LogReader letters(ConsumerSetting::kafka(), setting_.dead_letter_topic(), 0);
    const auto letter = letters.poll(std::chrono::seconds(30));
    ASSERT_TRUE(letter);
    EXPECT_EQ(letter->key(), user_key(ben));
    EXPECT_EQ(letter->header("__connect.errors.stage"), "TASK_PUT");
    EXPECT_EQ(database_.sql(next_offset), "22");
}

TEST_F(ConsumerTest, WhatATriggerOfTheSiteRefusedIsTriedAgainUntilItIsGoneUnlessANewerRecordSaysMore) {
    setting_.set_more_lines("[consumer]\ncheck_interval = \"200ms\"");
    database_.sql(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not at this site'; END "
        "$$;"
        "CREATE TRIGGER own_rule BEFORE INSERT ON mdl_user FOR EACH ROW WHEN (NEW.username LIKE 'ben%') "
        "EXECUTE FUNCTION refuse();"
        "CREATE TRIGGER own_rule BEFORE INSERT ON mdl_cohort FOR EACH ROW EXECUTE FUNCTION refuse()");
    const Uuid eve = Uuid::from_name("eve");
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1"), log_.user(ben, "ben1"), log_.user(eve, "ben2"),
                    log_.group(school_class, "4EME1"), log_.member(v1::KIND_GROUP, school_class, "uid=ben1", ben)});
    const auto program = setting_.start();
    const std::string waiting = "SELECT count(*) FROM entstream.refused";
    ASSERT_EQ(setting_.wait_for(next_offset, "6"), "6") << program->err();
    EXPECT_EQ(database_.sql(waiting), "3");
    EXPECT_EQ(database_.sql(usernames), "ana1");
    ASSERT_TRUE(wait_until([&] {
        return program->err().find("3 records are refused by the database") != std::string::npos;
    })) << program->err();
    setting_.write({log_.removal(user_key(eve), v1::KIND_USER, eve)});
    EXPECT_EQ(setting_.wait_for(waiting, "2"), "2") << "she left: nothing of her is tried again";

    database_.sql("DROP TRIGGER own_rule ON mdl_user; DROP TRIGGER own_rule ON mdl_cohort");
    EXPECT_EQ(setting_.wait_for(cohort_members, "4EME1|ben1"), "4EME1|ben1") << program->err();
    EXPECT_EQ(database_.sql(usernames), "ana1\nben1");
    EXPECT_EQ(setting_.wait_for(waiting, "0"), "0");
}

TEST_F(ConsumerTest, ARecreatedLogIsRefusedWithTheRemedyAndNothingIsWritten) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1")});
    setting_.run_once();
    setting_.delete_topic();
    setting_.create_topic();
    log_.log_id = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
    log_.next_sequence = 1;
    setting_.write({log_.identity(1), log_.user(ben, "ben1"), log_.user(ana, "ana2")});
    const Exit exit = setting_.run_once();
    EXPECT_EQ(exit.status, 65) << exit.err;
    EXPECT_THAT(exit.err, AllOf(HasSubstr(setting_.topic()), HasSubstr("rebuild")));
    EXPECT_EQ(database_.sql(usernames), "ana1");
}

TEST_F(ConsumerTest, AShorterLogIsRefused) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1")});
    setting_.run_once();
    setting_.delete_topic();
    setting_.create_topic();
    const Exit exit = setting_.run_once();
    EXPECT_EQ(exit.status, 65) << exit.err;
    EXPECT_THAT(exit.err, AllOf(HasSubstr("truncated or recreated"), HasSubstr("rebuild")));
}

TEST_F(ConsumerTest, ADatabaseThatWasRestoredInPartIsRefused) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1")});
    setting_.run_once();
    database_.sql("DELETE FROM mdl_config_plugins WHERE plugin = 'local_entstream'");
    setting_.write({log_.user(ben, "ben1")});
    const Exit exit = setting_.run_once();
    EXPECT_EQ(exit.status, 65) << exit.err;
    EXPECT_THAT(exit.err, HasSubstr("restore both from the same backup"));
    EXPECT_EQ(database_.sql(usernames), "ana1");
}

TEST_F(ConsumerTest, OutagesOfBothServersAreWaitedFor) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1")});
    const auto program = setting_.start();
    ASSERT_EQ(setting_.wait_for(usernames, "ana1"), "ana1") << program->err();

    ConsumerSetting::servers().stop("postgres");
    setting_.write({log_.user(ben, "ben1")});
    ASSERT_TRUE(wait_until([&] { return program->err().find("trying again") != std::string::npos; })) << program->err();
    ConsumerSetting::servers().start("postgres");
    EXPECT_EQ(setting_.wait_for(usernames, "ana1\nben1"), "ana1\nben1") << program->err();

    ConsumerSetting::servers().restart("kafka");
    setting_.write({log_.user(Uuid::from_name("cleo"), "cleo1")});
    EXPECT_EQ(setting_.wait_for(usernames, "ana1\nben1\ncleo1"), "ana1\nben1\ncleo1") << program->err();
    EXPECT_TRUE(program->running()) << program->err();
}

TEST_F(ConsumerTest, AServerThatIsFullAtAReconnectIsWaitedFor) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1")});
    const auto program = setting_.start();
    ASSERT_EQ(setting_.wait_for(usernames, "ana1"), "ana1") << program->err();

    const std::string name = database_.config().database.name;
    MoodleDatabase::as_superuser("ALTER DATABASE " + name + " CONNECTION LIMIT 0");
    MoodleDatabase::as_superuser("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name +
                                 "' AND application_name = 'entstream-consumer'");
    setting_.write({log_.user(ben, "ben1")});
    EXPECT_TRUE(wait_until([&] {
        return program->err().find("too many connections") != std::string::npos || !program->running();
    })) << program->err();
    MoodleDatabase::as_superuser("ALTER DATABASE " + name + " CONNECTION LIMIT -1");
    EXPECT_EQ(setting_.wait_for(usernames, "ana1\nben1"), "ana1\nben1") << program->err();
}

TEST_F(ConsumerTest, AMaintenanceIsWaitedForAndSaidOnce) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1")});
    database_.sql("UPDATE mdl_config SET value = '1' WHERE name = 'maintenance_enabled'");
    const auto program = setting_.start();
    std::set<std::string> looks;  // each is a new connection
    ASSERT_TRUE(wait_until([&] {
        looks.insert(
            database_.sql("SELECT max(backend_start) FROM pg_stat_activity WHERE datname = current_database() "
                          "AND application_name = 'entstream-consumer'"));
        return looks.size() > 4;
    })) << program->err();
    EXPECT_EQ(count_of("is in maintenance mode", program->err()), 1) << program->err();
    EXPECT_EQ(database_.sql(entstream_schemas), "0") << "at the start nothing is written either";
    database_.sql("UPDATE mdl_config SET value = '0' WHERE name = 'maintenance_enabled'");
    ASSERT_EQ(setting_.wait_for(usernames, "ana1"), "ana1") << program->err();

    database_.sql("UPDATE mdl_config SET value = '1' WHERE name = 'maintenance_enabled'");
    setting_.write({log_.user(ben, "ben1")});
    ASSERT_TRUE(wait_until([&] { return count_of("is in maintenance mode", program->err()) == 2; })) << program->err();
    database_.sql("UPDATE mdl_config SET value = '0' WHERE name = 'maintenance_enabled'");
    EXPECT_EQ(setting_.wait_for(usernames, "ana1\nben1"), "ana1\nben1") << program->err();
    EXPECT_EQ(count_of("accounts of auth 'ldap' cannot log in", program->err()), 1) << "and advice is not repeated";
}

TEST_F(ConsumerTest, CheckReachesTheServersAndWritesNothing) {
    const Exit exit = setting_.run({"--check"});
    EXPECT_EQ(exit.status, 0) << exit.err;
    EXPECT_THAT(exit.err, AllOf(HasSubstr("does not exist yet"), HasSubstr("is a Moodle of version")));
    EXPECT_EQ(database_.sql(entstream_schemas), "0");
}

TEST_F(ConsumerTest, ADatabaseThatIsNoMoodleIsNamedAndNothingIsWritten) {
    setting_.set_database_lines("prefix = \"other_\"");
    for (const char* option : {"--check", "--once"}) {
        const Exit exit = setting_.run({option});
        EXPECT_EQ(exit.status, 78) << exit.err;
        EXPECT_THAT(exit.err, HasSubstr("other_"));
    }
    EXPECT_EQ(database_.sql(entstream_schemas), "0");
    EXPECT_FALSE(kafka::TopicAdmin(ConsumerSetting::kafka()).exists(setting_.dead_letter_topic()));
}

TEST_F(ConsumerTest, ADeadLetterTopicWithTheWrongSettingsIsNamedAndNothingIsWritten) {
    kafka::TopicAdmin(ConsumerSetting::kafka()).ensure({kafka::TopicSpec::compacted(setting_.dead_letter_topic())});
    for (const char* option : {"--check", "--once"}) {
        const Exit exit = setting_.run({option});
        EXPECT_EQ(exit.status, 78) << exit.err;
        EXPECT_THAT(exit.err, AllOf(HasSubstr(setting_.dead_letter_topic()), HasSubstr("cleanup.policy is compact"),
                                    HasSubstr("kafka-configs")));
    }
    EXPECT_EQ(database_.sql(entstream_schemas), "0");
}

TEST_F(ConsumerTest, AWrongPasswordIsAMatterOfPermission) {
    const Exit exit = setting_.run({"--once"}, "not the password");
    EXPECT_EQ(exit.status, 77) << exit.err;
    EXPECT_THAT(exit.err, AllOf(HasSubstr("password"), HasSubstr("[database]"), Not(HasSubstr("not the password"))));
}

TEST_F(ConsumerTest, AServerThatDoesNotAnswerIsNamed) {
    ConsumerSetting::servers().stop("postgres");
    const Exit exit = setting_.run({"--check"});
    ConsumerSetting::servers().start("postgres");
    EXPECT_EQ(exit.status, 69) << exit.err;
    EXPECT_THAT(exit.err, AllOf(HasSubstr(ConsumerSetting::servers().get("PGPORT")), HasSubstr("[database]")));
}

TEST_F(ConsumerTest, ASourceThatDoesNotPublishWhatTheMappingNeedsIsRefused) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.source_description({"uid"}), log_.user(ana, "ana1")});
    const Exit exit = setting_.run_once();
    EXPECT_EQ(exit.status, 78) << exit.err;
    EXPECT_THAT(exit.err, HasSubstr("givenName"));
    EXPECT_EQ(database_.sql(usernames), "");
}

}  // namespace
}  // namespace entstream::test
