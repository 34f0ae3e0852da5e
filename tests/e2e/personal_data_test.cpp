// Nobody's name, mail address, password or birth date leaves the places that are meant for it: neither the logs and
// metrics of the programs, nor headers of dead letters, nor what runs and reports keep.

#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "common/kafka/log_reader.hpp"
#include "common/kafka/topic_admin.hpp"
#include "tests/e2e/fixture.hpp"
#include "tests/support/scrape.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// All planted values have one of these in them, in whatever case.
constexpr const char* planted = "zqx";
constexpr const char* planted_birth_year = "1871";

class PersonalData : public EndToEnd {
  protected:
    void SetUp() override {
        EndToEnd::SetUp();
        publish_more();
        configure_producer("\n[producer]\nheartbeat_interval = \"1s\"\n\n[log]\nformat = \"json\"\n");
        configure_consumer(
            "\n[guard]\nremovals = 0\npercent = 0\n\n[consumer]\ncheck_interval = \"1s\"\n\n[log]\nformat = \"json\"\n"
            "\n[users.profile]\nbirth = { value = \"${ENTPersonDateNaissance}\", date = \"iso\" }\n");
        in_moodle("INSERT INTO mdl_user_info_category (name) VALUES ('more')");
        in_moodle(
            "INSERT INTO mdl_user_info_field (shortname, name, datatype, categoryid) SELECT 'birth', 'Birth', 'text', "
            "min(id) FROM mdl_user_info_category");
    }

    /// The producer publishes birth dates too.
    void publish_more() {
        std::ifstream file(pipeline_->producer_config());
        std::string toml{std::istreambuf_iterator<char>(file), {}};
        const std::string last = "\"ENTPersonStructRattach\"]";
        ASSERT_NE(toml.find(last), std::string::npos);
        toml.replace(toml.find(last), last.size(), R"("ENTPersonStructRattach", "ENTPersonDateNaissance"])");
        std::ofstream(pipeline_->producer_config()) << toml;
    }

    void in_moodle(const std::string& statement) {
        pqxx::connection database(servers_.conninfo());
        pqxx::work work(database);
        work.exec0(statement);
        work.commit();
    }

    [[nodiscard]] std::string dn_of(const std::string& uid) const {
        return "uid=" + uid + ",ou=people," + servers_.ldap_base;
    }

    void add_person(const std::string& uid, const DirectoryClient::Attributes& more = {}) {
        DirectoryClient::Attributes attributes = {{"objectClass", {"ENTPerson", "ENTAuxNonEnsEtab"}},
                                                  {"uid", {uid}},
                                                  {"cn", {"Zqxnom Zqxprenom"}},
                                                  {"sn", {"Zqxnom " + uid}},
                                                  {"givenName", {"Zqxprenom"}},
                                                  {"mail", {uid + "@zqx.example"}},
                                                  {"userPassword", {"zqxmotdepasse"}},
                                                  {"ENTPersonLogin", {uid}},
                                                  {"ENTPersonJointure", {"AC-EXEMPLE$zqx" + uid}},
                                                  {"ENTPersonDateNaissance", {"31/12/1871"}}};
        for (auto& [name, values] : more) {
            std::erase_if(attributes, [&name = name](const auto& each) { return each.first == name; });
            if (!values.empty()) {
                attributes.emplace_back(name, values);
            }
        }
        directory_->add(dn_of(uid), attributes);
    }

    Exit replay(std::vector<std::string> options) {
        options.insert(options.begin(),
                       {program_path("entstream-replay").string(), "--config", pipeline_->consumer_config().string()});
        Exit exit = Process::run(options, pipeline_->environment());
        said_[options[3]] += exit.err;
        return exit;
    }

    /// Names and values of all headers of the dead letters.
    std::string headers_of_dead_letters() {
        const kafka::KafkaConfig broker{.bootstrap_servers = servers_.kafka_bootstrap,
                                        .topic_prefix = "entstream",
                                        .replication_factor = 1,
                                        .properties = {}};
        std::string all;
        kafka::read_to_end(broker, "entstream." + pipeline_->source() + ".dlq", [&](const kafka::Record& record) {
            record.each_header([&](const kafka::Header& header) {
                all += std::string(header.name) + ": " + std::string(header.value) + '\n';
            });
        });
        return all;
    }

    std::string table(const std::string& name) {
        pqxx::connection database(servers_.conninfo());
        pqxx::nontransaction work(database);
        return work.exec1("SELECT coalesce(string_agg(one::text, E'\\n'), '') FROM " + name + " AS one")[0]
            .as<std::string>();
    }

