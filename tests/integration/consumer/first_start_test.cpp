// The first start on a Moodle that has people already: it plans, says so and waits.

#include <gmock/gmock.h>

#include <chrono>
#include <string>

#include "tests/integration/consumer/consumer_setting.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Uuid first_start_ana = Uuid::from_name("ana");
const Uuid first_start_ben = Uuid::from_name("ben");
const Uuid first_start_class = Uuid::from_name("a class");
const Uuid first_start_managers = Uuid::from_name("managers");

class FirstStart : public ::testing::Test {
  protected:
    FirstStart() {
        setting_.set_first_start("ask");
        setting_.set_more_lines("[users.adopt]\nmode = \"exact\"\n");
    }

    /// A log with two people, a class and a role, and a Moodle that has one of them and somebody else.
    void prepare() {
        setting_.create_topic();
        setting_.write({log_.identity(1), log_.user(first_start_ana, "ana1"), log_.user(first_start_ben, "ben1"),
                        log_.group(first_start_class, "4EME1"),
                        log_.member(v1::KIND_GROUP, first_start_class, "uid=ana1", first_start_ana),
                        log_.role(first_start_managers, "moodle:ADM:SYS:0"),
                        log_.member(v1::KIND_ROLE, first_start_managers, "uid=ana1", first_start_ana),
                        log_.user(first_start_ana, "ana1"), log_.heartbeat(std::chrono::system_clock::now())});
        account_ = database_.sql(
            "INSERT INTO mdl_user (auth, confirmed, mnethostid, username, firstname, lastname, email) "
            "VALUES ('ldap', 1, 1, 'ana1', 'Ana', 'Old', 'ana@old.example') RETURNING id");
        database_.sql(
            "INSERT INTO mdl_user (auth, confirmed, mnethostid, username, firstname, lastname, email) "
            "VALUES ('manual', 1, 1, 'ben1', 'Ben', 'Hand', 'ben@old.example')");
    }

    /// Everything that a plan must leave alone: rows, sequences, schemas.
    std::string everything() {
        return database_.sql(
            "SELECT (SELECT md5(string_agg(account::text, ',' ORDER BY id)) FROM mdl_user AS account), "
            "(SELECT count(*) FROM mdl_cohort), (SELECT count(*) FROM mdl_role_assignments), "
            "(SELECT count(*) FROM mdl_config_plugins), (SELECT count(*) FROM mdl_logstore_standard_log), "
            "(SELECT string_agg(sequencename || coalesce(last_value, 0), ',' ORDER BY sequencename) FROM "
            "pg_sequences), "
            "(SELECT count(*) FROM pg_namespace WHERE nspname = 'entstream')");
    }

    ConsumerSetting setting_;                               // NOLINT
    consumer::read::LogRecords& log_ = setting_.records();  // NOLINT
    MoodleDatabase& database_ = setting_.database();        // NOLINT
    std::string account_;                                   // NOLINT
};

TEST_F(FirstStart, PlanSaysWhatWouldBeDoneAndWritesNothing) {
    prepare();
    const std::string before = everything();
    const Exit table = setting_.run({"--plan"});
    EXPECT_EQ(table.status, 0) << table.err;
    EXPECT_THAT(table.out, HasSubstr("9 records read; nothing was written"));
    EXPECT_THAT(table.out, HasSubstr("users             adopted              1\n"));
    EXPECT_THAT(table.out, HasSubstr("users             parked               1\n"));
    EXPECT_THAT(table.out, HasSubstr("cohorts           created              1\n"));
    EXPECT_THAT(table.out, HasSubstr("members           created              1\n"));
    EXPECT_THAT(table.out, HasSubstr("role assignments  created              1\n"));
    EXPECT_THAT(table.out, HasSubstr("users parked: account found by username, not adopted: the account has auth "
                                     "manual, which users.adopt.auth does not list"));

    const Exit lines = setting_.run({"--plan", "--json"});
    EXPECT_EQ(lines.status, 0) << lines.err;
    EXPECT_THAT(lines.out, HasSubstr(R"("action":"adopted")"));
    EXPECT_THAT(lines.out, HasSubstr(R"("moodle_id":)" + account_));
    EXPECT_THAT(lines.out, HasSubstr(R"("complete":true)"));
    EXPECT_EQ(everything(), before);
}

TEST_F(FirstStart, PlanSaysWhoWouldLeaveAnAdoptedCohort) {
    setting_.set_more_lines(
        "[users.adopt]\nmode = \"exact\"\n[cohorts.adopt]\ncomponents = [\"\"]\nmembers = \"removed\"\n");
    prepare();
    database_.sql(
        "INSERT INTO mdl_cohort (contextid, name, idnumber, description, descriptionformat, timecreated, timemodified) "
        "VALUES (1, 'Old', '4EME1', '', 1, 1, 1); INSERT INTO mdl_user (auth, mnethostid, username) VALUES "
        "('manual', 1, 'stranger'); INSERT INTO mdl_cohort_members (cohortid, userid, timeadded) SELECT cohort.id, "
        "account.id, 1 FROM mdl_cohort AS cohort, mdl_user AS account WHERE username IN ('ana1', 'ben1', 'stranger')");
    const Exit table = setting_.run({"--plan"});
    EXPECT_EQ(table.status, 0) << table.err;
    EXPECT_THAT(table.out, HasSubstr("cohorts           adopted              1\n"));
    EXPECT_THAT(table.out, HasSubstr("members           kept                 1\n"))
        << "ben1, who waits for his account";
    EXPECT_THAT(table.out, HasSubstr("members           removed              1\n"));
}

