// A log that Kafka has not compacted yet, applied from its start.

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "consumer/merge/rebuild.hpp"
#include "tests/integration/consumer/consumer_setting.hpp"

namespace entstream::test {
namespace {

using consumer::read::LogRecord;
using consumer::read::LogRecords;
using ::testing::HasSubstr;
using ::testing::Not;

const Uuid early_ana = Uuid::from_name("ana");
const Uuid early_ben = Uuid::from_name("ben");
const Uuid early_leaver = Uuid::from_name("who left long ago");
const Uuid early_erased = Uuid::from_name("whose deletion was purged");
const Uuid early_returner = Uuid::from_name("who came back");
const Uuid early_class = Uuid::from_name("a class");
const Uuid early_old_class = Uuid::from_name("a class of another year");
const Uuid early_managers = Uuid::from_name("managers");

/// What the directory went through, as it stands on a log that nobody has compacted.
std::vector<LogRecord> history(LogRecords& log) {
    const auto in_class = [&log](const std::string& name, const Uuid& person, v1::Operation operation) {
        return log.member(v1::KIND_GROUP, early_class, "uid=" + name, person, operation);
    };
    return {log.identity(1),
            log.user(early_ana, "ana1"),
            log.user(early_ben, "ben1"),
            log.user(early_leaver, "leaver"),
            log.user(early_erased, "erased"),
            log.user(early_returner, "returner"),
            log.group(early_class, "4EME1"),
            in_class("ana", early_ana, v1::OPERATION_CREATE),
            in_class("ben", early_ben, v1::OPERATION_CREATE),
            in_class("leaver", early_leaver, v1::OPERATION_CREATE),
            log.group(early_old_class, "4EME1 of last year"),
            log.member(v1::KIND_GROUP, early_old_class, "uid=ben", early_ben),
            log.role(early_managers, "moodle:ADM:SYS:0"),
            log.member(v1::KIND_ROLE, early_managers, "uid=leaver", early_leaver),
            log.member(v1::KIND_ROLE, early_managers, "uid=ben", early_ben),
            log.heartbeat(std::chrono::system_clock::now() - std::chrono::hours(1)),
            in_class("ben", early_ben, v1::OPERATION_DELETE),
            in_class("leaver", early_leaver, v1::OPERATION_DELETE),
            log.member(v1::KIND_ROLE, early_managers, "uid=leaver", early_leaver, v1::OPERATION_DELETE),
            log.removal(user_key(early_leaver), v1::KIND_USER, early_leaver),
            log.removal(user_key(early_erased), v1::KIND_USER, early_erased),
            log.tombstone(user_key(early_erased)),
            log.removal(user_key(early_returner), v1::KIND_USER, early_returner),
            log.removal(group_key(early_old_class), v1::KIND_GROUP, early_old_class),
            log.tombstone(member_key(early_old_class, Uuid::from_name("uid=ben"))),
            log.user(early_ana, "ana2", v1::OPERATION_UPDATE),
            log.user(early_returner, "returner"),
            in_class("ben", early_ben, v1::OPERATION_CREATE),
            log.heartbeat(std::chrono::system_clock::now() + std::chrono::hours(1))};
}

/// What compaction leaves of it.
std::vector<LogRecord> compacted(const std::vector<LogRecord>& records) {
    std::map<std::string_view, consumer::Offset> newest;
    for (const LogRecord& record : records) {
        newest[record.key] = record.offset;
    }
    std::vector<LogRecord> left;
    std::copy_if(records.begin(), records.end(), std::back_inserter(left),
                 [&](const LogRecord& record) { return newest.at(record.key) == record.offset; });
    return left;
}

class LookAheadOnLogs : public ::testing::Test {
  protected:
    static void prepare(ConsumerSetting& setting) {
        // Many batches: in a single one the newest state of a key would count anyhow.
        setting.set_more_lines("[consumer]\nbatch_records = 2\n");
        setting.create_topic();
    }

