// The plugin of deploy/moodle over what the merge has written: the status page as an administrator sees it. The rest of
// Moodle is tests/moodle_plugin/site.

#include <gmock/gmock.h>
#include <pqxx/transaction>

#include <filesystem>
#include <map>

#include "tests/integration/merge/merge_test.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace entstream::test {
namespace {

using consumer::UserField;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using consumer::UserField;

class MoodlePlugin : public MergeTest {
  protected:
    using Environment = std::map<std::string, std::string>;

    void SetUp() override {
        MergeTest::SetUp();
        std::filesystem::copy(source_path("tests/moodle_plugin/site"), site_.path(),
                              std::filesystem::copy_options::recursive);
        std::filesystem::create_directory(site_.path() / "local");
        std::filesystem::copy(source_path("deploy/moodle/local_entstream"), site_.path() / "local/entstream",
                              std::filesystem::copy_options::recursive);
    }
    /// Runs a script of the site. \returns its output
    std::string run(const std::string& script, Environment environment = {}, int status = 0) {
        environment.insert({"SITE_DATABASE", moodle_->conninfo()});
        const Exit exit = Process::run({"php", site_.path() / script}, environment);
        EXPECT_EQ(exit.status, status) << exit.err;
        return exit.out + exit.err;
    }
    std::string page(Environment environment = {}) { return run("local/entstream/index.php", std::move(environment)); }

    /// What an administrator of the database server runs.
    void as_superuser(const std::string& statements) {
        const consumer::DatabaseConfig database = moodle_->config().database;
        pqxx::connection superuser("host=" + database.host + " port=" + std::to_string(database.port) +
                                   " user=postgres password=" + database.password + " dbname=" + database.name);
        pqxx::work transaction(superuser);
        transaction.exec(statements);
        transaction.commit();
    }

