// Moodle's database over TLS, and with a certificate in the place of the password.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <pwd.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/integration/consumer/consumer_setting.hpp"
#include "tests/integration/network/network.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::string how_connected =
    "SELECT s.ssl, s.client_dn FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.datname = "
    "current_database() AND a.application_name = 'entstream-consumer' LIMIT 1";

class SecureDatabase : public ::testing::Test {
  protected:
    // The shared server gets TLS, and a role that is known by its certificate only.
    static void SetUpTestSuite() {
        const std::filesystem::path data =
            std::filesystem::path(ConsumerSetting::servers().get("ENTSTREAM_DEV_DIR")) / "postgres" / "data";
        const Certificate server = Network::get().ca().for_server();
        for (const auto& [from, name] :
             {std::pair(server.file, "tls.pem"), {server.key, "tls.key"}, {Network::get().ca().file(), "tls-ca.pem"}}) {
            std::filesystem::copy_file(from, data / name, std::filesystem::copy_options::overwrite_existing);
            std::filesystem::permissions(data / name, std::filesystem::perms::owner_read);
            if (const passwd* const postgres = ::getpwnam("postgres"); ::geteuid() == 0 && postgres != nullptr) {
                ASSERT_EQ(::chown((data / name).c_str(), postgres->pw_uid, postgres->pw_gid), 0);
            }
        }
        std::ifstream former(data / "pg_hba.conf");
        const std::string rules{std::istreambuf_iterator<char>(former), {}};
        std::ofstream(data / "pg_hba.conf")
            << "hostssl all certified 127.0.0.1/32 cert\nhost all certified all reject\n"
            << rules;
        for (const char* const statement :
             {"ALTER SYSTEM SET ssl_cert_file = 'tls.pem'", "ALTER SYSTEM SET ssl_key_file = 'tls.key'",
              "ALTER SYSTEM SET ssl_ca_file = 'tls-ca.pem'", "ALTER SYSTEM SET ssl = on",
              "CREATE ROLE certified LOGIN IN ROLE moodle", "GRANT pg_read_all_stats TO moodle",
              "SELECT pg_reload_conf()"}) {
            MoodleDatabase::as_superuser(statement);
        }
    }

    void SetUp() override {
        // A reload takes a moment.
        ASSERT_TRUE(wait_until([this] { return setting_.database().sql("SHOW ssl") == "on"; }));
        setting_.create_topic();
        setting_.write({setting_.records().identity(1)});
    }

    static std::string with_ca(const std::string& sslmode,
                               const std::filesystem::path& ca = Network::get().ca().file()) {
        return fmt::format("sslmode = \"{}\"\nca_file = \"{}\"\n", sslmode, ca.string());
    }

    void expect_connected(const std::string& expected) {
        const auto program = setting_.start();
        EXPECT_EQ(setting_.wait_for(how_connected, expected), expected) << program->err();
        program->terminate();
        EXPECT_EQ(program->wait().status, 0);
    }

    ConsumerSetting setting_;  // NOLINT
};

TEST_F(SecureDatabase, VerifyFull) {
    setting_.set_database_lines(with_ca("verify-full"));
    expect_connected("t|");
}

TEST_F(SecureDatabase, ACertificateStandsForThePassword) {
    const Certificate ours = Network::get().ca().for_client("certified");
    std::filesystem::permissions(ours.key, std::filesystem::perms::owner_read);
    setting_.set_database_lines(with_ca("verify-full") + fmt::format("cert_file = \"{}\"\nkey_file = \"{}\"\n",
                                                                     ours.file.string(), ours.key.string()));
    const EnvironmentVariable role("ENTSTREAM_DATABASE_USER", "certified");
    expect_connected("t|/CN=certified");
}

TEST_F(SecureDatabase, WithoutTheCertificateItIsRefused) {
    setting_.set_database_lines(with_ca("verify-full"));
    const EnvironmentVariable role("ENTSTREAM_DATABASE_USER", "certified");
    const Exit exit = setting_.run({"--check"});
    EXPECT_EQ(exit.status, 77) << exit.err;
    EXPECT_THAT(exit.err, AllOf(HasSubstr("certificate"), HasSubstr("pg_hba.conf")));
}

TEST_F(SecureDatabase, AWrongCaIsNamed) {
    const CertificateAuthority other("other-ca");
    setting_.set_database_lines(with_ca("verify-full", other.file()));
    const Exit exit = setting_.run({"--check"});
    EXPECT_EQ(exit.status, 77) << exit.err;
    EXPECT_THAT(exit.err, HasSubstr("certificate verify failed"));
}

TEST_F(SecureDatabase, AnotherNameThanTheCertificatesIsRefused) {
    setting_.set_database_lines(with_ca("verify-full"));
    const EnvironmentVariable name("ENTSTREAM_DATABASE_HOST", "localhost");
    const Exit exit = setting_.run({"--check"});
    EXPECT_EQ(exit.status, 77) << exit.err;
    EXPECT_THAT(exit.err, AllOf(HasSubstr("certificate"), HasSubstr("localhost")));
}

}  // namespace
}  // namespace entstream::test