    /// All that is in Moodle of it, and what waits.
    static std::string outcome(ConsumerSetting& setting) {
        std::string text;
        for (const char* query :
             {"SELECT username, suspended FROM mdl_user WHERE auth = 'ldap' ORDER BY 1",
              "SELECT idnumber, component, visible FROM mdl_cohort ORDER BY 1",
              "SELECT cohort.idnumber, username FROM mdl_cohort_members AS member JOIN mdl_cohort AS cohort ON "
              "cohort.id = "
              "cohortid JOIN mdl_user AS account ON account.id = userid ORDER BY 1, 2",
              "SELECT role.shortname, username FROM mdl_role_assignments AS given JOIN mdl_role AS role ON role.id = "
              "roleid "
              "JOIN mdl_user AS account ON account.id = userid WHERE given.component = 'local_entstream' ORDER BY 1, 2",
              "SELECT kind, uuid, status FROM entstream.link ORDER BY 1, 2",
              "SELECT count(*) FROM entstream.membership WHERE member_uuid IS NOT NULL",
              "SELECT (SELECT count(*) FROM entstream.held) + (SELECT count(*) FROM entstream.parked)"}) {
            text += setting.database().sql(query) + "\n--\n";
        }
        return text;
    }
};

TEST_F(LookAheadOnLogs, AnUncompactedLogGivesWhatThePlanSaysAndWhatACompactedOneGives) {
    ConsumerSetting compact("-compacted");
    prepare(compact);
    compact.write(compacted(history(compact.records())));
    const Exit of_compact = compact.run_once();
    ASSERT_EQ(of_compact.status, 0) << of_compact.err;

    ConsumerSetting whole;
    prepare(whole);
    whole.write(history(whole.records()));
    const Exit plan = whole.run({"--plan"});
    EXPECT_THAT(plan.out, HasSubstr("users             created              3\n")) << plan.err;
    EXPECT_THAT(plan.out, HasSubstr("cohorts           created              1\n"));
    EXPECT_THAT(plan.out, HasSubstr("members           created              2\n"));
    EXPECT_THAT(plan.out, HasSubstr("role assignments  created              1\n"));
    const Exit of_whole = whole.run_once();
    ASSERT_EQ(of_whole.status, 0) << of_whole.err;

    EXPECT_EQ(outcome(whole), outcome(compact));
    MoodleDatabase& database = whole.database();
    EXPECT_EQ(database.sql("SELECT username, suspended FROM mdl_user WHERE auth = 'ldap' ORDER BY 1"),
              "ana2|0\nben1|0\nreturner|0")
        << of_whole.err;
    EXPECT_EQ(database.sql("SELECT count(*) FROM mdl_cohort"), "1");
    EXPECT_EQ(database.sql("SELECT count(*) FROM mdl_cohort_members"), "2");
    EXPECT_EQ(database.sql("SELECT next_offset, watermark IS NOT NULL FROM entstream.position"), "29|t");
}

TEST_F(LookAheadOnLogs, AStartAmidALoadLooksAheadFromThere) {
    ConsumerSetting setting;
    prepare(setting);
    LogRecords& log = setting.records();
    setting.write({log.identity(1), log.user(early_ana, "ana1")});
    ASSERT_EQ(setting.run_once().status, 0);
    setting.write({log.user(early_leaver, "leaver"), log.user(early_ben, "ben1"),
                   log.removal(user_key(early_ana), v1::KIND_USER, early_ana),
                   log.removal(user_key(early_leaver), v1::KIND_USER, early_leaver)});
    const Exit exit = setting.run_once();
    EXPECT_EQ(exit.status, 0) << exit.err;
    EXPECT_THAT(exit.err, HasSubstr("read ahead to offset"));
    EXPECT_EQ(setting.database().sql("SELECT username, suspended FROM mdl_user WHERE auth = 'ldap' ORDER BY 1"),
              "ana1|1\nben1|0");
}

TEST_F(LookAheadOnLogs, ARebuildTouchesNoMembershipThatIsThereAtItsEnd) {
    ConsumerSetting setting;
    prepare(setting);
    setting.write(history(setting.records()));
    ASSERT_EQ(setting.run_once().status, 0);
    const std::string before = outcome(setting);
    const std::string rows =
        "SELECT string_agg(ctid::text || id || timeadded, ',' ORDER BY id) FROM mdl_cohort_members";
    const std::string members = setting.database().sql(rows);
    consumer::merge::begin_rebuild(setting.database().config(), setting.source());
    const Exit exit = setting.run_once();
    EXPECT_EQ(exit.status, 0) << exit.err;
    EXPECT_THAT(exit.err, HasSubstr("the rebuild of target"));
    EXPECT_EQ(setting.database().sql(rows), members) << "not even removed and added again";
    EXPECT_EQ(outcome(setting), before);
}

}  // namespace
}  // namespace entstream::test
