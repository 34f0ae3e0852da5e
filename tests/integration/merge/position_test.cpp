#include <gmock/gmock.h>
#include <pqxx/transaction>

#include "tests/integration/merge/merge_test.hpp"

namespace entstream::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Position : public MergeTest {
  protected:
    std::string note() {
        return sql("SELECT value FROM mdl_config_plugins WHERE plugin = 'local_entstream' AND name = 'position'");
    }
};

TEST_P(Position, MovesWithTheBatchAndIsNotedInMoodle) {
    user(1);
    const Batch batch = take_batch();
    target_->apply(batch);
    const auto position = target_->position("rennes");
    ASSERT_TRUE(position);
    EXPECT_EQ(position->next_offset, batch.next_offset);
    EXPECT_EQ(position->last_sequence, batch.last_sequence);
    EXPECT_EQ(position->log_id, "log-1");
    EXPECT_EQ(note(), "{\"moodle/rennes\": \"log-1:" + std::to_string(batch.next_offset) + "\"}");
    EXPECT_EQ(target_->position("elsewhere"), std::nullopt);
}

TEST_P(Position, SameBatchTwiceIsRefused) {
    user(1);
    const Batch batch = take_batch();
    target_->apply(batch);
    EXPECT_EQ(failure_of([&] { target_->apply(batch); }), Failure::fenced);
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_user WHERE auth = 'ldap'"), "1");
    user(2);
    EXPECT_EQ(apply().counts(Entity::user, Action::created), 1) << "it goes on from the stored position";
}

TEST_P(Position, OneProcessServesAMoodleWhateverItsTargetAndSources) {
    consumer::ConsumerConfig other = moodle_->config();
    other.target = "another";
    other.sources = {"nantes"};
    for (const consumer::ConsumerConfig& config : {moodle_->config(), other}) {
        MoodleTarget second(config);
        try {
            second.open();
            ADD_FAILURE() << "two at once";
        } catch (const consumer::merge::Occupied& refused) {
            EXPECT_THAT(refused.what(), AllOf(HasSubstr("target 'moodle'"), HasSubstr("rennes"), HasSubstr("stop it")));
        }
    }
    user(1);
    EXPECT_EQ(apply().counts(Entity::user, Action::created), 1) << "the first goes on";
    EXPECT_EQ(target_->position("rennes")->owner_epoch, 1);
}

TEST_P(Position, FormerOwnerThatIsNotDeadIsFenced) {
    const std::int64_t epoch = target_->position("rennes")->owner_epoch;
    sql("UPDATE entstream.lease SET renewed_at = now() - interval '1 minute'");  // it stood still
    MoodleTarget second(moodle_->config());
    second.open();
    EXPECT_EQ(second.claim("rennes").owner_epoch, epoch + 1);
    user(1);
    const Batch batch = take_batch();
    EXPECT_EQ(failure_of([&] { target_->apply(batch); }), Failure::fenced);
    EXPECT_EQ(failure_of([&] { target_->sweep("rennes"); }), Failure::fenced);
    EXPECT_EQ(failure_of([&] { target_->renew_lease(); }), Failure::fenced);
    EXPECT_EQ(failure_of([&] { target_->open(); }), Failure::fenced);
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_user WHERE auth = 'ldap'"), "0");
    second.apply(batch);
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_user WHERE auth = 'ldap'"), "1");
}

TEST_P(Position, WhoLostHisSessionIsReplacedAtOnce) {
    sql("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'entstream-consumer' "
        "AND datname = current_database()");
    MoodleTarget second(moodle_->config());
    EXPECT_NO_THROW(second.open());
}

TEST_P(Position, BehindAPoolerASignOfLifeIsAllThatCounts) {
    sql("UPDATE entstream.lease SET backend = NULL, backend_start = NULL");
    EXPECT_EQ(failure_of([&] { MoodleTarget(moodle_->config()).open(); }), Failure::fenced);
    sql("UPDATE entstream.lease SET renewed_at = now() - interval '1 minute'");
    EXPECT_NO_THROW(MoodleTarget(moodle_->config()).open());
}

