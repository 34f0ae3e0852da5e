#include "producer/producer_config.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "common/config/config_error.hpp"
#include "tests/unit/config/config_files.hpp"

namespace entstream::producer {
namespace {

using config::ConfigFiles;
using config::problems_of;

constexpr const char* complete = R"toml(source = "rennes"

[ldap]
uri = "ldaps://ldap.example.fr"
bind_dn = "cn=entstream,dc=fr"
bind_password_env = "LDAP_PASSWORD"
timeout = "3s"

[[search]]
name = "people"
kind = "user"
base = "ou=people,dc=fr"
filter = "(objectClass=ENTPerson)"
attributes = ["uid", "sn"]

[[search]]
name = "groups"
kind = "group"
base = "ou=groups,dc=fr"
scope = "one"
attributes = ["cn"]
member_attribute = "uniqueMember"

[kafka]
bootstrap_servers = "k1:9092,k2:9092"

[kafka.properties]
"security.protocol" = "SASL_SSL"
sasl.mechanism = "PLAIN"
sasl.password_env = "KAFKA_PASSWORD"
"socket.timeout.ms" = 5000

[producer]
queue_bytes = "16MiB"
heartbeat_interval = "2m"

[log]
level = "debug"
format = "json"
)toml";

class ProducerConfigTest : public testing::Test {
  protected:
    ProducerConfig load(const std::string& text) {
        return load_config(files_.write("producer.toml", text), files_.environment());
    }

    std::string problems(const std::string& text) {
        return problems_of([&] { load(text); }, files_.folder());
    }

