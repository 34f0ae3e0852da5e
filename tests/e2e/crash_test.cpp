// Programs killed at the worst moment, servers restarted under them: at the end Moodle equals the directory.

#include "tests/e2e/fixture.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

class Crash : public EndToEnd {
  protected:
    void start_both() {
        pipeline_->start_producer();
        pipeline_->start_consumer();
    }

    [[nodiscard]] long accounts() { return moodle_count("SELECT count(*) FROM mdl_user WHERE auth = 'ldap'"); }
};

TEST_F(Crash, ProducerKilledInMidRefresh) {
    // Many small transactions: there is time to be killed between the first and the last.
    configure_producer("\n[producer]\ntransaction_records = 5\n");
    const long people = static_cast<long>(read_directory(servers_).people.size());
    pipeline_->start_consumer();
    int kills_in_mid_refresh = 0;
    for (const long at_least : {1L, people / 4, people / 2}) {
        pipeline_->start_producer();
        ASSERT_TRUE(wait_until([&] { return accounts() >= at_least; }));
        pipeline_->producer().kill();
        pipeline_->producer().wait();
        kills_in_mid_refresh += accounts() < people ? 1 : 0;
    }
    ASSERT_GT(kills_in_mid_refresh, 0) << "the refresh was over before the first kill: this test shows nothing";
    pipeline_->start_producer();
    expect_moodle_equals_directory();
}

TEST_F(Crash, ConsumerKilledInMidBatch) {
    pipeline_->start_producer();
    {
        // Somebody holds the table of contexts: the batch stops there, its accounts written but not committed.
        pqxx::connection blocker(servers_.conninfo());
        pqxx::work lock(blocker);
        lock.exec0("LOCK TABLE mdl_context IN SHARE MODE");
        pipeline_->start_consumer();
        ASSERT_TRUE(wait_until([&] {
            return moodle_says(
                "SELECT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE "
                "c.relname = 'mdl_context' AND NOT l.granted)");
        }));
        pipeline_->consumer().kill();
        pipeline_->consumer().wait();
    }
    ASSERT_TRUE(wait_until([&] { return accounts() == 0; })) << "a half batch was committed";
    pipeline_->start_consumer();
    expect_moodle_equals_directory();
}

TEST_F(Crash, KafkaRestartedBetweenChanges) {
    start_both();
    expect_moodle_equals_directory();
    const Place pupil = some_pupil();
    shared_servers().stop("kafka");
    directory_->replace(pupil.person_dn, "sn", {"PENDANT"});
    shared_servers().start("kafka");
    directory_->replace(pupil.person_dn, "givenName", {"Après"});
    expect_moodle_equals_directory();
}

TEST_F(Crash, KafkaKilledInMidRefresh) {
    configure_producer("\n[producer]\ntransaction_records = 20\n");
    start_both();
    ASSERT_TRUE(wait_until([&] { return accounts() > 0; }));
    shared_servers().kill("kafka");
    shared_servers().start("kafka");
    expect_moodle_equals_directory();
}

TEST_F(Crash, PostgresRestartedUnderLoad) {
    configure_consumer("\n[consumer]\nbatch_records = 100\n");
    start_both();
    ASSERT_TRUE(wait_until([&] { return accounts() > 0; }));
    shared_servers().restart("postgres");
    expect_moodle_equals_directory();
    const Place pupil = some_pupil();
    shared_servers().stop("postgres");
    directory_->replace(pupil.person_dn, "sn", {"PENDANT"});
    shared_servers().start("postgres");
    expect_moodle_equals_directory();
}

TEST_F(Crash, DirectoryKilledAndRestarted) {
    start_both();
    expect_moodle_equals_directory();
    const Place pupil = some_pupil();
    directory_->replace(pupil.person_dn, "sn", {"AVANT"});
    shared_servers().kill("ldap");
    shared_servers().start("ldap");
    directory_ =
        std::make_unique<DirectoryClient>(servers_.ldap_uri, servers_.ldap_admin_dn, servers_.ldap_admin_password);
    directory_->replace(pupil.person_dn, "givenName", {"Après"});
    expect_moodle_equals_directory();
}

TEST_F(Crash, ChangesWhileBothWereDead) {
    start_both();
    expect_moodle_equals_directory();
    pipeline_->producer().kill();
    pipeline_->consumer().kill();
    pipeline_->producer().wait();
    pipeline_->consumer().wait();
    const Place changed = some_pupil(0);
    const Place gone = some_pupil(1);
    directory_->replace(changed.person_dn, "mail", {"autre@example.fr"});
    directory_->remove_value(gone.group_dn, "member", gone.member);
    directory_->remove(gone.person_dn);
    directory_->rename(changed.group_dn, "cn=ent:Etablissements:renommé (3EME)");
    start_both();
    expect_moodle_equals_directory();
}

}  // namespace
}  // namespace entstream::test