TEST_P(Position, AnotherLogIsFatal) {
    user(1);
    apply();
    user(2);
    Batch batch = take_batch();
    batch.log_id = "log-2";
    EXPECT_EQ(failure_of([&] { target_->apply(batch); }), Failure::fatal);
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_user WHERE auth = 'ldap'"), "1");
}

TEST_P(Position, HeartbeatMovesItAndTheWatermarkNeverGoesBack) {
    using std::chrono::system_clock;
    const system_clock::time_point moment{std::chrono::microseconds(1'795'000'000'123'456)};
    ++offset_;
    batch_.watermark = moment;
    EXPECT_EQ(apply().counts.total(), 0);
    EXPECT_EQ(target_->position("rennes")->watermark, moment);
    EXPECT_EQ(target_->position("rennes")->next_offset, offset_ + 1);
    ++offset_;
    batch_.watermark = moment - std::chrono::seconds(1);
    apply();
    EXPECT_EQ(target_->position("rennes")->watermark, moment);
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.audit"), "0");
}

TEST_P(Position, SourcesHavePositionsOfTheirOwn) {
    consumer::ConsumerConfig config = moodle_->config();
    target_->claim("paris");
    user(1);
    Batch batch = take_batch();
    batch.source = "paris";
    target_->apply(batch);
    user(1, {{consumer::UserField::username, "other"}});
    batch = take_batch();
    batch.first_offset = 0;
    target_->apply(batch);
    EXPECT_EQ(sql("SELECT username FROM mdl_user WHERE auth = 'ldap' ORDER BY 1"), "other\nu1");
    target_.reset();
    MoodleTarget again(config);
    EXPECT_NO_THROW(again.open()) << "the note in Moodle holds both";
}

TEST_P(Position, DatabaseRestoredInPartIsNoticed) {
    user(1);
    apply();
    const std::string before = note();
    user(2);
    apply();
    const std::string after = note();
    sql("UPDATE mdl_config_plugins SET value = '" + before + "' WHERE plugin = 'local_entstream'");
    EXPECT_EQ(failure_of([&] { target_->sweep("rennes"); }), Failure::fatal);
    EXPECT_EQ(failure_of([&] { MoodleTarget(moodle_->config()).open(); }), Failure::fatal);
    sql("UPDATE mdl_config_plugins SET value = '" + after + "' WHERE plugin = 'local_entstream'");
    EXPECT_NO_THROW(target_->sweep("rennes"));
    sql("DELETE FROM mdl_config_plugins WHERE plugin = 'local_entstream'");
    EXPECT_EQ(failure_of([&] { MoodleTarget(moodle_->config()).open(); }), Failure::fatal);
    sql("DROP SCHEMA entstream CASCADE; INSERT INTO mdl_config_plugins (plugin, name, value) "
        "VALUES ('local_entstream', 'position', '" +
        after + "')");
    EXPECT_EQ(failure_of([&] { MoodleTarget(moodle_->config()).open(); }), Failure::fatal);
}

ENTSTREAM_MERGE_SUITE(Position);

/// What happens when a batch cannot be written: as a whole, and with the right advice to the caller.
class Failures : public MergeTest {
  protected:
    std::string users() { return sql("SELECT count(*) FROM mdl_user WHERE auth = 'ldap'"); }
    /// The next commit of a position fails after the server has lost its client.
    void kill_the_session_in_its_next_commit() {
        sql("CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;"
            "CREATE CONSTRAINT TRIGGER die AFTER UPDATE ON entstream.position DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION die()");
    }
};

TEST_P(Failures, TooLongTextIsPermanentAndNothingIsWritten) {
    user(1);
    user(2, {{consumer::UserField::phone1, std::string(21, '1')}});
    const Batch batch = take_batch();
    EXPECT_EQ(failure_of([&] { target_->apply(batch); }), Failure::permanent);
    EXPECT_EQ(users(), "0");
    EXPECT_EQ(target_->position("rennes")->next_offset, 0);
}

TEST_P(Failures, NulAndBrokenTextArePermanent) {
    for (const std::string& text : {std::string("a\0b", 3), std::string("\xff\xfe"), std::string()}) {
        user(1, {{consumer::UserField::username, text}});
        const Batch batch = take_batch();
        EXPECT_EQ(failure_of([&] { target_->apply(batch); }), Failure::permanent) << text;
    }
    user(1).fields = {};
    const Batch batch = take_batch();
    EXPECT_EQ(failure_of([&] { target_->apply(batch); }), Failure::permanent) << "no username";
}

TEST_P(Failures, HostileTextIsOnlyText) {
    const std::string text = "O'Brien\\\t\n\"; DROP TABLE mdl_user; -- {moodle.user}";
    user(1, {{consumer::UserField::lastname, text}});
    apply();
    EXPECT_EQ(sql("SELECT lastname FROM mdl_user WHERE username = 'u1'"), text);
}

TEST_P(Failures, RowHeldBySomebodyIsTransient) {
    user(1);
    apply();
    pqxx::connection other(moodle_->conninfo());
    pqxx::work holding(other);
    holding.exec("SELECT 1 FROM mdl_user WHERE username = 'u1' FOR UPDATE");
    user(1, {{consumer::UserField::lastname, "Changed"}});
    const Batch batch = take_batch();
    EXPECT_EQ(failure_of([&] { target_->apply(batch); }), Failure::transient);
    holding.abort();
    EXPECT_EQ(target_->apply(batch).counts(Entity::user, Action::updated), 1);
}

TEST_P(Failures, AStatementThatTakesTooLongIsCancelledAndGetsMoreTimeTheNextTime) {
    consumer::ConsumerConfig config = moodle_->config();
    config.database.statement_timeout = std::chrono::milliseconds(100);
    target_.reset();
    target_.emplace(config);
    sql("CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_sleep(1); RETURN NEW; END $$;"
        "CREATE TRIGGER dawdle BEFORE INSERT ON mdl_user FOR EACH ROW EXECUTE FUNCTION dawdle()");
    const auto open = [&] { target_->open(); };
    while (failure_of(open) == Failure::transient) {
    }
    target_->claim("rennes");
    user(1);
    const Batch batch = take_batch();
    EXPECT_EQ(failure_of([&] { target_->apply(batch); }), Failure::transient);
    int tries = 0;
    while (failure_of([&] {
               target_->open();
               target_->apply(batch);
           }) == Failure::transient &&
           ++tries < 10) {
    }
    EXPECT_EQ(users(), "1");
}

TEST_P(Failures, TheServerIsToldToForgetASessionWhoseClientIsGone) {
    user(1);
    apply();
    sql("CREATE TABLE limits (name text, setting text);"
        "CREATE FUNCTION note_limits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO limits SELECT s.name, s.setting FROM pg_settings AS s WHERE s.name IN ('lock_timeout', "
        "'idle_in_transaction_session_timeout', 'client_connection_check_interval', 'tcp_user_timeout', "
        "'statement_timeout'); RETURN NULL; END $$;"
        "CREATE TRIGGER note_limits AFTER UPDATE ON entstream.position FOR EACH ROW EXECUTE FUNCTION note_limits()");
    user(2);
    apply();
    EXPECT_EQ(sql("SELECT name, setting FROM limits ORDER BY name"),
              "client_connection_check_interval|2000\nidle_in_transaction_session_timeout|15000\nlock_timeout|2000\n"
              "statement_timeout|300000\ntcp_user_timeout|10000");
}

TEST_P(Failures, LostConnectionIsTransientAndOpenGoesOn) {
    user(1);
    const Batch batch = take_batch();
    sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'entstream-consumer' "
        "AND datname = current_database()");
    EXPECT_EQ(failure_of([&] { target_->apply(batch); }), Failure::transient);
    EXPECT_EQ(failure_of([&] { target_->apply(batch); }), Failure::transient) << "not mended behind our back";
    target_->open();
    EXPECT_EQ(target_->apply(batch).counts(Entity::user, Action::created), 1) << "the claim is still ours";
}

TEST_P(Failures, ConnectionLostInTheCommitIsInDoubtAndThePositionTells) {
    kill_the_session_in_its_next_commit();
    user(1);
    const Batch batch = take_batch();
    EXPECT_EQ(failure_of([&] { target_->apply(batch); }), Failure::in_doubt);
    sql("DROP TRIGGER die ON entstream.position");
    target_->open();
    EXPECT_EQ(target_->position("rennes")->next_offset, batch.first_offset) << "it was not committed";
    target_->apply(batch);
    EXPECT_EQ(users(), "1");
}

TEST_P(Failures, UpgradeAndMaintenancePause) {
    user(1);
    const Batch batch = take_batch();
    sql("INSERT INTO mdl_config (name, value) VALUES ('upgraderunning', extract(epoch FROM now())::bigint + 300)");
    EXPECT_EQ(failure_of([&] { target_->apply(batch); }), Failure::transient);
    sql("UPDATE mdl_config SET value = extract(epoch FROM now())::bigint - 1 WHERE name = 'upgraderunning';"
        "UPDATE mdl_config SET value = '1' WHERE name = 'maintenance_enabled'");
    EXPECT_EQ(failure_of([&] { target_->apply(batch); }), Failure::transient);
    EXPECT_EQ(users(), "0");
    sql("UPDATE mdl_config SET value = '0' WHERE name = 'maintenance_enabled'");
    target_->apply(batch);
    EXPECT_EQ(users(), "1") << "an upgrade that died is over";
}

TEST_P(Failures, NothingIsWrittenDuringAMaintenanceNotEvenWhatACommitLeftToBeDone) {
    user(1);
    role(20, "manager", ContextLevel::system);
    member(ParentKind::role, 20, 1, 1);
    target_->apply(take_batch());
    sql("UPDATE mdl_config SET value = '1' WHERE name = 'maintenance_enabled'");
    EXPECT_EQ(failure_of([&] { target_->settle(); }), Failure::transient);
    const std::string version = sql("SELECT value FROM entstream.property WHERE name = 'schema_version'");
    sql("UPDATE entstream.property SET value = '0' WHERE name = 'schema_version'");  // a migration is due
    EXPECT_EQ(failure_of([&] { target_->open(); }), Failure::transient);
    EXPECT_EQ(sql("SELECT (SELECT count(*) FROM mdl_cache_flags), (SELECT count(*) FROM entstream.touch)"), "0|1");
    sql("UPDATE entstream.property SET value = '" + version +
        "' WHERE name = 'schema_version';"
        "UPDATE mdl_config SET value = '0' WHERE name = 'maintenance_enabled'");
    target_->open();
    EXPECT_EQ(sql("SELECT (SELECT count(*) FROM mdl_cache_flags), (SELECT count(*) FROM entstream.touch)"), "1|0");
}

TEST_P(Failures, AnUpgradeThatIsNotOverIsWaitedForWhateverTheTablesLookLike) {
    sql("INSERT INTO mdl_config (name, value) VALUES ('upgraderunning', extract(epoch FROM now())::bigint + 300);"
        "ALTER TABLE mdl_cohort RENAME COLUMN theme TO skin");
    EXPECT_EQ(failure_of([&] { target_->open(); }), Failure::transient);
}

TEST_P(Failures, UpgradeThatRemovedAColumnStopsTheTarget) {
    user(1);
    const Batch batch = take_batch();
    sql("UPDATE mdl_config SET value = '2099010100' WHERE name = 'version';"
        "ALTER TABLE mdl_cohort RENAME COLUMN theme TO skin");
    EXPECT_EQ(failure_of([&] { target_->apply(batch); }), Failure::fatal);
    sql("ALTER TABLE mdl_cohort RENAME COLUMN skin TO theme");
    target_->apply(batch);
    EXPECT_EQ(users(), "1");
}

TEST_P(Failures, ErrorsDoNotQuotePeople) {
    user(1, {{consumer::UserField::lastname, "Dupont" + std::string(100, 'x')}});
    const Batch batch = take_batch();
    try {
        target_->apply(batch);
        FAIL();
    } catch (const std::exception& error) {
        EXPECT_EQ(std::string(error.what()).find("Dupont"), std::string::npos) << error.what();
    }
}

ENTSTREAM_MERGE_SUITE(Failures);

}  // namespace
}  // namespace entstream::test
