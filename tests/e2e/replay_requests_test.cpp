// What entstream-replay asks the producer for, over real servers: reconcile, republish, and the right to erasure.

#include <gmock/gmock.h>

#include "tests/e2e/fixture.hpp"

namespace entstream::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ReplayRequests : public EndToEnd {
  protected:
    void SetUp() override {
        EndToEnd::SetUp();
        pipeline_->start_producer();
        pipeline_->start_consumer();
        expect_moodle_equals_directory();
    }

    Exit replay(const std::vector<std::string>& arguments) {
        std::vector<std::string> command = {program_path("entstream-replay").string(), "--config",
                                            pipeline_->consumer_config().string()};
        command.insert(command.end(), arguments.begin(), arguments.end());
        return Process::run(command, pipeline_->environment());
    }
};

TEST_F(ReplayRequests, ReconcileRepublishAndPurgeAreAskedOfTheProducer) {
    const Exit checked = replay({"check", "--producer-config", pipeline_->producer_config().string()});
    EXPECT_EQ(checked.status, 0) << checked.out << checked.err;
    EXPECT_THAT(checked.out, AllOf(HasSubstr("directory  ok"), HasSubstr("topics ")));
    const Exit reconciled = replay({"reconcile"});
    EXPECT_EQ(reconciled.status, 0) << reconciled.out << reconciled.err;
    EXPECT_THAT(reconciled.out,
                AllOf(HasSubstr("source " + pipeline_->source()), HasSubstr("done"), HasSubstr("0 removals")));
    EXPECT_EQ(replay({"reconcile", "--search", "no-such-search"}).status, 1) << "the producer says no";
    EXPECT_EQ(replay({"republish", "(uid=unfinished"}).status, 2);

    const Place pupil = some_pupil();
    {
        pqxx::connection database(servers_.conninfo());
        pqxx::work work(database);
        work.exec0("UPDATE mdl_user SET lastname = 'By hand' WHERE username = " + work.quote(pupil.username));
        work.commit();
    }
    const Exit republished = replay({"republish", pupil.person_dn});
    EXPECT_EQ(republished.status, 0) << republished.out << republished.err;
    wait_for_moodle("SELECT lastname <> 'By hand' FROM mdl_user WHERE username = '" + pupil.username + "'");

    const std::string uuid =
        directory_->find(pupil.person_dn, "(objectClass=ENTPerson)", {"entryUUID"}).at(0).values[0].front();
    const Exit present = replay({"purge", uuid, "--yes"});
    EXPECT_EQ(present.status, 1) << "who is in the directory is not forgotten";
    EXPECT_THAT(present.out, HasSubstr("delete it there"));
    EXPECT_EQ(replay({"purge", uuid}).status, 1);

    directory_->remove(pupil.person_dn);
    wait_for_moodle("SELECT suspended = 1 FROM mdl_user WHERE username = '" + pupil.username + "'");
    EXPECT_EQ(replay({"purge", uuid}).status, 2) << "nobody can be asked, and --yes is not said";
    const Exit purged = replay({"purge", uuid, "--yes"});
    EXPECT_EQ(purged.status, 0) << purged.out << purged.err;
    EXPECT_THAT(purged.out, AllOf(HasSubstr("entstream.link: 1 rows"), HasSubstr("Moodle still has the account")));
    EXPECT_THAT(replay({"inspect", "--key", "user/" + uuid, "--limit", "1"}).out,
                testing::Not(HasSubstr(pupil.username)));
    const std::string named = "SELECT (SELECT count(*) FROM entstream.link WHERE uuid = '" + uuid +
                              "') + (SELECT count(*) FROM entstream.membership WHERE '" + uuid +
                              "' IN (member_uuid, value_hash)) + (SELECT count(*) FROM entstream.audit WHERE uuid = '" +
                              uuid + "')";
    EXPECT_EQ(moodle_count(named), 0);
    expect_moodle_equals_directory();
}

}  // namespace
}  // namespace entstream::test
