#include <fmt/format.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pqxx/transaction>
#include <sys/socket.h>

#include <vector>

#include "consumer/merge/database.hpp"
#include "tests/integration/merge/merge_test.hpp"

namespace entstream::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// What open() refuses, and in which words. Every message names place and remedy.
class Open : public MergeTest {
  protected:
    void SetUp() override {
        MergeTest::SetUp();
        target_.reset();  // one process serves a Moodle
    }
    /// The message with which open() refuses this configuration.
    static std::string refusal(const consumer::ConsumerConfig& config, Failure expected = Failure::fatal) {
        try {
            MoodleTarget(config).open();
        } catch (const std::exception& error) {
            EXPECT_EQ(consumer::merge::classify(std::current_exception()), expected);
            return error.what();
        }
        return "accepted";
    }
    consumer::ConsumerConfig config() { return moodle_->config(); }
};

TEST_P(Open, TwiceIsAsGoodAsOnce) {
    const std::string before = sql("SELECT string_agg(name || value, ',' ORDER BY name) FROM entstream.property");
    MoodleTarget(config()).open();
    EXPECT_EQ(sql("SELECT string_agg(name || value, ',' ORDER BY name) FROM entstream.property"), before);
    EXPECT_EQ(sql("SELECT value FROM entstream.property WHERE name = 'moodle'"), "public.mdl_");
}

TEST_P(Open, WrongPrefixProposesTheRightOne) {
    consumer::ConsumerConfig wrong = config();
    wrong.database.prefix = "m_";
    EXPECT_THAT(refusal(wrong), AllOf(HasSubstr(wrong.database.name), HasSubstr("prefix 'm_'"),
                                      HasSubstr("database.schema = 'public', database.prefix = 'mdl_'")));
}

TEST_P(Open, WrongSchemaProposesTheRightOne) {
    consumer::ConsumerConfig wrong = config();
    wrong.database.schema = "moodle";
    EXPECT_THAT(refusal(wrong), AllOf(HasSubstr("schema 'moodle'"), HasSubstr("database.schema = 'public'")));
}

TEST_P(Open, OtherSchemaAndPrefixWork) {
    sql("DROP SCHEMA entstream CASCADE; CREATE SCHEMA moodle; "
        "DO $$ DECLARE t record; BEGIN FOR t IN SELECT relname, relkind FROM pg_class WHERE relkind IN ('r', 'S') "
        "AND relnamespace = 'public'::regnamespace LOOP "
        "EXECUTE format('ALTER %s public.%I RENAME TO %I', CASE t.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, "
        "t.relname, 'My-' || substr(t.relname, 5)); END LOOP; END $$; "
        "DO $$ DECLARE t record; BEGIN FOR t IN SELECT relname FROM pg_class WHERE relkind = 'r' "
        "AND relnamespace = 'public'::regnamespace LOOP "
        "EXECUTE format('ALTER TABLE public.%I SET SCHEMA moodle', t.relname); END LOOP; END $$");
    consumer::ConsumerConfig other = config();
    other.database.schema = "moodle";
    other.database.prefix = "My-";
    target_.emplace(other);
    target_->open();
    target_->claim("rennes");
    user(1);
    group(10, "4e A", "4A");
    member(ParentKind::group, 10, 1, 1);
    role(20, "manager", ContextLevel::system);
    member(ParentKind::role, 20, 1, 1);
    apply();
    EXPECT_EQ(sql("SELECT (SELECT count(*) FROM moodle.\"My-cohort_members\"), "
                  "(SELECT count(*) FROM moodle.\"My-role_assignments\" WHERE component = 'local_entstream')"),
              "1|1");
}