    /// Lines that have something of a planted person.
    static std::vector<std::string> leaks_in(const std::string& text) {
        std::vector<std::string> leaks;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            const std::string line = text.substr(at, end - at);
            std::string lower = line;
            std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
            if (lower.find(planted) != std::string::npos || lower.find(planted_birth_year) != std::string::npos) {
                leaks.push_back(line);
            }
            at = end + 1;
        }
        return leaks;
    }

    std::map<std::string, std::string> said_;  ///< what the commands of entstream-replay logged
};

TEST_F(PersonalData, StaysOutOfLogsMetricsDeadLettersAndReports) {
    // Applied; held; parked for its username; unmapped, and so a dead letter; refused by the database, another one.
    add_person("zqxapplied");
    add_person("zqxleaver");
    pipeline_->start_producer();
    pipeline_->start_consumer();
    wait_for_moodle("SELECT count(*) = 2 FROM mdl_user WHERE username IN ('zqxapplied', 'zqxleaver')");
    EXPECT_TRUE(moodle_says("SELECT count(*) = 2 FROM mdl_user_info_data WHERE data LIKE '1871-12-31%'"));
    in_moodle(
        "INSERT INTO mdl_user (username, auth, mnethostid, firstname, lastname, email, confirmed) VALUES ('zqxparked', "
        "'manual', (SELECT value::bigint FROM mdl_config WHERE name = 'mnet_localhost_id'), 'Zqxother', 'Zqxother', "
        "'zqxother@zqx.example', 1)");
    in_moodle("ALTER TABLE mdl_user ADD CONSTRAINT no_zqx CHECK (username <> 'zqxrefused')");
    directory_->remove(dn_of("zqxleaver"));
    add_person("zqxparked");
    add_person("zqxrefused");
    add_person("zqxunmapped", {{"givenName", {}}});
    const std::string group =
        directory_->find("ou=groups," + servers_.ldap_base, "(cn=*:Etablissements:*)", {"1.1"}).at(0).dn;
    directory_->add_value(group, "member", dn_of("zqxapplied"));
    wait_for_moodle(
        "SELECT (SELECT count(*) FROM entstream.held) >= 1 AND (SELECT count(*) FROM entstream.parked) >= 1 AND "
        "(SELECT count(*) FROM entstream.refused) = 1 AND (SELECT count(*) FROM entstream.unmapped) = 1");
    // A name that only its change refuses, in a sweep and in a replay too.
    in_moodle("UPDATE mdl_user SET lastname = 'Zqx by hand' WHERE username = 'zqxapplied'");
    const std::string report = (dir_->path() / "report.json").string();
    EXPECT_EQ(
        replay({"sync", "users", "cohorts", "roles", "--force", "--no-reconcile", "--yes", "--report", report}).status,
        1)
        << "the database refuses one";
    wait_for_moodle("SELECT lastname = 'Zqxnom zqxapplied' FROM mdl_user WHERE username = 'zqxapplied'");
    EXPECT_EQ(replay({"verify", "--without-directory"}).status, 10);
    EXPECT_EQ(replay({"dlq", "retry", "--all"}).status, 1);
    replay({"status"});

    const std::string headers = headers_of_dead_letters();
    EXPECT_THAT(headers, HasSubstr("entstream.DatabaseError"));
    EXPECT_THAT(headers, HasSubstr("entstream.MappingError"));
    EXPECT_THAT(pipeline_->consumer().err(), HasSubstr("goes to the dead letters"));
    EXPECT_THAT(pipeline_->consumer().err(), HasSubstr("\"offset\":"));
    EXPECT_THAT(pipeline_->producer().err(), HasSubstr("\"source\":\"" + pipeline_->source() + "\""));
    std::ifstream file(report);
    said_["report"] = {std::istreambuf_iterator<char>(file), {}};
    EXPECT_THAT(said_["report"], HasSubstr("user"));
    EXPECT_THAT(table("entstream.run"), HasSubstr("sync"));

    EXPECT_THAT(leaks_in(Scrape::of(pipeline_->producer()).text()), IsEmpty());
    EXPECT_THAT(leaks_in(Scrape::of(pipeline_->consumer()).text()), IsEmpty());
    EXPECT_THAT(leaks_in(Scrape::of(pipeline_->consumer(), "/readyz").text()), IsEmpty());
    EXPECT_THAT(leaks_in(pipeline_->producer().err()), IsEmpty());
    EXPECT_THAT(leaks_in(pipeline_->consumer().err()), IsEmpty());
    EXPECT_THAT(leaks_in(headers), IsEmpty());
    for (const char* name : {"entstream.run", "entstream.audit", "entstream.position", "entstream.property"}) {
        EXPECT_THAT(leaks_in(table(name)), IsEmpty()) << name;
    }
    for (const auto& [command, text] : said_) {
        EXPECT_THAT(leaks_in(text), IsEmpty()) << command;
    }
    EXPECT_THAT(leaks_in(table("mdl_user")), testing::Not(IsEmpty())) << "the search finds what is there";
}

}  // namespace
}  // namespace entstream::test
