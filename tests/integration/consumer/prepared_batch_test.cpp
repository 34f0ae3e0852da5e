// Logs that are longer than a batch: the next one is decoded and mapped while the database works on the former.

#include <gmock/gmock.h>
#include <pqxx/pqxx>

#include "common/kafka/log_reader.hpp"
#include "tests/integration/consumer/consumer_setting.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Uuid mia = Uuid::from_name("mia");
const Uuid noa = Uuid::from_name("noa");
const Uuid choir = Uuid::from_name("choir");

const std::string account_count = "SELECT count(*) FROM mdl_user WHERE auth = 'ldap'";
const std::string stored_offset = "SELECT next_offset FROM entstream.position";

class PreparedBatch : public ::testing::Test {
  protected:
    PreparedBatch() {
        setting_.set_more_lines("[consumer]\nbatch_records = 10");
        setting_.create_topic();
    }

    std::vector<consumer::read::LogRecord> people(int first, int behind) {
        std::vector<consumer::read::LogRecord> records;
        for (int i = first; i < behind; ++i) {
            const std::string name = "person" + std::to_string(i);
            records.push_back(log_.user(Uuid::from_name(name), name));
        }
        return records;
    }

    ConsumerSetting setting_;                               // NOLINT
    consumer::read::LogRecords& log_ = setting_.records();  // NOLINT
    MoodleDatabase& database_ = setting_.database();        // NOLINT
};

TEST_F(PreparedBatch, IsAppliedAfterTheFormerOneWasRefusedInPart) {
    database_.sql("ALTER TABLE mdl_user ADD CONSTRAINT no_person5 CHECK (username <> 'person5')");
    auto records = people(0, 10);
    const auto unreadable = log_.raw(user_key(mia), "no protobuf");
    const auto rest = people(10, 100);
    records.push_back(unreadable);
    records.insert(records.end(), rest.begin(), rest.end());
    setting_.write(records);
    const Exit exit = setting_.run_once();
    EXPECT_EQ(exit.status, 0) << exit.err;
    EXPECT_EQ(database_.sql(account_count), "99");
    EXPECT_EQ(database_.sql(stored_offset), "101");

    // A letter of the next batch is sent with that one.
    kafka::LogReader letters(ConsumerSetting::kafka(), setting_.dead_letter_topic(), 0);
    std::vector<std::string> offsets;
    while (offsets.size() < 2) {
        const auto letter = letters.poll(std::chrono::seconds(30));
        ASSERT_TRUE(letter) << exit.err;
        offsets.emplace_back(letter->header("__connect.errors.offset").value_or(""));
    }
    EXPECT_THAT(offsets, ElementsAre("5", "10"));
}

TEST_F(PreparedBatch, WaitsWhileTheFormerOneIsTriedAgain) {
    const std::string waiting_for_lock = "SELECT pid FROM pg_stat_activity WHERE datname = '" +
                                         database_.config().database.name +
                                         "' AND application_name = 'entstream-consumer' AND wait_event_type = 'Lock'";
    setting_.write(people(0, 100));
    pqxx::connection administrator(database_.conninfo());
    std::unique_ptr<Process> program;
    {
        pqxx::work lock(administrator);
        lock.exec0("LOCK TABLE mdl_user IN EXCLUSIVE MODE");
        program = setting_.start();
        ASSERT_TRUE(wait_until([&] { return !database_.sql(waiting_for_lock).empty(); })) << program->err();
        MoodleDatabase::as_superuser("SELECT pg_terminate_backend(pid) FROM (" + waiting_for_lock + ") AS waiting");
        ASSERT_TRUE(wait_until([&] { return program->err().find("trying again") != std::string::npos; }))
            << program->err();
    }
    EXPECT_EQ(setting_.wait_for(account_count, "100"), "100") << program->err();
    EXPECT_EQ(setting_.wait_for(stored_offset, "100"), "100") << program->err();
    program->terminate();
    EXPECT_EQ(program->wait().status, 0);
}

TEST_F(PreparedBatch, ThatCannotBeMadeEndsTheProgramAfterTheFormerOneIsApplied) {
    auto records = people(0, 10);
    log_.log_id = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
    const auto of_another_log = people(10, 20);
    records.insert(records.end(), of_another_log.begin(), of_another_log.end());
    setting_.write(records);
    const Exit exit = setting_.run_once();
    EXPECT_EQ(exit.status, 65) << exit.err;
    EXPECT_THAT(exit.err, HasSubstr("the topic was recreated"));
    EXPECT_EQ(database_.sql(account_count), "10");
    EXPECT_EQ(database_.sql(stored_offset), "10");
}

TEST_F(PreparedBatch, EndsWhereAGroupComesBackAgain) {
    const auto comes_with = [&](const std::string& name, const Uuid& uuid) {
        return std::vector{log_.group(choir, "choir"), log_.member(v1::KIND_GROUP, choir, "uid=" + name, uuid)};
    };
    std::vector<consumer::read::LogRecord> records = {log_.user(mia, "mia1"), log_.user(noa, "noa1")};
    for (int times = 0; times < 2; ++times) {
        const auto stretch = comes_with("mia1", mia);
        records.insert(records.end(), stretch.begin(), stretch.end());
        records.push_back(log_.removal(group_key(choir), v1::KIND_GROUP, choir));
    }
    const auto last = comes_with("noa1", noa);
    records.insert(records.end(), last.begin(), last.end());
    records.push_back(log_.heartbeat(std::chrono::system_clock::now()));
    setting_.write(records);
    const Exit exit = setting_.run_once();
    EXPECT_EQ(exit.status, 0) << exit.err;
    EXPECT_EQ(database_.sql(stored_offset), std::to_string(records.size()));
    EXPECT_EQ(database_.sql("SELECT c.component, c.visible, u.username FROM mdl_cohort_members m JOIN mdl_cohort c ON "
                            "c.id = m.cohortid JOIN mdl_user u ON u.id = m.userid"),
              "local_entstream|1|noa1");
}

}  // namespace
}  // namespace entstream::test