TEST_P(Open, DatabaseWithoutMoodleIsRefusedAndNothingIsWritten) {
    sql("DROP SCHEMA entstream CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    EXPECT_THAT(refusal(config()), AllOf(HasSubstr("no Moodle in database"), HasSubstr("database.name")));
    EXPECT_EQ(sql("SELECT to_regnamespace('entstream') IS NULL"), "t");
}

TEST_P(Open, UnsupportedVersionIsRefused) {
    sql("UPDATE mdl_config SET value = '404' WHERE name = 'branch';"
        "UPDATE mdl_config SET value = '4.4.9 (Build: 20250801)' WHERE name = 'release'");
    EXPECT_THAT(refusal(config()), AllOf(HasSubstr("4.4.9"), HasSubstr("supported are Moodle 4.5 to 5.2")));
    sql("UPDATE mdl_config SET value = '405' WHERE name = 'branch'");
    EXPECT_EQ(refusal(config()), "accepted");
}

TEST_P(Open, MissingTablesAndColumnsAreAllNamed) {
    sql("ALTER TABLE mdl_user DROP COLUMN phone2; DROP TABLE mdl_cache_flags");
    EXPECT_THAT(refusal(config()),
                AllOf(HasSubstr("column mdl_user.phone2 is missing"), HasSubstr("table mdl_cache_flags is missing")));
}

TEST_P(Open, NewerSchemaOfOursIsRefused) {
    sql("UPDATE entstream.property SET value = '99' WHERE name = 'schema_version'");
    EXPECT_THAT(refusal(config()), AllOf(HasSubstr("version 99"), HasSubstr("newer entstream")));
}

TEST_P(Open, SecondMoodleOfOneDatabaseIsRefused) {
    sql("UPDATE entstream.property SET value = 'public.other_' WHERE name = 'moodle'");
    EXPECT_THAT(refusal(config()), AllOf(HasSubstr("public.other_*"), HasSubstr("one Moodle per database")));
}

TEST_P(Open, RefusedConnectionIsFatalUnansweredIsTransient) {
    consumer::ConsumerConfig wrong = config();
    wrong.database.password = "wrong";
    EXPECT_THAT(refusal(wrong), AllOf(HasSubstr("refuses the connection"), HasSubstr(wrong.database.user)));
    wrong = config();
    wrong.database.name = "not_there";
    EXPECT_THAT(refusal(wrong), AllOf(HasSubstr("refuses the connection"), HasSubstr("not_there")));
    wrong = config();
    wrong.database.port = 1;
    EXPECT_THAT(refusal(wrong, Failure::transient), HasSubstr("no PostgreSQL server answers at 127.0.0.1:1"));
}

TEST_P(Open, AFullServerIsTransient) {
    const std::string database = config().database.name;
    MoodleDatabase::as_superuser("ALTER DATABASE " + database + " CONNECTION LIMIT 0");
    EXPECT_THAT(refusal(config(), Failure::transient),
                AllOf(HasSubstr("for now"), HasSubstr(database), HasSubstr("CONNECTION LIMIT")));
    MoodleDatabase::as_superuser("ALTER DATABASE " + database + " CONNECTION LIMIT -1");
    EXPECT_EQ(refusal(config()), "accepted");
}

TEST_P(Open, ADatabaseThatTakesNoConnectionsIsTransient) {
    const std::string database = config().database.name;
    MoodleDatabase::as_superuser("ALTER DATABASE " + database + " ALLOW_CONNECTIONS false");
    EXPECT_THAT(refusal(config(), Failure::transient), AllOf(HasSubstr("for now"), HasSubstr(database)));
    MoodleDatabase::as_superuser("ALTER DATABASE " + database + " ALLOW_CONNECTIONS true");
    EXPECT_EQ(refusal(config()), "accepted");
}

TEST_P(Open, UnknownRoleMissingRightAndMissingTlsAreFatal) {
    consumer::ConsumerConfig wrong = config();
    wrong.database.user = "nobody_of_that_name";
    EXPECT_THAT(refusal(wrong), HasSubstr("refuses the connection"));
    wrong = config();
    wrong.database.password.clear();
    EXPECT_THAT(refusal(wrong), HasSubstr("refuses the connection"));
    wrong = config();
    wrong.database.sslmode = "require";
    EXPECT_THAT(refusal(wrong), HasSubstr("refuses the connection"));
    MoodleDatabase::as_superuser("REVOKE CONNECT ON DATABASE " + config().database.name + " FROM PUBLIC");
    MoodleDatabase::as_superuser("CREATE ROLE stranger LOGIN PASSWORD 'stranger'");
    wrong = config();
    wrong.database.user = "stranger";
    wrong.database.password = "stranger";
    EXPECT_THAT(refusal(wrong), HasSubstr("refuses the connection"));
    MoodleDatabase::as_superuser("DROP ROLE stranger");
}

TEST_P(Open, AServerThatVanishesDuringAStatementIsNoticedWithinFifteenSeconds) {
    consumer::merge::Connection connection(config().database);
    const auto option = [&](int name) {
        int value = -1;
        socklen_t size = sizeof value;
        getsockopt(connection.get().sock(), IPPROTO_TCP, name, &value, &size);
        return value;
    };
    EXPECT_LE(option(TCP_KEEPIDLE) + option(TCP_KEEPINTVL) * option(TCP_KEEPCNT), 15);
    EXPECT_GT(option(TCP_KEEPIDLE), 0);
}

/// A database user who owns nothing, and the superuser who gives him rights.
class OpenWithFewRights : public Open {
  protected:
    void SetUp() override {
        Open::SetUp();
        if (IsSkipped()) {
            return;
        }
        role_ = "reader_" + config().database.name;
        as_superuser("DROP SCHEMA entstream CASCADE; CREATE ROLE " + role_ + " LOGIN PASSWORD 'reader'");
        reader_ = config();
        reader_.database.user = role_;
        reader_.database.password = "reader";
    }
    void TearDown() override {
        if (!role_.empty()) {
            target_.reset();
            as_superuser("DROP OWNED BY " + role_ + "; DROP ROLE " + role_);
        }
    }
    void as_superuser(const std::string& statements) {
        const consumer::DatabaseConfig database = config().database;
        pqxx::connection superuser("host=" + database.host + " port=" + std::to_string(database.port) +
                                   " user=postgres password=" + database.password + " dbname=" + database.name);
        pqxx::work transaction(superuser);
        transaction.exec(statements);
        transaction.commit();
    }
    /// Rights on Moodle's tables, and on the sequences of those that it may insert into.
    void grant(const std::string& rights, const std::vector<std::string>& tables) {
        for (const std::string& table : tables) {
            as_superuser(fmt::format("GRANT {} ON mdl_{} TO {}", rights, table, role_));
            if (rights.find("INSERT") != std::string::npos) {
                as_superuser(fmt::format("GRANT USAGE ON mdl_{}_id_seq TO {}", table, role_));
            }
        }
    }

    std::string role_;
    consumer::ConsumerConfig reader_;
};

TEST_P(OpenWithFewRights, WhatIsMissingIsNamedWithTheRemedy) {
    EXPECT_THAT(refusal(reader_), HasSubstr("no Moodle in database"));

    as_superuser("GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + role_);
    EXPECT_THAT(refusal(reader_), AllOf(HasSubstr("right INSERT on mdl_user is missing"),
                                        HasSubstr("right DELETE on mdl_sessions is missing"),
                                        HasSubstr("right USAGE on sequence mdl_context_id_seq is missing")));

    as_superuser("GRANT ALL ON ALL TABLES IN SCHEMA public TO " + role_ +
                 "; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO " + role_);
    EXPECT_THAT(refusal(reader_), HasSubstr("CREATE SCHEMA entstream AUTHORIZATION \"" + role_ + "\""));

    as_superuser("CREATE SCHEMA entstream AUTHORIZATION " + role_);
    EXPECT_EQ(refusal(reader_), "accepted");
}

TEST_P(OpenWithFewRights, TheRightsOfTheManualAreEnough) {
    // docs/moodle_tables_of_entstream.md
    as_superuser("CREATE SCHEMA entstream AUTHORIZATION " + role_);
    // So that the test itself may look into the schema.
    as_superuser("GRANT " + role_ + " TO " + config().database.user);
    grant("SELECT", {"config", "user_info_field", "role", "role_context_levels", "course_categories", "course",
                     "course_modules", "enrol"});
    grant("SELECT, INSERT", {"context"});
    grant("SELECT, INSERT, UPDATE", {"config_plugins", "user", "user_info_data", "cohort", "cache_flags"});
    grant("SELECT, INSERT, UPDATE, DELETE", {"cohort_members", "role_assignments"});
    grant("SELECT, UPDATE, DELETE", {"sessions"});
    grant("SELECT, UPDATE", {"task_scheduled"});
    grant("INSERT", {"logstore_standard_log"});
    target_.emplace(reader_);
    target_->open();
    target_->claim("rennes");

    user(1);
    group(10, "4e A", "4A");
    member(ParentKind::group, 10, 1, 1);
    role(20, "manager", ContextLevel::system);
    member(ParentKind::role, 20, 1, 1);
    apply();
    sql("INSERT INTO mdl_enrol (enrol, courseid, customint1) SELECT 'cohort', 1, id FROM mdl_cohort;"
        "INSERT INTO mdl_sessions (sid, userid, timecreated, timemodified) VALUES ('s', " +
        id_of(1) + ", 1, 1)");
    user_leaves(1);
    group(10, "4e B", "4A");
    member_leaves(ParentKind::group, 10, 1);
    member_leaves(ParentKind::role, 20, 1);
    apply();
    sweep();
    EXPECT_EQ(sql("SELECT (SELECT count(*) FROM mdl_sessions), (SELECT count(*) FROM mdl_cohort_members), "
                  "(SELECT count(*) FROM mdl_role_assignments), (SELECT count(*) FROM mdl_cache_flags)"),
              "0|0|0|1");

    // One more where people are enrolled beside roles.
    reader_.mapping.roles.enrol = "manual";
    target_.reset();
    EXPECT_THAT(refusal(reader_), HasSubstr("right INSERT on mdl_user_enrolments is missing"));
    grant("SELECT, INSERT, UPDATE", {"user_enrolments"});
    EXPECT_EQ(refusal(reader_), "accepted");
}

ENTSTREAM_MERGE_SUITE(Open);
ENTSTREAM_MERGE_SUITE(OpenWithFewRights);

}  // namespace
}  // namespace entstream::test
