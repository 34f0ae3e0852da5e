// TLS, and the process's own identity over a local socket (T52).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/ldap/connection.hpp"
#include "tests/integration/sync/recorder.hpp"
#include "tests/integration/sync/slapd.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/free_port.hpp"

namespace entstream::ldap {
namespace {

using test::Certificate;
using test::CertificateAuthority;
using test::Recorder;
using test::Slapd;
using test::TempDir;
using ::testing::AllOf;
using ::testing::HasSubstr;

class SecureConnection : public ::testing::Test {
  protected:
    SecureConnection()
        : ldaps_uri_("ldaps://127.0.0.1:" + std::to_string(test::free_port())),
          slapd_({.listeners = {ldaps_uri_},
                  .global_lines = {"TLSCertificateFile " + server_.file.string(),
                                   "TLSCertificateKeyFile " + server_.key.string(),
                                   "TLSCACertificateFile " + ca_.file().string(), "TLSVerifyClient try",
                                   "authz-regexp cn=entstream cn=reader,dc=fr"}}) {
        config_ = test::config_for(slapd_);
        config_.ldap.ca_file = ca_.file();
        config_.searches[0].attributes.emplace_back("description");
    }

    // The error of a connection that must not come about.
    [[nodiscard]] LdapError refusal() const {
        try {
            const Connection connection(config_.ldap);
        } catch (const LdapError& error) {
            return error;
        }
        ADD_FAILURE() << "connected";
        return {0, "", ""};
    }

    void expect_stream() {
        Recorder stream(config_);
        stream.end_of_refresh();
        EXPECT_EQ(stream.entries().size(), 0U);
        slapd_.add_person("jean");
        EXPECT_EQ(test::value_of(stream.next<producer::sync::EntryMessage>(), "uid"), "jean");
        // Many TLS records: the message comes in parts.
        const std::string long_text(1000000, 'x');
        slapd_.admin().replace("uid=jean,ou=people,dc=fr", "description", {long_text});
        EXPECT_EQ(test::value_of(stream.next<producer::sync::EntryMessage>(), "description"), long_text);
    }

    // The program shows a certificate and names nobody.
    void use_certificate(const Certificate& certificate) {
        config_.ldap.bind_dn.clear();
        config_.ldap.bind_password.clear();
        config_.ldap.cert_file = certificate.file;
        config_.ldap.key_file = certificate.key;
    }

    [[nodiscard]] std::string who_am_i() const {
        const Connection connection(config_.ldap);
        berval* answer = nullptr;
        EXPECT_EQ(ldap_whoami_s(connection.handle(), &answer, nullptr, nullptr), LDAP_SUCCESS);
        std::string result(answer->bv_val, answer->bv_len);
        ber_bvfree(answer);
        return result;
    }

