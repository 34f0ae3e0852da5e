// What an operator can get wrong: each program ends with its documented status and a message that names the thing, the
// place and the remedy, and has written nothing.

#include "common/kafka/topic_admin.hpp"
#include "common/model/topics.hpp"
#include "tests/e2e/fixture.hpp"

namespace entstream::test {
namespace {

constexpr int unavailable = 69;
constexpr int permission = 77;
constexpr int config = 78;

class BadInput : public EndToEnd {
  protected:
    static std::string replaced(std::string text, const std::string& what, const std::string& with) {
        const auto at = text.find(what);
        EXPECT_NE(at, std::string::npos) << "the test's own configuration has no " << what;
        return at == std::string::npos ? text : text.replace(at, what.size(), with);
    }

    [[nodiscard]] std::string producer_file() const { return Pipeline::producer_toml(servers_, source); }
    [[nodiscard]] std::string consumer_file() const { return Pipeline::consumer_toml(servers_, source); }

    Exit run(const std::string& program, const std::string& toml, std::map<std::string, std::string> variables = {}) {
        const auto file = dir_->write("bad.toml", toml);
        auto environment = pipeline_->environment();
        variables.merge(environment);
        return Process::run({program_path(program).string(), "--config", file.string()}, variables);
    }

    static void expect_refusal(const Exit& exit, int status, std::initializer_list<const char*> words) {
        EXPECT_EQ(exit.status, status) << exit.err;
        for (const char* word : words) {
            EXPECT_NE(exit.err.find(word), std::string::npos) << "no '" << word << "' in: " << exit.err;
        }
    }

    void expect_nothing_written() {
        EXPECT_FALSE(kafka::TopicAdmin(kafka_config()).exists(Topics::of("entstream", source).changes));
        EXPECT_FALSE(moodle_says("SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'entstream')"));
    }

    [[nodiscard]] kafka::KafkaConfig kafka_config() const {
        return {.bootstrap_servers = servers_.kafka_bootstrap,
                .topic_prefix = "entstream",
                .replication_factor = 1,
                .properties = {}};
    }

    static constexpr const char* source = "badinput";
};

TEST_F(BadInput, UnknownKeyIsNamedWithFileLineAndTheNearestOne) {
    const Exit exit = run("entstream-producer", replaced(producer_file(), "bind_dn =", "bind_nd ="));
    expect_refusal(exit, config, {"bad.toml:", "ldap.bind_nd", "bind_dn"});
    expect_nothing_written();
}

TEST_F(BadInput, AllMistakesAreNamedAtOnce) {
    auto toml = replaced(consumer_file(), "port = " + servers_.pg_port, "port = 99999");
    toml = replaced(toml, "[database]", "[datebase]");
    const Exit exit = run("entstream-consumer", replaced(toml, "target = \"badinput\"", "target = \"Bad Input\""));
    expect_refusal(exit, config, {"datebase", "target"});
    expect_nothing_written();
}

TEST_F(BadInput, MissingFileIsNamed) {
    for (const char* program : {"entstream-producer", "entstream-consumer"}) {
        const Exit exit = Process::run({program_path(program).string(), "--config", "/nowhere/entstream.toml"});
        expect_refusal(exit, config, {"/nowhere/entstream.toml"});
    }
}

TEST_F(BadInput, UnsetPasswordVariableIsNamed) {
    const Exit exit = run("entstream-producer", replaced(producer_file(), "bind_password_env = \"LDAP_PASSWORD\"",
                                                         "bind_password_env = \"NOT_SET_ANYWHERE\""));
    expect_refusal(exit, config, {"bind_password", "NOT_SET_ANYWHERE"});
}

TEST_F(BadInput, WrongDirectoryPassword) {
    const Exit exit = run("entstream-producer", producer_file(), {{"LDAP_PASSWORD", "wrong-one"}});
    expect_refusal(exit, permission, {servers_.ldap_uri.c_str(), servers_.ldap_bind_dn.c_str(), "bind_password"});
    EXPECT_EQ(exit.err.find("wrong-one"), std::string::npos) << "the password is in the log";
    expect_nothing_written();
}

TEST_F(BadInput, UnreachableDirectory) {
    const Exit exit = run("entstream-producer", replaced(producer_file(), servers_.ldap_uri, "ldap://127.0.0.1:1"));
    expect_refusal(exit, unavailable, {"ldap://127.0.0.1:1"});
    expect_nothing_written();
}

TEST_F(BadInput, BaseThatDoesNotExist) {
    const Exit exit =
        run("entstream-producer", replaced(producer_file(), "base = \"ou=people,", "base = \"ou=peeple,"));
    expect_refusal(exit, config, {"ou=peeple", "base"});
    expect_nothing_written();
}

TEST_F(BadInput, TopicWithTheWrongSettings) {
    kafka::TopicAdmin(kafka_config())
        .ensure({{.name = "wrong.badinput.changes", .settings = {{"cleanup.policy", "delete"}}}});
    const Exit exit =
        run("entstream-producer", replaced(producer_file(), "[kafka]\n", "[kafka]\ntopic_prefix = \"wrong\"\n"));
    expect_refusal(exit, config, {"wrong.badinput.changes", "cleanup.policy", "delete", "compact"});
}

TEST_F(BadInput, WrongDatabasePassword) {
    const Exit exit = run("entstream-consumer", consumer_file(), {{"MOODLE_DB_PASSWORD", "wrong-one"}});
    expect_refusal(exit, permission, {servers_.pg_user.c_str(), "password"});
    EXPECT_EQ(exit.err.find("wrong-one"), std::string::npos) << "the password is in the log";
}

TEST_F(BadInput, UnreachableDatabase) {
    const Exit exit = run("entstream-consumer", replaced(consumer_file(), "port = " + servers_.pg_port, "port = 1"));
    expect_refusal(exit, unavailable, {"127.0.0.1", "port"});
}

TEST_F(BadInput, DatabaseThatIsNoMoodle) {
    const Exit exit = run("entstream-consumer",
                          replaced(consumer_file(), "name = \"" + servers_.pg_database + "\"", "name = \"postgres\""));
    expect_refusal(exit, config, {"postgres", "prefix"});
}

TEST_F(BadInput, OtherPrefixIsProposed) {
    const Exit exit =
        run("entstream-consumer", replaced(consumer_file(), "[database]\n", "[database]\nprefix = \"m_\"\n"));
    expect_refusal(exit, config, {"m_", "mdl_", "prefix"});
    expect_nothing_written();
}

TEST_F(BadInput, UnsupportedMoodle) {
    {
        pqxx::connection database(servers_.conninfo());
        pqxx::work work(database);
        work.exec0(
            "UPDATE mdl_config SET value = CASE name WHEN 'version' THEN '2018051700.00' WHEN 'branch' THEN '35' "
            "ELSE '3.5 (Build: 20180517)' END WHERE name IN ('version', 'release', 'branch')");
        work.commit();
    }
    const Exit exit = run("entstream-consumer", consumer_file());
    expect_refusal(exit, config, {"3.5"});
    expect_nothing_written();
}

}  // namespace
}  // namespace entstream::test