TEST_F(FirstStart, APlanThatIsToldToStopEndsAmidItsStatement) {
    prepare();
    setting_.write({log_.role(Uuid::from_name("of a category"), "moodle:ADM:CAT:E1")});
    // A step of the plan that does not end by itself.
    database_.sql(
        "ALTER TABLE mdl_course_categories RENAME TO slow_categories; CREATE VIEW mdl_course_categories AS "
        "SELECT slow_categories.* FROM slow_categories, LATERAL (SELECT pg_sleep(3600)) AS sleep");
    const auto program = setting_.start({"--plan"});
    const std::string sleeping =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND wait_event = 'PgSleep'";
    ASSERT_EQ(setting_.wait_for(sleeping, "1"), "1") << program->err();
    program->terminate();
    EXPECT_EQ(program->wait().status, 0);
    EXPECT_EQ(setting_.wait_for(sleeping, "0"), "0") << "nothing goes on at the server";
}

TEST_F(FirstStart, WaitsUntilItIsApproved) {
    prepare();
    const std::string before = database_.sql("SELECT md5(string_agg(u::text, ',' ORDER BY id)) FROM mdl_user AS u");
    {
        const auto program = setting_.start();
        ASSERT_TRUE(wait_until([&] { return program->err().find("waits for an approval") != std::string::npos; }))
            << program->err();
        EXPECT_THAT(program->err(), HasSubstr("users: adopted 1, parked 1"));
        EXPECT_EQ(database_.sql("SELECT md5(string_agg(u::text, ',' ORDER BY id)) FROM mdl_user AS u"), before);
        EXPECT_EQ(database_.sql("SELECT records, totals @> '[{\"entity\": \"user\", \"action\": \"adopted\", "
                                "\"objects\": 1}]', approved_at IS NULL FROM entstream.run"),
                  "9|t|t");
        program->terminate();
        EXPECT_EQ(program->wait().status, 0);
    }
    const auto program = setting_.start();
    ASSERT_TRUE(wait_until([&] { return program->err().find("waits for an approval") != std::string::npos; }))
        << program->err();
    const Exit approval = setting_.run({"--approve", "start"});
    EXPECT_EQ(approval.status, 0) << approval.err;
    EXPECT_EQ(setting_.wait_for("SELECT count(*) FROM mdl_cohort_members WHERE userid = " + account_, "1"), "1")
        << program->err();
    EXPECT_EQ(setting_.wait_for("SELECT moodle_id FROM entstream.link WHERE kind = 'user'", account_), account_);
    EXPECT_EQ(database_.sql("SELECT lastname FROM mdl_user WHERE username = 'ben1'"), "Hand");
    program->terminate();
    EXPECT_EQ(program->wait().status, 0);
    const Exit again = setting_.run_once();
    EXPECT_EQ(again.status, 0) << again.err;
    EXPECT_THAT(again.err, Not(HasSubstr("waits for an approval"))) << "it is asked for once";
    EXPECT_EQ(setting_.run({"--approve", "start"}).status, 1) << "nothing waits any more";
}

TEST_F(FirstStart, ASiteWithoutContentStartsAtOnce) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(first_start_ana, "ana1")});
    const Exit exit = setting_.run_once();
    EXPECT_EQ(exit.status, 0) << exit.err;
    EXPECT_EQ(database_.sql("SELECT count(*) FROM mdl_user WHERE username = 'ana1'"), "1");
    database_.sql(
        "INSERT INTO mdl_user (auth, confirmed, mnethostid, username, firstname, lastname, email) "
        "VALUES ('manual', 1, 1, 'carol', 'C', 'C', 'c@old.example')");
    EXPECT_EQ(setting_.run_once().status, 0) << "nor does a target wait that was started before";
}

TEST_F(FirstStart, OfALogInManyBatchesTheNewestStateIsPlanned) {
    setting_.set_more_lines("[users.adopt]\nmode = \"exact\"\n[consumer]\nbatch_records = 2\n");
    prepare();
    setting_.write({log_.removal(group_key(first_start_class), v1::KIND_GROUP, first_start_class),
                    log_.group(first_start_class, "4EME2"),
                    log_.member(v1::KIND_GROUP, first_start_class, "uid=ben1", first_start_ben),
                    log_.removal(user_key(first_start_ana), v1::KIND_USER, first_start_ana)});
    const Exit table = setting_.run({"--plan"});
    EXPECT_EQ(table.status, 0) << table.err;
    EXPECT_THAT(table.out, Not(HasSubstr("adopted              1\n"))) << "she has left";
    EXPECT_THAT(table.out, HasSubstr("cohorts           created              1\n"));
    EXPECT_THAT(table.out, Not(HasSubstr("members ")));
}

}  // namespace
}  // namespace entstream::test