    ConfigFiles files_{{{"LDAP_PASSWORD", "secret one"}, {"KAFKA_PASSWORD", "secret two"}}};
};

TEST_F(ProducerConfigTest, EveryKeyArrives) {
    const ProducerConfig config = load(complete);
    EXPECT_EQ(config.source, "rennes");
    EXPECT_EQ(config.ldap.uri, "ldaps://ldap.example.fr");
    EXPECT_EQ(config.ldap.bind_dn, "cn=entstream,dc=fr");
    EXPECT_EQ(config.ldap.bind_password, "secret one");
    EXPECT_EQ(config.ldap.timeout, std::chrono::seconds(3));
    ASSERT_EQ(config.searches.size(), 2U);
    EXPECT_EQ(config.searches[0].name, "people");
    EXPECT_EQ(config.searches[0].kind, EntryKind::user);
    EXPECT_EQ(config.searches[0].scope, Scope::subtree);
    EXPECT_EQ(config.searches[0].filter, "(objectClass=ENTPerson)");
    EXPECT_EQ(config.searches[0].attributes, (std::vector<std::string>{"uid", "sn"}));
    EXPECT_EQ(config.searches[1].kind, EntryKind::group);
    EXPECT_EQ(config.searches[1].scope, Scope::one_level);
    EXPECT_EQ(config.searches[1].filter, "(objectClass=*)");
    EXPECT_EQ(config.searches[1].member_attribute, "uniqueMember");
    EXPECT_EQ(config.kafka.bootstrap_servers, "k1:9092,k2:9092");
    EXPECT_EQ(config.kafka.topic_prefix, "entstream");
    EXPECT_EQ(config.kafka.properties, (std::map<std::string, std::string>{{"security.protocol", "SASL_SSL"},
                                                                           {"sasl.mechanism", "PLAIN"},
                                                                           {"sasl.password", "secret two"},
                                                                           {"socket.timeout.ms", "5000"}}));
    EXPECT_EQ(config.queue_bytes, 16UL << 20U);
    EXPECT_EQ(config.heartbeat_interval, std::chrono::minutes(2));
    EXPECT_EQ(config.transaction_records, 16000U);
    EXPECT_EQ(config.log.level, "debug");
    EXPECT_EQ(config.log.format, "json");
    EXPECT_TRUE(config.warnings.empty());
}

TEST_F(ProducerConfigTest, TheEnvironmentOverridesTheFile) {
    files_.set("ENTSTREAM_SOURCE", "nantes");
    files_.set("ENTSTREAM_LDAP_URI", "ldapi:///");
    files_.set("ENTSTREAM_LDAP_BIND_PASSWORD", "from the environment");
    files_.set("ENTSTREAM_KAFKA_BOOTSTRAP_SERVERS", "other:1");
    files_.set("ENTSTREAM_KAFKA_REPLICATION_FACTOR", "1");
    files_.set("ENTSTREAM_PRODUCER_PROBE_INTERVAL", "250ms");
    files_.set("ENTSTREAM_SOMETHING_ELSE", "is not ours");
    const ProducerConfig config = load(complete);
    EXPECT_EQ(config.source, "nantes");
    EXPECT_EQ(config.ldap.uri, "ldapi:///");
    EXPECT_EQ(config.ldap.bind_password, "from the environment");
    EXPECT_EQ(config.kafka.bootstrap_servers, "other:1");
    EXPECT_EQ(config.kafka.replication_factor, 1);
    EXPECT_EQ(config.probe_interval, std::chrono::milliseconds(250));
}

TEST_F(ProducerConfigTest, AWrongVariableIsNamed) {
    files_.set("ENTSTREAM_LDAP_START_TLS", "maybe");
    files_.set("ENTSTREAM_KAFKA_REPLICATION_FACTOR", "three");
    EXPECT_EQ(
        problems(complete),
        R"(environment variable ENTSTREAM_LDAP_START_TLS: ldap.start_tls: must be true or false, is text; write it as true or false
environment variable ENTSTREAM_KAFKA_REPLICATION_FACTOR: kafka.replication_factor: must be a whole number, is text; write it as a whole number)");
}

TEST_F(ProducerConfigTest, AllProblemsAreSaidAtOnceWithTheirLines) {
    const auto said = problems(R"toml(source = "Rennes 1"
surce = "x"

[ldap]
url = "ldap://localhost"
start_tls = "yes"
timeout = "10"

[[search]]
name = "people"
kind = "persons"
base = "ou=people,dc=fr"
filter = "(uid=x"
attributes = ["*", "userPassword", "uid", "uid"]

[[search]]
name = "people"
kind = "group"
atributes = ["cn"]

[kafka]
bootstrap_servers = "localhost"
replication_factor = 0

[kafka.properties]
"transactional.id" = "x"
enable.idempotence = false

[producers]
x = 1
)toml");
    const std::string expected =
        R"toml(producer.toml:1: source: 'Rennes 1' cannot be a name here; use lower-case letters, digits and -
producer.toml: ldap.uri: is missing; set it, or the environment variable ENTSTREAM_LDAP_URI
producer.toml:6: ldap.start_tls: must be true or false, is text; write it as true or false
producer.toml:7: ldap.timeout: is not a duration; write a whole number and ms, s, m, h or d in quotes, like "10s"
producer.toml:11: search[1].kind: is none of the values it can have; write one of user, group, role
producer.toml:13: search[1].filter: is not a filter: at character 7: a ')' is missing; correct it (RFC 4515), like "(objectClass=person)"
producer.toml:14: search[1].attributes: '*' would publish whatever the directory holds; name each attribute that the mapping needs
producer.toml:14: search[1].attributes: userPassword must not leave the directory; remove it
producer.toml:14: search[1].attributes: names 'uid' twice; remove one
producer.toml:16: search[2].base: is missing; set it in this table
producer.toml:16: search[2].attributes: is missing; set it in this table
producer.toml:19: search[2].atributes: is not a key of this file; did you mean search[2].attributes?
producer.toml:22: kafka.bootstrap_servers: 'localhost' is not a server; write host:port, several of them with commas between
producer.toml:23: kafka.replication_factor: is out of range; give 1 to 100
producer.toml:27: kafka.properties.enable.idempotence: is set by entstream itself, since delivery depends on it; remove it
producer.toml:26: kafka.properties.transactional.id: is set by entstream itself, since delivery depends on it; remove it
producer.toml:5: ldap.url: is not a key of this file; did you mean ldap.uri?
producer.toml:29: producers: is not a key of this file; remove it; --help-config lists the keys
producer.toml:2: surce: is not a key of this file; did you mean source?
producer.toml:17: search[2].name: another search has the name 'people' too; rename one)toml";
    EXPECT_EQ(said, expected);
}

TEST_F(ProducerConfigTest, SearchesMustMakeSense) {
    const std::string head = "source = \"s\"\nldap.uri = \"ldap://h\"\nkafka.bootstrap_servers = \"k:1\"\n";
    EXPECT_EQ(problems(head), "producer.toml: search: is missing; add [[search]]");
    EXPECT_EQ(
        problems(head + "[[search]]\nname = \"g\"\nkind = \"group\"\nbase = \"dc=fr\"\n"
                        "attributes = [\"cn\", \"Member\"]\n"),
        R"(producer.toml:8: search[1].attributes: holds the member attribute, which is published one record per member; remove member from it
producer.toml: search: none is for users, so no member could be known; add one with kind = "user")");
}

TEST_F(ProducerConfigTest, SearchesOfOneKindHaveOneMemberAttribute) {
    std::string more =
        "[[search]]\nname = \"clubs\"\nkind = \"group\"\nbase = \"dc=fr\"\nattributes = [\"cn\"]\n"
        "[[search]]\nname = \"roles\"\nkind = \"role\"\nbase = \"dc=fr\"\nattributes = [\"cn\"]\n";
    EXPECT_EQ(
        problems(complete + more),
        R"(producer.toml:40: search[3].member_attribute: is member, but search groups of the same kind has uniqueMember; give both the same)");
    const std::size_t place = more.find("[[search]]", 1);
    EXPECT_NO_THROW(load(complete + more.insert(place, "member_attribute = \"UniqueMember\"\n")));
}

