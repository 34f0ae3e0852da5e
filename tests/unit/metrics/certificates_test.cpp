#include "common/metrics/certificates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "tests/support/certificates.hpp"
#include "tests/support/process.hpp"

namespace entstream::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string read(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

TEST(Certificates, TheFirstToEndOfAFileCounts) {
    const test::CertificateAuthority authority;
    const auto lasting = authority.for_server();
    const test::TempDir dir;
    const auto file = dir.path() / "brief.pem";
    ASSERT_EQ(test::Process::run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                                  "-nodes", "-days", "1", "-subj", "/CN=brief", "-keyout",
                                  (dir.path() / "key.pem").string(), "-out", file.string()})
                  .status,
              0);
    const auto brief = first_expiry(file);
    const auto later = first_expiry(lasting.file);
    ASSERT_TRUE(brief && later);
    EXPECT_LT(*brief - std::chrono::system_clock::now(), std::chrono::hours(25));
    EXPECT_LT(*brief, *later);
    EXPECT_EQ(first_expiry(dir.write("both.pem", read(lasting.file) + read(file))), brief);
    EXPECT_EQ(first_expiry(dir.write("none.pem", "no certificate")), std::nullopt);
    EXPECT_EQ(first_expiry(dir.path()), std::nullopt);
}

TEST(Certificates, ThoseOfTheConfigurationAreTold) {
    const test::CertificateAuthority authority;
    Metrics metrics(Program::producer);
    CertificateFiles files = kafka_certificates({{"ssl.ca.location", authority.file().string()}});
    files.emplace_back(CertificateUse::ldap_ca, "");
    files.emplace_back(CertificateUse::ldap_client, "/nonexistent");
    const auto collection = collect_certificates(metrics, files);
    const std::string text = metrics.text();
    EXPECT_THAT(text, HasSubstr("entstream_certificate_expiry_timestamp_seconds{program=\"entstream-producer\","
                                "use=\"kafka_ca\"} "));
    EXPECT_THAT(text, Not(HasSubstr("ldap")));
}

}  // namespace
}  // namespace entstream::metrics
