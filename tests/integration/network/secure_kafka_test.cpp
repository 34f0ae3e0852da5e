// Kafka over TLS, with SASL and with a certificate of the client; both programs.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <librdkafka/rdkafka.h>

#include "tests/integration/consumer/consumer_setting.hpp"
#include "tests/integration/network/network.hpp"
#include "tests/integration/producer/producer_fixture.hpp"

namespace entstream::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// The table [kafka.properties] as an operator would write it.
std::string sasl(const std::string& mechanism, const std::string& password,
                 const std::filesystem::path& ca = Network::get().ca().file()) {
    return fmt::format(
        "[kafka.properties]\n\"security.protocol\" = \"SASL_SSL\"\n\"sasl.mechanism\" = \"{}\"\n\"sasl.username\" = "
        "\"{}\"\n\"sasl.password\" = \"{}\"\n\"ssl.ca.location\" = \"{}\"\n",
        mechanism, Network::account, password, ca.string());
}

std::string mutual(const Certificate& ours) {
    return fmt::format(
        "[kafka.properties]\n\"security.protocol\" = \"SSL\"\n\"ssl.ca.location\" = \"{}\"\n"
        "\"ssl.certificate.location\" = \"{}\"\n\"ssl.key.location\" = \"{}\"\n",
        Network::get().ca().file().string(), ours.file.string(), ours.key.string());
}

class SecureKafka : public ProducerTest {
  protected:
    void expect_producer(const std::string& bootstrap, const std::string& properties) {
        info_.kafka_bootstrap = bootstrap;
        more_config_ = properties;
        start();
        await_streaming();
        add_user("x");
        log().until("create user x");
        stop();
    }

    static void expect_consumer(const std::string& bootstrap, const std::string& properties) {
        ConsumerSetting setting;
        setting.create_topic();
        setting.write({setting.records().identity(1), setting.records().user(Uuid::from_name("ana"), "ana1")});
        setting.set_more_lines(properties);
        const EnvironmentVariable there("ENTSTREAM_KAFKA_BOOTSTRAP_SERVERS", bootstrap);
        const Exit exit = setting.run_once();
        EXPECT_EQ(exit.status, 0) << exit.err;
        EXPECT_EQ(setting.database().sql("SELECT username FROM mdl_user WHERE auth = 'ldap'"), "ana1");
    }

    // Both programs name it, and neither says the password.
    void expect_refusal(const std::string& bootstrap, const std::string& properties, int status,
                        const std::vector<std::string>& words) {
        info_.kafka_bootstrap = bootstrap;
        more_config_ = properties;
        ConsumerSetting setting;
        setting.set_more_lines(properties);
        const EnvironmentVariable there("ENTSTREAM_KAFKA_BOOTSTRAP_SERVERS", bootstrap);
        for (const Exit& exit : {run_program({"--check"}), setting.run({"--check"})}) {
            EXPECT_EQ(exit.status, status) << exit.err;
            for (const std::string& word : words) {
                EXPECT_THAT(exit.err, HasSubstr(word));
            }
            EXPECT_THAT(exit.err, Not(HasSubstr("not-the-one")));
        }
    }
};

TEST_F(SecureKafka, Plain) {
    const std::string properties = sasl("PLAIN", Network::plain_password);
    expect_producer(Network::get().sasl_bootstrap(), properties);
    expect_consumer(Network::get().sasl_bootstrap(), properties);
}

// Debian 12's librdkafka makes something of SCRAM that Kafka 4 refuses: that is said.
TEST_F(SecureKafka, Scram) {
    constexpr int first_version_with_sound_scram = 0x020601ff;
    const std::string properties = sasl("SCRAM-SHA-512", Network::scram_password);
    if (rd_kafka_version() < first_version_with_sound_scram) {
        expect_refusal(Network::get().sasl_bootstrap(), properties, 77, {"cannot use SCRAM with brokers of Kafka 4"});
        return;
    }
    expect_producer(Network::get().sasl_bootstrap(), properties);
    expect_consumer(Network::get().sasl_bootstrap(), properties);
}

TEST_F(SecureKafka, ACertificateOfTheClient) {
    const std::string properties = mutual(Network::get().ca().for_client("entstream"));
    expect_producer(Network::get().mutual_bootstrap(), properties);
    expect_consumer(Network::get().mutual_bootstrap(), properties);
}

TEST_F(SecureKafka, AWrongPasswordIsNamed) {
    expect_refusal(Network::get().sasl_bootstrap(), sasl("PLAIN", "not-the-one"), 77,
                   {"sasl.password", Network::get().sasl_bootstrap()});
}

TEST_F(SecureKafka, AWrongCaIsNamed) {
    const CertificateAuthority other("other-ca");
    expect_refusal(Network::get().sasl_bootstrap(), sasl("PLAIN", Network::plain_password, other.file()), 78,
                   {"certificate", "ssl.ca.location"});
}

TEST_F(SecureKafka, ACertificateOfTheClientThatIsNotTrustedIsNamed) {
    expect_refusal(Network::get().mutual_bootstrap(), mutual(CertificateAuthority("other-ca").for_client("entstream")),
                   78, {"ssl.certificate.location"});
}

TEST_F(SecureKafka, ACaFileThatIsNotThereIsNamed) {
    expect_refusal(Network::get().sasl_bootstrap(), sasl("PLAIN", Network::plain_password, "/nowhere/ca.pem"), 78,
                   {"/nowhere/ca.pem"});
}

}  // namespace
}  // namespace entstream::test
