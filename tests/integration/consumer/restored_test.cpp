// A Moodle database that was restored from a backup, with entstream's tables: the log brings it up to date, and the
// operator is told.

#include <gmock/gmock.h>

#include <chrono>
#include <string>

#include "common/kafka/log_reader.hpp"
#include "tests/integration/consumer/consumer_setting.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Uuid ana_of_backup = Uuid::from_name("ana of the backup");
const Uuid ben_of_backup = Uuid::from_name("ben of the backup");

TEST(Restored, ADatabaseThatStandsWhereItStoodBeforeIsToldOnce) {
    ConsumerSetting setting;
    consumer::read::LogRecords& log = setting.records();
    MoodleDatabase& database = setting.database();
    const std::string group = "entstream.moodle-" + setting.source();
    const auto run_until_hinted = [&](std::int64_t position, const std::string& username) {
        const auto consumer = setting.start();
        const std::string people = "SELECT count(*) FROM mdl_user WHERE username = '" + username + "'";
        EXPECT_EQ(setting.wait_for(people, "1"), "1") << consumer->err();
        const kafka::LogReader reader(ConsumerSetting::kafka(), setting.topic(), 0, {.group = group});
        EXPECT_TRUE(wait_until([&] { return reader.hinted_position(std::chrono::seconds(5)) == position; }))
            << reader.hinted_position(std::chrono::seconds(5)).value_or(-1) << consumer->err();
        consumer->terminate();
        const Exit exit = consumer->wait();
        EXPECT_EQ(exit.status, 0) << exit.err;
        return exit.err;
    };
    setting.create_topic();
    setting.write({log.identity(1), log.user(ana_of_backup, "ana1")});
    run_until_hinted(3, "ana1");
    database.sql(
        "CREATE SCHEMA backup;"
        "CREATE TABLE backup.position AS TABLE entstream.position;"
        "CREATE TABLE backup.note AS SELECT value FROM mdl_config_plugins WHERE plugin = 'local_entstream' AND name = "
        "'position'");
    setting.write({log.user(ben_of_backup, "ben1")});
    EXPECT_THAT(run_until_hinted(5, "ben1"), Not(HasSubstr("backup"))) << "a restart is none";

    database.sql(
        "UPDATE entstream.position SET next_offset = saved.next_offset, last_sequence = saved.last_sequence "
        "FROM backup.position AS saved;"
        "UPDATE mdl_config_plugins SET value = note.value FROM backup.note WHERE plugin = 'local_entstream' AND name = "
        "'position';"
        "DELETE FROM mdl_user WHERE username = 'ben1'; DELETE FROM entstream.link WHERE uuid = '" +
        ben_of_backup.to_text() + "'");
    const std::string told = run_until_hinted(5, "ben1");
    EXPECT_THAT(told, HasSubstr("Moodle's database stands at offset 2, but this target had come to offset 5: it was "
                                "restored from a backup"));
    EXPECT_EQ(database.sql("SELECT count(*) FROM entstream.property WHERE name = 'restored/moodle-" + setting.source() +
                           "/" + setting.source() + "' AND value::double precision > 0"),
              "1");
    setting.write({log.user(ana_of_backup, "ana2", v1::OPERATION_UPDATE)});
    EXPECT_THAT(run_until_hinted(7, "ana2"), Not(HasSubstr("backup"))) << "once";
}

}  // namespace
}  // namespace entstream::test
