// TLS, and the process's own identity over a local socket (T52).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "common/ldap/connection.hpp"
#include "tests/integration/sync/recorder.hpp"
#include "tests/integration/sync/slapd.hpp"
#include "tests/support/free_port.hpp"

namespace entstream::ldap {
namespace {

using test::Process;
using test::Recorder;
using test::Slapd;
using test::TempDir;
using ::testing::HasSubstr;

// A certificate for 127.0.0.1 that is its own CA.
struct Certificate {
    explicit Certificate(const std::string& name)
        : file(dir.path() / (name + ".pem")), key(dir.path() / (name + ".key")) {
        const auto made =
            Process::run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                          "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", file});
        if (made.status != 0) {
            throw std::runtime_error("openssl: " + made.err);
        }
    }

    TempDir dir;
    std::string file;
    std::string key;
};

class SecureConnection : public ::testing::Test {
  protected:
    SecureConnection()
        : ldaps_uri_("ldaps://127.0.0.1:" + std::to_string(test::free_port())),
          slapd_({.listeners = {ldaps_uri_},
                  .global_lines = {"TLSCertificateFile " + server_.file, "TLSCertificateKeyFile " + server_.key}}) {
        config_ = test::config_for(slapd_);
        config_.ldap.ca_file = server_.file;
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

    Certificate server_{"server"};
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
    const Certificate other("other");
    config_.ldap.ca_file = other.file;
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