    CertificateAuthority ca_;
    Certificate server_ = ca_.for_server();
    std::string ldaps_uri_;
    Slapd slapd_;
    producer::ProducerConfig config_;
};

TEST_F(SecureConnection, StreamsOverLdaps) {
    config_.ldap.uri = ldaps_uri_;
    expect_stream();
}

TEST_F(SecureConnection, StreamsOverStartTls) {
    config_.ldap.start_tls = true;
    expect_stream();
}

TEST_F(SecureConnection, RefusesACertificateOfAnotherCa) {
    const CertificateAuthority other("other-ca");
    config_.ldap.ca_file = other.file();
    config_.ldap.start_tls = true;
    const LdapError start_tls = refusal();
    config_.ldap.start_tls = false;
    config_.ldap.uri = ldaps_uri_;
    const LdapError ldaps = refusal();
    for (const LdapError& error : {start_tls, ldaps}) {
        EXPECT_EQ(error.error_class(), ErrorClass::config) << error.what();
        EXPECT_THAT(error.what(), HasSubstr("certificate is refused"));
        EXPECT_THAT(error.what(), HasSubstr("ldap.ca_file"));
    }
}

TEST_F(SecureConnection, NamesACaFileThatCannotBeRead) {
    config_.ldap.start_tls = true;
    config_.ldap.ca_file = "/nowhere/ca.pem";
    const LdapError error = refusal();
    EXPECT_EQ(error.error_class(), ErrorClass::config);
    EXPECT_THAT(error.what(), HasSubstr("/nowhere/ca.pem"));
}

TEST_F(SecureConnection, RefusesACertificateOfAnotherHost) {
    const Certificate elsewhere = ca_.for_host("elsewhere.example.org");
    const Slapd slapd({.global_lines = {"TLSCertificateFile " + elsewhere.file.string(),
                                        "TLSCertificateKeyFile " + elsewhere.key.string()}});
    config_.ldap.uri = slapd.uri();
    config_.ldap.start_tls = true;
    const LdapError error = refusal();
    EXPECT_EQ(error.error_class(), ErrorClass::config) << error.what();
    EXPECT_THAT(error.what(), HasSubstr("names the host of ldap.uri"));
}

TEST_F(SecureConnection, ACertificateOfOursSaysWhoWeAre) {
    use_certificate(ca_.for_client("entstream"));
    config_.ldap.start_tls = true;
    EXPECT_EQ(who_am_i(), "dn:cn=reader,dc=fr");
    config_.ldap.start_tls = false;
    config_.ldap.uri = ldaps_uri_;
    EXPECT_EQ(who_am_i(), "dn:cn=reader,dc=fr");
    expect_stream();
}

TEST_F(SecureConnection, ACertificateBesideABindDnIsForTheTransport) {
    const std::string bind_dn = config_.ldap.bind_dn;
    const std::string password = config_.ldap.bind_password;
    use_certificate(ca_.for_client("somebody"));
    config_.ldap.bind_dn = bind_dn;
    config_.ldap.bind_password = password;
    config_.ldap.start_tls = true;
    EXPECT_EQ(who_am_i(), "dn:cn=reader,dc=fr");
}

// "try" lets who shows nothing in, but refuses a certificate that does not verify; and then EXTERNAL knows nobody.
TEST_F(SecureConnection, ACertificateThatTheServerDoesNotTrustIsNamed) {
    use_certificate(CertificateAuthority("other-ca").for_client("entstream"));
    config_.ldap.uri = ldaps_uri_;
    const LdapError error = refusal();
    EXPECT_EQ(error.error_class(), ErrorClass::config) << error.what();
    EXPECT_THAT(error.what(), HasSubstr("ldap.cert_file"));
}

TEST_F(SecureConnection, AServerThatWantsACertificateOfOursSaysSo) {
    const Slapd slapd({.global_lines = {"TLSCertificateFile " + server_.file.string(),
                                        "TLSCertificateKeyFile " + server_.key.string(),
                                        "TLSCACertificateFile " + ca_.file().string(), "TLSVerifyClient demand"}});
    config_.ldap.uri = slapd.uri();
    config_.ldap.start_tls = true;
    const LdapError error = refusal();
    EXPECT_EQ(error.error_class(), ErrorClass::config) << error.what();
    EXPECT_THAT(error.what(), HasSubstr("ldap.cert_file"));
}

TEST_F(SecureConnection, NamesTheFilesOfOurCertificateThatCannotBeUsed) {
    Certificate ours = ca_.for_client("entstream");
    config_.ldap.start_tls = true;
    use_certificate({.file = "/nowhere/our.pem", .key = ours.key});
    EXPECT_THAT(refusal().what(), AllOf(HasSubstr("/nowhere/our.pem"), HasSubstr("ldap.cert_file")));
    use_certificate({.file = ours.file, .key = "/nowhere/our.key"});
    EXPECT_THAT(refusal().what(), AllOf(HasSubstr("/nowhere/our.key"), HasSubstr("ldap.key_file")));
    use_certificate({.file = ours.file, .key = ca_.for_client("another").key});
    const LdapError error = refusal();
    EXPECT_EQ(error.error_class(), ErrorClass::config);
    EXPECT_THAT(error.what(), AllOf(HasSubstr(ours.file.string()), HasSubstr("ldap.key_file")));
}

TEST_F(SecureConnection, NamesTlsWhenTheServerDoesNotSpeakIt) {
    config_.ldap.uri = "ldaps" + slapd_.uri().substr(4);
    const LdapError error = refusal();
    EXPECT_EQ(error.error_class(), ErrorClass::transient);
    EXPECT_THAT(error.what(), HasSubstr("TLS cannot be set up"));
}

TEST_F(SecureConnection, DoesNotHangInAHandshake) {
    config_.ldap.timeout = std::chrono::milliseconds(500);
    slapd_.freeze();
    config_.ldap.start_tls = true;
    EXPECT_EQ(refusal().error_class(), ErrorClass::transient);
    config_.ldap.start_tls = false;
    config_.ldap.uri = ldaps_uri_;
    EXPECT_EQ(refusal().error_class(), ErrorClass::transient);
}

TEST(LocalConnection, BindsAsTheProcess) {
    const TempDir dir;
    std::string path = dir.path() / "ldapi";
    for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/')) {
        path.replace(slash, 1, "%2F");
    }
    const Slapd slapd({.listeners = {"ldapi://" + path}});
    LdapConfig config;
    config.uri = "ldapi://" + path;
    const Connection connection(config);
    berval* answer = nullptr;
    ASSERT_EQ(ldap_whoami_s(connection.handle(), &answer, nullptr, nullptr), LDAP_SUCCESS);
    EXPECT_THAT(std::string(answer->bv_val, answer->bv_len), HasSubstr("cn=peercred,cn=external,cn=auth"));
    ber_bvfree(answer);
}

}  // namespace
}  // namespace entstream::ldap
