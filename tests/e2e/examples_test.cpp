// The configurations of deploy/examples as they stand there, from their LDIF into Moodle's tables.

#include <gtest/gtest.h>
#include <pqxx/pqxx>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>

#include "tests/e2e/fixture.hpp"
#include "tests/support/process.hpp"
#include "tests/support/region.hpp"
#include "tests/support/servers_info.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

/// Everything that the target has from the directory, a line each; and what it could not take.
constexpr const char* everything = R"sql(
SELECT coalesce(string_agg(line, E'\n' ORDER BY line COLLATE "C"), '')
FROM (SELECT format('user %s | %s | %s %s | %s | %s | %s%s', username, coalesce(nullif(idnumber, ''), '-'), firstname, lastname,
                    email, coalesce(nullif(institution, ''), '-'), coalesce(nullif(department, ''), '-'), CASE suspended WHEN 1 THEN ' | suspended' ELSE '' END) AS line
      FROM mdl_user WHERE auth = '{auth}'
      UNION ALL
      SELECT format('cohort %s | %s: %s', c.idnumber, c.name, string_agg(u.username, ' ' ORDER BY u.username))
      FROM mdl_cohort c LEFT JOIN mdl_cohort_members m ON m.cohortid = c.id LEFT JOIN mdl_user u ON u.id = m.userid
      WHERE c.component = 'local_entstream' GROUP BY c.id
      UNION ALL
      SELECT format('role %s at level %s: %s', r.shortname, x.contextlevel, string_agg(u.username, ' ' ORDER BY u.username))
      FROM mdl_role_assignments a JOIN mdl_role r ON r.id = a.roleid JOIN mdl_context x ON x.id = a.contextid
      JOIN mdl_user u ON u.id = a.userid
      WHERE a.component = 'local_entstream' GROUP BY r.id, x.id
      UNION ALL
      SELECT format('unmapped %s: %s', kind, split_part(problem, ';', 1)) FROM entstream.unmapped) AS lines
)sql";

class Examples : public ::testing::Test {
  protected:
    void SetUp() override {
        load_moodle(servers_, {.schools = 1, .people = 0, .seed = 1}, dir_.path());
        execute(
            "UPDATE mdl_course SET idnumber = '0350001A-ANG-4EME1' "
            "WHERE id = (SELECT max(id) FROM mdl_course)");
    }

    void start(const std::string& example) {
        const std::filesystem::path folder = source_path("deploy/examples/" + example);
        shared_servers().load_ldif((folder / "sample.ldif").string());
        producer_ = program("entstream-producer", folder / "producer.toml");
        consumer_ = program("entstream-consumer", folder / "consumer.toml");
    }

    /// Fails the test if Moodle does not come to hold this, and nothing else.
    void expect_moodle(const std::string& auth, const std::string& expected) {
        std::string query = everything;
        query.replace(query.find("{auth}"), 6, auth);
        std::string found;
        wait_until([&] {
            try {
                found = execute(query);
            } catch (const pqxx::undefined_table&) {
                return false;  // the consumer has not made its schema yet
            }
            return found == expected || !producer_->running() || !consumer_->running();
        });
        EXPECT_EQ(found, expected) << producer_->err() << consumer_->err();
    }

    std::string execute(const std::string& query) {
        pqxx::connection database(servers_.conninfo());
        pqxx::nontransaction work(database);
        const pqxx::result result = work.exec(query);
        return result.empty() ? "" : result[0][0].c_str();
    }

  private:
    /// With the file as it stands, and the addresses of these servers from the environment.
    std::unique_ptr<Process> program(const std::string& name, const std::filesystem::path& file) {
        return std::make_unique<Process>(
            std::vector<std::string>{program_path(name).string(), "--config", file.string()},
            std::map<std::string, std::string>{{"ENTSTREAM_LDAP_URI", servers_.ldap_uri},
                                               {"ENTSTREAM_LDAP_BIND_DN", servers_.ldap_bind_dn},
                                               {"ENTSTREAM_LDAP_BIND_PASSWORD", servers_.ldap_bind_password},
                                               {"ENTSTREAM_KAFKA_BOOTSTRAP_SERVERS", servers_.kafka_bootstrap},
                                               {"ENTSTREAM_KAFKA_REPLICATION_FACTOR", "1"},
                                               {"ENTSTREAM_DATABASE_HOST", servers_.pg_host},
                                               {"ENTSTREAM_DATABASE_PORT", servers_.pg_port},
                                               {"ENTSTREAM_DATABASE_NAME", servers_.pg_database},
                                               {"ENTSTREAM_DATABASE_USER", servers_.pg_user},
                                               {"ENTSTREAM_DATABASE_PASSWORD", servers_.pg_password}});
    }

    ServersInfo servers_ = ServersInfo::from(shared_servers().environment());
    TempDir dir_;
    std::unique_ptr<Process> producer_;
    std::unique_ptr<Process> consumer_;
};

