// A full resync where what was applied does not fit any more: another mapping, another log.

#include <gmock/gmock.h>

#include <string>

#include "tests/integration/consumer/consumer_setting.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using ::testing::HasSubstr;

class Resync : public ::testing::Test {
  protected:
    static inline const Uuid of_ana = Uuid::from_name("ana of the resync");
    static inline const Uuid of_ben = Uuid::from_name("ben of the resync");
    static inline const Uuid of_class = Uuid::from_name("a class of the resync");

    void SetUp() override {
        setting_.create_topic();
        setting_.write({log_.identity(1), log_.user(of_ana, "ana1"), log_.user(of_ben, "ben1"),
                        log_.group(of_class, "4EME1"), member("ana1", of_ana), member("ben1", of_ben), heartbeat()});
        ASSERT_EQ(setting_.run_once().status, 0);
        ASSERT_EQ(members(), "4EME1|ana1\n4EME1|ben1");
    }

    consumer::read::LogRecord member(const std::string& name, const Uuid& uuid) {
        return log_.member(v1::KIND_GROUP, of_class, "uid=" + name, uuid);
    }
    consumer::read::LogRecord heartbeat() {
        return log_.heartbeat(std::chrono::system_clock::now() + std::chrono::hours(1));
    }
    std::string members() {
        return setting_.database().sql(
            "SELECT cohort.idnumber, account.username FROM mdl_cohort_members AS member JOIN mdl_cohort AS cohort ON "
            "cohort.id = member.cohortid JOIN mdl_user AS account ON account.id = member.userid ORDER BY 1, 2");
    }
    /// Everything that a simulation must leave as it is.
    std::string everything() {
        std::string all;
        for (const char* table : {"mdl_user", "mdl_cohort", "mdl_cohort_members", "mdl_config_plugins",
                                  "entstream.link", "entstream.position", "entstream.property", "entstream.run"}) {
            all += setting_.database().sql("SELECT md5(string_agg(one::text, ',' ORDER BY one::text)) FROM " +
                                           std::string(table) + " AS one");
        }
        return all;
    }
    Exit resync(const std::string& option) { return setting_.replay({"resync", "--no-reconcile", option}); }

    ConsumerSetting setting_;                               // NOLINT
    consumer::read::LogRecords& log_ = setting_.records();  // NOLINT
};

TEST_F(Resync, AppliesAnotherMappingInOneCommand) {
    const auto consumer = setting_.start();
    ASSERT_TRUE(wait_until([&] {
        return setting_.replay({"status", "--json"}).out.find(R"("serves":true)") != std::string::npos;
    }));
    setting_.set_more_lines("visible = false\n");
    const Exit served = resync("--yes");
    EXPECT_EQ(served.status, 1) << served.out << served.err;
    EXPECT_THAT(served.err, HasSubstr("stop entstream-consumer"));
    const std::string before = everything();
    const Exit shown = resync("--simulate");
    EXPECT_EQ(shown.status, 10) << shown.out << shown.err;
    EXPECT_THAT(shown.out, HasSubstr("visible: 1 -> 0"));
    EXPECT_EQ(everything(), before);
    EXPECT_TRUE(consumer->running());
    consumer->terminate();
    ASSERT_EQ(consumer->wait().status, 0);

    EXPECT_EQ(setting_.run_once().status, 78) << "the mapping is another one still";

    const Exit done = resync("--yes");
    EXPECT_EQ(done.status, 0) << done.out << done.err;
    EXPECT_THAT(done.out, HasSubstr("Done: cohort updated 1"));
    EXPECT_EQ(setting_.database().sql("SELECT visible FROM mdl_cohort"), "0");
    EXPECT_EQ(resync("--simulate").status, 0);
    const std::string rows = setting_.database().sql("SELECT * FROM mdl_user, mdl_cohort ORDER BY 1");
    const Exit applied = setting_.run_once();
    EXPECT_EQ(applied.status, 0) << applied.err;
    EXPECT_EQ(setting_.database().sql("SELECT * FROM mdl_user, mdl_cohort ORDER BY 1"), rows);
}

TEST_F(Resync, OfAnotherYearReleasesTheFormerCohortsAndMakesNewOnes) {
    setting_.set_more_lines("prefix = \"2027\"\n");
    const std::string before = everything();
    const Exit shown = resync("--simulate");
    EXPECT_EQ(shown.status, 10) << shown.out << shown.err;
    EXPECT_THAT(shown.out, HasSubstr("1  cohorts created"));
    EXPECT_EQ(everything(), before);
    const Exit done = resync("--yes");
    EXPECT_EQ(done.status, 0) << done.out << done.err;
    EXPECT_EQ(members(), "2027_4EME1|ana1\n2027_4EME1|ben1\n4EME1|ana1\n4EME1|ben1");
    EXPECT_EQ(setting_.database().sql("SELECT idnumber, component FROM mdl_cohort ORDER BY 1"),
              "2027_4EME1|local_entstream\n4EME1|");
    EXPECT_EQ(setting_.run_once().status, 0);
    EXPECT_EQ(setting_.database().sql("SELECT count(*) FROM mdl_cohort"), "2");
}

TEST_F(Resync, AppliesALogThatWasMadeAnew) {
    setting_.delete_topic();
    setting_.create_topic();
    log_.log_id = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
    log_.next_sequence = 1;
    log_.next_offset = 0;
    setting_.write(
        {log_.identity(1), log_.user(of_ana, "ana2"), log_.group(of_class, "4EME1"), member("ana1", of_ana)});
    ASSERT_EQ(setting_.run_once().status, 65);
    EXPECT_EQ(resync("--yes").status, 12) << "nobody knows yet whether this is all";
    setting_.write({heartbeat()});
    const std::string before = everything();
    const Exit shown = resync("--simulate");
    EXPECT_EQ(shown.status, 10) << shown.out << shown.err;
    EXPECT_EQ(everything(), before);
    const Exit done = resync("--yes");
    EXPECT_EQ(done.status, 0) << done.out << done.err;
    EXPECT_EQ(members(), "4EME1|ana2");
    EXPECT_EQ(setting_.database().sql("SELECT username, suspended FROM mdl_user WHERE auth = 'ldap' ORDER BY id"),
              "ana2|0\nben1|1");
    EXPECT_EQ(setting_.run_once().status, 0);
    EXPECT_EQ(members(), "4EME1|ana2");
}

}  // namespace
}  // namespace entstream::test
