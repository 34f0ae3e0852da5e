#include <gmock/gmock.h>
#include <pqxx/transaction>

#include "tests/integration/merge/merge_test.hpp"

namespace entstream::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// What open() refuses, and in which words. Every message names place and remedy.
class Open : public MergeTest {
  protected:
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

TEST_P(Open, MissingRightsAreNamedWithTheRemedy) {
    const std::string role = "reader_" + config().database.name;
    pqxx::connection superuser("host=" + config().database.host + " port=" + std::to_string(config().database.port) +
                               " user=postgres password=" + config().database.password +
                               " dbname=" + config().database.name);
    const auto as_superuser = [&](const std::string& statements) {
        pqxx::work transaction(superuser);
        transaction.exec(statements);
        transaction.commit();
    };
    as_superuser("DROP SCHEMA entstream CASCADE; CREATE ROLE " + role + " LOGIN PASSWORD 'reader'");
    consumer::ConsumerConfig reader = config();
    reader.database.user = role;
    reader.database.password = "reader";
    EXPECT_THAT(refusal(reader), HasSubstr("no Moodle in database"));

    as_superuser("GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + role);
    EXPECT_THAT(refusal(reader), AllOf(HasSubstr("right INSERT on mdl_user is missing"),
                                       HasSubstr("right DELETE on mdl_sessions is missing"),
                                       HasSubstr("right USAGE on sequence mdl_context_id_seq is missing")));

    as_superuser("GRANT ALL ON ALL TABLES IN SCHEMA public TO " + role +
                 "; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO " + role);
    EXPECT_THAT(refusal(reader), HasSubstr("CREATE SCHEMA entstream AUTHORIZATION \"" + role + "\""));

    as_superuser("CREATE SCHEMA entstream AUTHORIZATION " + role);
    EXPECT_EQ(refusal(reader), "accepted");
    as_superuser("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

ENTSTREAM_MERGE_SUITE(Open);

}  // namespace
}  // namespace entstream::test