TEST_F(ProducerConfigTest, ASourceHasNoMoreSearchesThanTheIndexCanTellApart) {
    std::string searches;
    for (std::size_t i = 3; i <= most_searches + 1; ++i) {
        searches += "[[search]]\nname = \"s" + std::to_string(i) +
                    "\"\nkind = \"user\"\nbase = \"dc=fr\"\nattributes = [\"uid\"]\n";
    }
    EXPECT_EQ(
        problems(complete + searches),
        R"(producer.toml: search: has 65 tables; a source has at most 64: join some by a filter, or make it two sources)");
}

TEST_F(ProducerConfigTest, ABindNeedsBothNameAndPassword) {
    const std::string rest =
        "source = \"s\"\nkafka.bootstrap_servers = \"k:1\"\nldap.uri = \"ldaps://h\"\n"
        "[[search]]\nname = \"u\"\nkind = \"user\"\nbase = \"dc=fr\"\nattributes = [\"uid\"]\n";
    EXPECT_EQ(
        problems("ldap.bind_dn = \"cn=x\"\n" + rest),
        R"(producer.toml:1: ldap.bind_dn: has no password; set bind_password_file or bind_password_env, or remove bind_dn)");
    EXPECT_EQ(problems("ldap.start_tls = true\n" + rest),
              R"(producer.toml:1: ldap.start_tls: needs an ldap:// URI; remove it, or use ldap:// in uri)");
}

TEST_F(ProducerConfigTest, SeveralServersAndACertificateMustFitTogether) {
    const std::string rest =
        "source = \"s\"\nkafka.bootstrap_servers = \"k:1\"\n"
        "[[search]]\nname = \"u\"\nkind = \"user\"\nbase = \"dc=fr\"\nattributes = [\"uid\"]\n";
    const auto config =
        load("ldap.uri = \"ldaps://a ldaps://b:1636\"\nldap.cert_file = \"c\"\nldap.key_file = \"k\"\n" + rest);
    EXPECT_EQ(config.ldap.uri, "ldaps://a ldaps://b:1636");
    EXPECT_EQ(config.ldap.cert_file, "c");
    EXPECT_EQ(config.ldap.key_file, "k");
    EXPECT_EQ(
        problems("ldap.uri = \"ldap://a http://b\"\n" + rest),
        R"(producer.toml:1: ldap.uri: 'http://b' is not the URI of a directory; write ldap://host:port, ldaps://host:port or ldapi://path)");
    EXPECT_EQ(
        problems("ldap.uri = \"ldaps://a ldap://b\"\nldap.cert_file = \"c\"\nldap.key_file = \"k\"\n" + rest),
        "producer.toml:2: ldap.cert_file: needs TLS, which ldap://b has not; use ldaps://, or ldap:// with start_tls = "
        "true");
    EXPECT_EQ(problems("ldap.uri = \"ldaps://a\"\nldap.cert_file = \"c\"\n" + rest),
              "producer.toml:2: ldap.cert_file: is given without key_file; set both, or none");
}

TEST_F(ProducerConfigTest, MetricsAreOnLoopbackAndOnlyWhatMakesSenseTogetherIsTaken) {
    const auto with = [](const std::string& metrics) { return std::string(complete) + "[metrics]\n" + metrics; };
    EXPECT_EQ(load(with("")).metrics.listen, "127.0.0.1:9464");
    EXPECT_EQ(load(with("listen = \"\"")).metrics.listen, "");
    EXPECT_EQ(load(with("listen = \"[::1]:0\"")).metrics.listen, "[::1]:0");
    for (const char* listen : {"9464", "127.0.0.1", "localhost:9464", "127.0.0.1:65536", "::1:9464", "[127.0.0.1]:1"}) {
        EXPECT_NE(problems(with(std::string("listen = \"") + listen + '"'))
                      .find("is not an address and a port of this machine"),
                  std::string::npos)
            << listen;
    }
    EXPECT_NE(problems(with("user = \"prometheus\"")).find("metrics.user: has no password"), std::string::npos);
    EXPECT_NE(
        problems(with("password_env = \"LDAP_PASSWORD\"")).find("metrics.password: is given without user; set user"),
        std::string::npos);
    EXPECT_NE(problems(with("cert_file = \"a.pem\"")).find("metrics.cert_file: is given without key_file"),
              std::string::npos);
    EXPECT_EQ(load(with("user = \"p\"\npassword_env = \"LDAP_PASSWORD\"")).metrics.password, "secret one");
}

}  // namespace
}  // namespace entstream::producer
