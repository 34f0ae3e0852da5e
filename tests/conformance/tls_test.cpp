// T52: TLS and the identities that come with it.

#include "common/kafka/topic_admin.hpp"
#include "tests/conformance/conformance_fixture.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/free_port.hpp"

namespace entstream::test {
namespace {

struct TlsFiles {
    CertificateAuthority ca_;
    Certificate server_ = ca_.for_server();
    TempDir socket_dir_;
    std::string ldaps_uri_ = "ldaps://127.0.0.1:" + std::to_string(free_port());

    [[nodiscard]] std::string ldapi_uri() const {
        std::string path = socket_dir_.path() / "ldapi";
        for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/')) {
            path.replace(slash, 1, "%2F");
        }
        return "ldapi://" + path;
    }
    /// Whoever is not the reader sees nothing.
    [[nodiscard]] SlapdOptions options() const {
        const std::string reader = Slapd::reader_dn;
        return {.listeners = {ldaps_uri_, ldapi_uri()},
                .global_lines = {"TLSCertificateFile " + server_.file.string(),
                                 "TLSCertificateKeyFile " + server_.key.string(),
                                 "TLSCACertificateFile " + ca_.file().string(), "TLSVerifyClient try",
                                 "authz-regexp cn=entstream " + reader,
                                 "authz-regexp gidNumber=.*,cn=peercred,cn=external,cn=auth " + reader},
                .lines = {"access to attrs=userPassword by anonymous auth by * none",
                          "access to * by dn.exact=" + reader + " read by * none"}};
    }
};

class Tls : public TlsFiles, public OwnSlapd, public Conformance {
  protected:
    Tls() : OwnSlapd(options()), Conformance(slapd_) { add_person("eva"); }

    void trust(const CertificateAuthority& ca) { more_ldap_config_ += "ca_file = \"" + ca.file().string() + "\"\n"; }

    void expect_stream() {
        EXPECT_EQ(stream(), Lines{created("eva")}) << program_->err();
        directory_.replace(user_dn("eva"), "sn", {"y"});
        EXPECT_EQ(published(), Lines{"update user eva [sn] uid=eva,ou=people {sn=y uid=eva}"});
        expect_log_equals_directory();
    }
};

TEST_F(Tls, T52_OverLdaps) {
    ldap_uri_ = ldaps_uri_;
    trust(ca_);
    expect_stream();
}

TEST_F(Tls, T52_OverStartTls) {
    more_ldap_config_ = "start_tls = true\n";
    trust(ca_);
    expect_stream();
}

TEST_F(Tls, T52_AServerOfAnotherAuthorityIsRefusedAndNothingIsWritten) {
    const CertificateAuthority other("other-ca");
    ldap_uri_ = ldaps_uri_;
    trust(other);
    const Exit exit = run_program();
    EXPECT_EQ(exit.status, 78) << exit.err;
    EXPECT_NE(exit.err.find("certificate is refused"), std::string::npos) << exit.err;
    EXPECT_FALSE(kafka::TopicAdmin(kafka_).exists(Topics::of(kafka_.topic_prefix, source_).changes));
}

TEST_F(Tls, T52_AsTheProcessOverALocalSocket) {
    ldap_uri_ = ldapi_uri();
    info_.ldap_bind_dn.clear();
    expect_stream();
}

TEST_F(Tls, T52_AsTheOneThatACertificateNames) {
    const Certificate client = ca_.for_client("entstream");
    ldap_uri_ = ldaps_uri_;
    info_.ldap_bind_dn.clear();
    more_ldap_config_ = "cert_file = \"" + client.file.string() + "\"\nkey_file = \"" + client.key.string() + "\"\n";
    trust(ca_);
    expect_stream();
}

}  // namespace
}  // namespace entstream::test
