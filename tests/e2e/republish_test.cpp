// One person put right on request: what somebody changed by hand in Moodle, though the directory did not change.

#include "tests/e2e/fixture.hpp"

namespace entstream::test {
namespace {

class Republish : public EndToEnd {
  protected:
    void SetUp() override {
        EndToEnd::SetUp();
        pipeline_->start_producer();
        pipeline_->start_consumer();
        expect_moodle_equals_directory();
    }

    Exit ask(const std::string& entry) {
        return Process::run({program_path("entstream-producer").string(), "--config",
                             pipeline_->producer_config().string(), "--ask", "republish", entry},
                            pipeline_->environment());
    }
    void by_hand(const std::string& statement) {
        pqxx::connection database(servers_.conninfo());
        pqxx::work work(database);
        ASSERT_EQ(work.exec(statement).affected_rows(), 1U) << statement;
        work.commit();
    }
};

TEST_F(Republish, PutsAPersonRightWhoWasChangedByHandInMoodle) {
    const Place pupil = some_pupil();
    const std::string id =
        std::to_string(moodle_count("SELECT id FROM mdl_user WHERE username = '" + pupil.username + "'"));
    by_hand("UPDATE mdl_user SET lastname = 'By hand' WHERE id = " + id);
    by_hand("DELETE FROM mdl_cohort_members WHERE userid = " + id +
            " AND cohortid = (SELECT max(cohortid) FROM mdl_cohort_members WHERE userid = " + id + ")");
    const Exit asked = ask(pupil.person_dn);
    EXPECT_EQ(asked.status, 0) << asked.out << asked.err;
    wait_for_moodle("SELECT lastname <> 'By hand' FROM mdl_user WHERE id = " + id);
    expect_moodle_equals_directory();
}

}  // namespace
}  // namespace entstream::test