TEST_F(Examples, InetOrgPersonAndGroupOfNames) {
    start("inetorgperson");
    expect_moodle("ldap", R"(cohort ou:chemistry | Chemistry: chloe.petit
cohort ou:physics | Physics: adele.morin bruno
cohort seminar | Seminar of the first year: adele.morin chloe.petit
role manager at level 10: adele.morin
user adele.morin | 1001 | Adele Morin | adele.morin@example.fr | Example | Physics
user bruno | - | Bruno Bruno | bruno@noreply.invalid | - | Physics
user chloe.petit | - | Chloe Petit | chloe.petit@example.fr | - | Chemistry)");
}

TEST_F(Examples, SupannAndEduPerson) {
    start("supann");
    expect_moodle("cas", R"(cohort affiliation:employee | All employees: e2600002 perrot
cohort affiliation:faculty | All teachers: perrot
cohort affiliation:student | All students: e2600001 e2600002
cohort cursus:2026:D1 | D1 2026: e2600002
cohort cursus:2026:L1 | L1 2026: e2600001
cohort etape:DOCINFO | DOCINFO: e2600002
cohort etape:L1INFO | L1INFO: e2600001
cohort td1-l1info | TD 1 de L1 informatique: e2600001 perrot
user e2600001 | 26000001 | Manon Lenoir | manon.lenoir@etu.univ.example.fr | 0350936C | L1INFO
user e2600002 | 26000002 | Hugo Garnier | hugo.garnier@univ.example.fr | 0350936C | DOCINFO
user perrot | 7001 | Alice Perrot | alice.perrot@univ.example.fr | 0350936C | UFR-INFO)");
}

TEST_F(Examples, EntInstaller) {
    execute(
        "INSERT INTO mdl_user_info_field (shortname, name, datatype) VALUES ('eleve', 'eleve', 'checkbox'), "
        "('transport', 'transport', 'checkbox'), ('regime', 'regime', 'text'), ('cohort', 'cohort', 'text'), "
        "('isprimaryassignation', 'isprimaryassignation', 'checkbox')");
    start("ent_installer");
    expect_moodle("ldap",
                  R"(cohort 0350001A$4EME1 | 4EME1: f1700ivg
cohort 0350001A$4EME2 | 4EME2: f1700abc
cohort 0350001A_ELE | Élèves 0350001A: f1700abc f1700ivg
cohort 0350001A_ENS | Enseignants 0350001A: f1700jyh
cohort 0350001A_NENS | Personnels 0350001A: f1700dir
cohort ent:Etablissements:LES ORMEAUX_0350001A:4EME:Eleves_4EME1 | ent:Etablissements:LES ORMEAUX_0350001A:4EME:Eleves_4EME1: f1700ivg
role editingteacher at level 50: f1700jyh
role manager at level 10: f1700dir
unmapped role: level: the entry names no level that the mapping knows
user f1700abc | 128408 | Lou MARTIN | f1700abc@noreply.invalid | 0350001A | -
user f1700dir | 16 | Yann VALMONT | yann.valmont@ac-example.fr | 0350001A | DIRECTION ET GESTION
user f1700ivg | 128407 | Corentin COLIN | corentin.colin@example.fr | 0350001A | -
user f1700jyh | 15 | Chiara OLIVIER | chiara.olivier@ac-example.fr | 0350001A | ANGLAIS)");
    EXPECT_EQ(execute("SELECT string_agg(shortname || '=' || data, ' ' ORDER BY shortname) FROM mdl_user_info_data "
                      "JOIN mdl_user_info_field AS field ON field.id = fieldid "
                      "JOIN mdl_user AS account ON account.id = userid WHERE username = 'f1700ivg'"),
              "cohort=4EME1 eleve=1 isprimaryassignation=1 regime=INTERNE transport=1");
}

TEST(CohortDiscriminator, WithoutOneTheCheckAndTheStartAreRefusedWithTheRemedy) {
    TempDir dir;
    const auto file = dir.path() / "consumer.toml";
    std::ofstream(file) << Pipeline::consumer_toml(ServersInfo::from(shared_servers().environment()), "nowhere")
                        << "[cohorts]\nselect = \"\"\n";
    for (const char* option : {"--check", "--once"}) {
        const Exit exit = Process::run({program_path("entstream-consumer").string(), "--config", file.string(), option},
                                       {{"MOODLE_DB_PASSWORD", "any"}});
        EXPECT_EQ(exit.status, 78) << exit.err;
        EXPECT_NE(exit.err.find("cohorts.select: says nothing"), std::string::npos) << exit.err;
        EXPECT_NE(exit.err.find("from_groups = false"), std::string::npos) << exit.err;
    }
}

}  // namespace
}  // namespace entstream::test
