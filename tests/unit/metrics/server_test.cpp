#include "common/metrics/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>

#include "common/runtime/exit_code.hpp"
#include "tests/support/certificates.hpp"

namespace entstream::metrics {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class MetricsServer : public testing::Test {
  protected:
    MetricsServer() { config_.listen = "127.0.0.1:0"; }

    const Server& start() {
        server_ = std::make_unique<Server>(config_, metrics_, health_);
        return *server_;
    }
    /// Why it does not listen.
    std::string refusal() {
        try {
            const Server server(config_, metrics_, health_);
        } catch (const runtime::ProgramError& error) {
            EXPECT_EQ(error.exit_code(), runtime::ExitCode::config);
            return error.what();
        }
        return "it listens";
    }

    MetricsConfig config_;
    Metrics metrics_{Program::producer};
    Health health_{metrics_};
    std::unique_ptr<Server> server_;
};

TEST_F(MetricsServer, AnswersWhatIsAsked) {
    metrics_.gauge<Id::source_connected>(Source{"rennes"}).Set(1);
    httplib::Client client(start().url());
    const auto metrics = client.Get("/metrics");
    ASSERT_TRUE(metrics);
    EXPECT_EQ(metrics->status, 200);
    EXPECT_THAT(metrics->get_header_value("Content-Type"), HasSubstr("text/plain; version=0.0.4"));
    EXPECT_THAT(metrics->body, HasSubstr("entstream_source_connected{source=\"rennes\"} 1"));
    const auto alive = client.Get("/healthz");
    ASSERT_TRUE(alive);
    EXPECT_EQ(alive->status, 200);
    EXPECT_EQ(nlohmann::json::parse(alive->body).at("alive"), true);
    const auto elsewhere = client.Get("/etc/passwd");
    ASSERT_TRUE(elsewhere);
    EXPECT_EQ(elsewhere->status, 404);
}

TEST_F(MetricsServer, SaysWhyItIsNotReady) {
    httplib::Client client(start().url());
    health_.enter(State::waiting_directory, "ldap.example.org: \"no route\"\n\xFF");
    const auto waiting = client.Get("/readyz");
    ASSERT_TRUE(waiting);
    EXPECT_EQ(waiting->status, 503);
    const auto body = nlohmann::json::parse(waiting->body);
    EXPECT_EQ(body.at("ready"), false);
    EXPECT_EQ(body.at("state"), "waiting_directory");
    EXPECT_THAT(body.at("reason").get<std::string>(), HasSubstr("ldap.example.org: \"no route\""));
    health_.enter(State::running);
    const auto ready = client.Get("/readyz");
    ASSERT_TRUE(ready);
    EXPECT_EQ(ready->status, 200);
}

TEST_F(MetricsServer, AnswersNobodyWithoutThePassword) {
    config_.user = "prometheus";
    config_.password = "s3cret";
    httplib::Client client(start().url());
    for (const char* path : {"/metrics", "/healthz", "/readyz", "/elsewhere"}) {
        const auto unknown = client.Get(path);
        ASSERT_TRUE(unknown);
        EXPECT_EQ(unknown->status, 401) << path;
        EXPECT_EQ(unknown->get_header_value("WWW-Authenticate"), "Basic realm=\"entstream\"");
        EXPECT_EQ(unknown->body, "");
    }
    client.set_basic_auth("prometheus", "s3creT");
    EXPECT_EQ(client.Get("/metrics")->status, 401);
    client.set_basic_auth("prometheus", "s3cret");
    EXPECT_EQ(client.Get("/metrics")->status, 200);
}

TEST_F(MetricsServer, SpeaksTlsWithACertificateThatClientsCanCheck) {
    const test::CertificateAuthority authority;
    const test::Certificate certificate = authority.for_server();
    config_.cert_file = certificate.file.string();
    config_.key_file = certificate.key.string();
    const std::string url = start().url();
    EXPECT_TRUE(url.starts_with("https://127.0.0.1:")) << url;
    httplib::Client client(url);
    client.set_ca_cert_path(authority.file().c_str());
    const auto answer = client.Get("/healthz");
    ASSERT_TRUE(answer) << httplib::to_string(answer.error());
    EXPECT_EQ(answer->status, 200);
    httplib::Client plain("http" + url.substr(5));
    EXPECT_FALSE(plain.Get("/healthz"));
}

TEST_F(MetricsServer, APortInUseIsToldWithTheRemedy) {
    const std::string url = start().url();
    config_.listen = url.substr(url.find("//") + 2);
    EXPECT_THAT(refusal(), AllOf(HasSubstr("metrics.listen: cannot listen on " + config_.listen +
                                           ": another process listens there"),
                                 HasSubstr("choose another port")));
    server_.reset();
    EXPECT_EQ(refusal(), "it listens");
}

TEST_F(MetricsServer, ACertificateThatCannotBeUsedIsTold) {
    const test::CertificateAuthority authority;
    const test::Certificate one = authority.for_server("one");
    config_.cert_file = one.file.string();
    config_.key_file = authority.for_server("two").key.string();
    EXPECT_THAT(refusal(), AllOf(HasSubstr("metrics.key_file"), HasSubstr("key values mismatch")));
    config_.cert_file = "/nonexistent/cert.pem";
    EXPECT_THAT(refusal(), AllOf(HasSubstr("metrics.cert_file: '/nonexistent/cert.pem'"), HasSubstr("No such file")));
}

TEST_F(MetricsServer, EndsAlsoWhileSomebodyIsConnectedAndSilent) {
    httplib::Client kept(start().url());
    kept.set_keep_alive(true);
    ASSERT_TRUE(kept.Get("/healthz"));
    server_.reset();  // the test's own limit is the patience
    EXPECT_FALSE(kept.Get("/healthz"));
}

TEST_F(MetricsServer, ListensOnIpv6Too) {
    config_.listen = "[::1]:0";
    const std::string why = refusal();
    if (why.find("Cannot assign requested address") != std::string::npos) {
        GTEST_SKIP() << "this machine has no IPv6";
    }
    const std::string url = start().url();
    EXPECT_TRUE(url.starts_with("http://[::1]:")) << url;
}

}  // namespace
}  // namespace entstream::metrics