    TempDir site_;
};

TEST_P(MoodlePlugin, ThePageShowsWhereASourceStandsAndWhatWaits) {
    EXPECT_THAT(page(), AllOf(HasSubstr("|moodle|rennes|0|First load in progress||"), HasSubstr("Nothing waits.")));
    user(1);
    user(2, {{UserField::username, "u1"}});
    consumer::UserDelta& incomplete = user(3);
    incomplete[UserField::lastname].reset();
    incomplete.problem = "lastname: <missing>";
    role(20, "manager", ContextLevel::course, "idnumber", "no-such-course");
    role(21, "manager", ContextLevel::user, "username", "secret");
    batch_.watermark = std::chrono::system_clock::now();
    batch_.refused = consumer::RefusedRecord{"user/" + uuid(4).to_text(), "value", 9, "SQLSTATE 23514"};
    apply();
    sql("INSERT INTO entstream.link (source, kind, uuid, moodle_id, status, version) VALUES ('rennes', 'cohort', '" +
        uuid(10).to_text() + "', 10, 'gone_in_moodle', 1)");
    sql("INSERT INTO entstream.held (source, entity, uuid, moodle_id, version) VALUES ('rennes', 'user', '" +
        uuid(1).to_text() + "', " + id_of(1) + ", 1)");
    sql("INSERT INTO entstream.held (source, entity, uuid, role_id, context_id, moodle_id, version) VALUES "
        "('rennes', 'role_assignment', '" +
        uuid(1).to_text() + "', 1, 1, " + id_of(1) + ", 1)");
    sql("INSERT INTO entstream.profile_value (source, uuid, field, value, waits, version) VALUES ('rennes', '" +
        uuid(1).to_text() +
        "', 'regime', 'secret', 'Moodle has no profile field of this short name', 1), ('rennes', '" +
        uuid(2).to_text() + "', 'regime', 'secret', NULL, 1)");
    sql("INSERT INTO entstream.cohort_category (source, uuid, category) VALUES ('rennes', '" + uuid(10).to_text() +
        "', 'E1')");
    sql("INSERT INTO entstream.role_candidate (source, uuid, role_id, context_id, candidate) VALUES ('rennes', '" +
        uuid(1).to_text() + "', 1, 1, 7)");

    sql("INSERT INTO entstream.parked (source, kind, uuid, wanted, payload, reason, version) VALUES ('rennes', 'user', "
        "'" +
        uuid(5).to_text() +
        "', 'secret', '{}', 'account found by idnumber, not adopted: several accounts have it', 1)");

    const std::string english = page();
    EXPECT_THAT(
        english,
        AllOf(HasSubstr("|Persons whose username is taken|1|Another account or cohort has the name"),
              HasSubstr("|Persons for whom an account was found that they do not get|1|The reason is below."),
              HasSubstr("|Persons who cannot be mapped in full|1|"), HasSubstr("|Records that the database refuses|1|"),
              HasSubstr("|Suspensions of accounts that are held|1|So many"),
              HasSubstr("|Removals of role assignments that are held|1|So many"),
              HasSubstr("|Values of profile fields|1|Moodle lacks"),
              HasSubstr("|Cohorts that are not in their course category|1|"),
              HasSubstr("|Role assignments of other components that entstream would adopt|1|"),
              HasSubstr("|Role objects that Moodle cannot place|2|"),
              HasSubstr("|Accounts and cohorts that were deleted in Moodle|1|")));
    EXPECT_THAT(
        english,
        AllOf(
            HasSubstr("|Parked|rennes|user/" + uuid(2).to_text() + "|username taken|"),
            HasSubstr("|Unmapped|rennes|user/" + uuid(3).to_text() + "|lastname: &lt;missing&gt;|"),
            HasSubstr("|Refused|rennes|user/" + uuid(4).to_text() + "|SQLSTATE 23514|"),
            HasSubstr("|Not placed|rennes|role/" + uuid(20).to_text() + "|manager: course, idnumber no-such-course||"),
            HasSubstr("|Not placed|rennes|role/" + uuid(21).to_text() + "|manager: user||"),
            HasSubstr("|Not in its category|rennes|cohort/" + uuid(10).to_text() + "|coursecat, idnumber E1||"),
            HasSubstr("|Profile field|rennes|field regime|Moodle has no profile field of this short name "
                      "(1)||")));
    EXPECT_THAT(english, AllOf(Not(HasSubstr("warning")), Not(HasSubstr("First load")), Not(HasSubstr("First2")),
                               Not(HasSubstr("secret"))))
        << "it runs, the directory is alive, and no personal data is shown";
    EXPECT_THAT(page({{"SITE_LANGUAGE", "fr"}}),
                AllOf(HasSubstr("|Personnes dont le nom d'utilisateur est déjà pris|1|"),
                      HasSubstr("|En attente|rennes|user/" + uuid(2).to_text() + "|nom d&#039;utilisateur déjà pris|"),
                      HasSubstr("|user/" + uuid(5).to_text() +
                                "|compte trouvé par idnumber, non repris : plusieurs comptes l&#039;ont|"),
                      HasSubstr("|user/" + uuid(3).to_text() + "|lastname: &lt;missing&gt;|"),
                      HasSubstr("|field regime|Moodle n&#039;a pas de champ de profil de ce nom abrégé (1)||")))
        << "what the plugin does not know stays as it is";
}

TEST_P(MoodlePlugin, ThePageWarnsOfAnOldWatermarkOfAPauseOfARebuildAndWhenTheConsumerHasEnded) {
    user(1);
    batch_.watermark = std::chrono::system_clock::now() - std::chrono::hours(1);
    apply();
    EXPECT_THAT(page(), AllOf(HasSubstr("[warning] Source rennes: the directory has given no sign of life"),
                              Not(HasSubstr("entstream-consumer does not run"))));
    sql("INSERT INTO entstream.property (name, value) VALUES ('pause/rennes', '{}')");
    EXPECT_THAT(page(), AllOf(HasSubstr("[warning] Source rennes is paused"), Not(HasSubstr("no sign of life"))));
    sql("UPDATE entstream.property SET name = 'pause' WHERE name = 'pause/rennes'");
    EXPECT_THAT(page(), AllOf(HasSubstr("[warning] entstream is paused"), Not(HasSubstr("no sign of life"))));
    sql("DELETE FROM entstream.property WHERE name = 'pause'");
    target_.reset();
    sql("UPDATE entstream.position SET watermark = NULL, rebuild_begun_at = now()");
    EXPECT_THAT(page(), AllOf(HasSubstr("[warning] entstream-consumer does not run"), HasSubstr("Rebuild in progress"),
                              Not(HasSubstr("no sign of life"))));
}

TEST_P(MoodlePlugin, WhileTheFirstStartWaitsThePageShowsWhatItWouldDoAndHowItGoesOn) {
    sql("INSERT INTO entstream.run (kind, target, planned_by, records, totals) VALUES ('first_start', 'moodle', "
        "'host:1', 9, "
        "'[{\"entity\": \"user\", \"action\": \"adopted\", \"objects\": 81, \"reason\": \"\"}, "
        "{\"entity\": \"user\", \"action\": \"parked\", \"objects\": 2, \"reason\": \"username <taken>\"}, "
        "{\"entity\": \"role_assignment\", \"action\": \"parked\", \"objects\": 3, \"reason\": \"waits for "
        "approval\"}]')");
    EXPECT_THAT(page(), AllOf(HasSubstr("[warning] This Moodle has people already"), HasSubstr("--approve start"),
                              HasSubstr("|users|adopted|81||"), HasSubstr("|users|parked|2|username &lt;taken&gt;|"),
                              Not(HasSubstr("Nothing waits")), Not(HasSubstr("No directory"))));
    EXPECT_THAT(page({{"SITE_LANGUAGE", "fr"}}),
                AllOf(HasSubstr("[warning] Ce Moodle a déjà des utilisateurs"), HasSubstr("|comptes|repris|81||"),
                      HasSubstr("|attributions de rôles|en attente|3|attend un accord|")));
    sql("UPDATE entstream.run SET approved_at = now()");
    EXPECT_THAT(page(), AllOf(Not(HasSubstr("has people already")), HasSubstr("Nothing waits")));
}

TEST_P(MoodlePlugin, ThePageOfASchemaOfAFormerVersionShowsWhatThereIs) {
    user(1);
    apply();
    sql("DROP TABLE entstream.unmapped, entstream.lease, entstream.refused, entstream.held, "
        "entstream.profile_value, entstream.cohort_category, entstream.role_candidate, entstream.run");
    EXPECT_THAT(page(), AllOf(HasSubstr("|moodle|rennes|"), HasSubstr("Nothing waits."), HasSubstr("does not run")));
    sql("ALTER TABLE entstream.position RENAME watermark TO later");
    EXPECT_THAT(page(), AllOf(HasSubstr("[error]"), HasSubstr("of a version that this plugin does not know")));
}

TEST_P(MoodlePlugin, WithoutTheSchemaOrPostgresqlThePageSaysSo) {
    sql("DROP SCHEMA entstream CASCADE");
    EXPECT_THAT(page(), HasSubstr("[info] entstream has not been at work in this database yet"));
    EXPECT_THAT(page({{"SITE_DBFAMILY", "mysql"}}), HasSubstr("[error] entstream works with PostgreSQL only"));
}

TEST_P(MoodlePlugin, WhereRightsAreMissingTheStatementsOfThePageMendIt) {
    user(1);
    user(2, {{UserField::username, "u1"}});
    apply();
    const std::string role = "Site of " + moodle_->config().database.name;
    as_superuser("CREATE ROLE \"" + role + "\" LOGIN PASSWORD 'site'");
    const consumer::DatabaseConfig database = moodle_->config().database;
    const Environment other = {{"SITE_DATABASE", "host=" + database.host + " port=" + std::to_string(database.port) +
                                                     " user='" + role + "' password=site dbname=" + database.name}};
    const std::string refused = page(other);
    EXPECT_THAT(refused, HasSubstr("[error] The database user of Moodle may not read"));
    const auto begin = refused.find("<pre>") + 5;
    std::string statements = refused.substr(begin, refused.find("</pre>") - begin);
    for (std::size_t at = 0; (at = statements.find("&quot;", at)) != std::string::npos;) {
        statements.replace(at, 6, "\"");
    }
    sql(statements);
    EXPECT_THAT(page(other), HasSubstr("|Persons whose username is taken|1|"));
    EXPECT_EQ(sql("SELECT has_column_privilege('" + role + "', 'entstream.parked', 'payload', 'SELECT')"), "f")
        << "personal data stays closed";
    as_superuser("DROP OWNED BY \"" + role + "\"; DROP ROLE \"" + role + "\"");
}

TEST_P(MoodlePlugin, NobodyButAdministratorsSeesThePage) {
    EXPECT_THAT(run("local/entstream/index.php", {{"SITE_CAPABILITIES", "moodle/site:viewreports"}}, 255),
                AllOf(HasSubstr("nopermissions: moodle/site:config"), Not(HasSubstr("<html>"))));
}

TEST_P(MoodlePlugin, ItCannotBeUninstalledWhileEntstreamHasItsNoteAmongThePluginsSettings) {
    EXPECT_EQ(run("uninstall.php"), "uninstalled\n") << "nothing was applied yet";
    user(1);
    apply();
    EXPECT_THAT(run("uninstall.php", {}, 255), HasSubstr("entstream serves this Moodle"));

    // Who has done it in another way gets the note back by the statement of the manual.
    target_.reset();
    sql("DELETE FROM mdl_config_plugins WHERE plugin = 'local_entstream'");
    target_.emplace(moodle_->config());
    try {
        target_->open();
        ADD_FAILURE() << "it does without the note";
    } catch (const std::exception& error) {
        EXPECT_EQ(consumer::merge::classify(std::current_exception()), Failure::fatal);
        EXPECT_THAT(error.what(), HasSubstr("or Moodle's plugin local_entstream was uninstalled"));
    }
    sql("INSERT INTO mdl_config_plugins (plugin, name, value) "
        "SELECT 'local_entstream', 'position', jsonb_object_agg(target || '/' || source, log_id || ':' || "
        "next_offset)::text FROM entstream.position WHERE log_id <> '' HAVING count(*) > 0 "
        "ON CONFLICT (plugin, name) DO UPDATE SET value = excluded.value");
    EXPECT_EQ(failure_of([&] { target_->open(); }), std::nullopt);

    target_.reset();
    sql("DROP SCHEMA entstream CASCADE");
    EXPECT_EQ(run("uninstall.php"), "uninstalled\n");
}

TEST_P(MoodlePlugin, TheConsumerSaysOnceWhatIsMissedWithoutIt) {
    const auto lines = [&](auto&& work) {
        ::testing::internal::CaptureStdout();
        work();
        return ::testing::internal::GetCapturedStdout();
    };
    const char* const missed = "Moodle has no plugin 'local_entstream'";
    target_.reset();
    const std::string first = lines([&] {
        target_.emplace(moodle_->config());
        target_->open();
    });
    EXPECT_THAT(first, HasSubstr(missed));
    EXPECT_THAT(lines([&] { target_->open(); }), Not(HasSubstr(missed)));
    target_.reset();
    sql("INSERT INTO mdl_config_plugins (plugin, name, value) VALUES ('local_entstream', 'version', '2026112600')");
    EXPECT_THAT(lines([&] {
                    target_.emplace(moodle_->config());
                    target_->open();
                }),
                Not(HasSubstr(missed)));
}

INSTANTIATE_TEST_SUITE_P(Moodle, MoodlePlugin, ::testing::Values(MoodleKind::core_tables), kind_name);

}  // namespace
}  // namespace entstream::test
