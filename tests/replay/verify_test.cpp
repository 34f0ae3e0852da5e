// `entstream-replay verify`: directory, log and Moodle side by side.

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

#include "tests/e2e/fixture.hpp"

namespace entstream::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Verify : public EndToEnd {
  protected:
    void SetUp() override {
        EndToEnd::SetUp();
        pipeline_->start_producer();
        pipeline_->start_consumer();
        expect_moodle_equals_directory();
    }

    [[nodiscard]] Exit replay(const std::string& command, std::vector<std::string> options) const {
        options.insert(options.begin(), {program_path("entstream-replay").string(), "--config",
                                         pipeline_->consumer_config().string(), command});
        return Process::run(options, pipeline_->environment());
    }
    [[nodiscard]] Exit verify(const std::vector<std::string>& options) const { return replay("verify", options); }
    /// Of entstream.run, the oldest first.
    [[nodiscard]] std::string kept(const std::string& what) const {
        pqxx::connection database(servers_.conninfo());
        pqxx::nontransaction work(database);
        return work
            .exec1("SELECT string_agg(" + what + ", ',' ORDER BY id) FROM entstream.run WHERE kind = 'verify'")[0]
            .as<std::string>();
    }
    [[nodiscard]] Exit verify_all(std::vector<std::string> options = {}) const {
        options.insert(options.end(), {"--producer-config", pipeline_->producer_config().string()});
        return verify(options);
    }
};

TEST_F(Verify, SaysWhetherAllThreeAgreeAndWhereTheyDoNot) {
    EXPECT_EQ(verify({}).status, 2);
    const Exit equal = verify_all();
    EXPECT_EQ(equal.status, 0) << equal.out << equal.err;
    EXPECT_THAT(equal.out, HasSubstr("directory, log and Moodle agree"));

    // What the stream publishes meanwhile is no difference.
    const Place pupil = some_pupil();
    directory_->replace(pupil.person_dn, "sn", {"Renamed"});
    const Exit meanwhile = verify_all();
    EXPECT_EQ(meanwhile.status, 0) << meanwhile.out << meanwhile.err;

    pipeline_->stop();
    directory_->replace(pupil.person_dn, "sn", {"Later"});
    const Exit log_behind = verify_all({"--wait", "1s", "--objects"});
    EXPECT_EQ(log_behind.status, 10) << log_behind.out << log_behind.err;
    EXPECT_THAT(log_behind.out, HasSubstr("directory and log: 1 differences"));
    EXPECT_THAT(log_behind.out, HasSubstr("user: update not on the log"));
    EXPECT_THAT(log_behind.out, HasSubstr("does it run?"));
    EXPECT_THAT(log_behind.out, HasSubstr("log and Moodle: equal"));
    const Exit only_moodle = verify({"--without-directory"});
    EXPECT_EQ(only_moodle.status, 0) << only_moodle.out;

    {
        pqxx::connection database(servers_.conninfo());
        pqxx::work work(database);
        work.exec("UPDATE mdl_user SET firstname = 'By hand' WHERE username = " + work.quote(pupil.username));
        work.commit();
    }
    const Exit by_hand = verify({"--without-directory", "--json"});
    EXPECT_EQ(by_hand.status, 10) << by_hand.out;
    const auto found = nlohmann::json::parse(by_hand.out);
    EXPECT_EQ(found["between"], "log_moodle");
    EXPECT_EQ(found["by_kind"]["user: would be updated"], 1);

    // What each found is kept, and status tells the last one.
    EXPECT_EQ(kept("outcome || ': ' || options"),
              "equal: directory, log and Moodle,equal: directory, log and Moodle,different: directory, log and Moodle,"
              "equal: log and Moodle,different: log and Moodle");
    EXPECT_EQ(kept("(totals->0->>'entity') || ' ' || (totals->0->>'kind') || ' ' || (totals->0->>'objects') || ' ' || "
                   "(totals->0->>'between')"),
              "user different 1 directory_log,user different 1 log_moodle");
    const Exit status = replay("status", {});
    EXPECT_THAT(status.out, AllOf(HasSubstr("ago: log and Moodle: different"),
                                  HasSubstr("1  user different (in Moodle, source " + pipeline_->source() + ")"),
                                  Not(HasSubstr("run "))));
}

TEST_F(Verify, SaysNothingWhereTheDirectoryCannotBeRead) {
    shared_servers().stop("ldap");
    const Exit blind = verify_all();
    EXPECT_EQ(blind.status, 69) << blind.out << blind.err;
    shared_servers().start("ldap");
    EXPECT_EQ(kept("outcome"), "failed");
}

}  // namespace
}  // namespace entstream::test
