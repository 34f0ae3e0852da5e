// What the running producer tells of itself.

#include <gmock/gmock.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>

#include "tests/integration/producer/producer_fixture.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/scrape.hpp"
#include "tests/support/tcp_proxy.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using ::testing::HasSubstr;

double now() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

class ProducerMetrics : public ProducerTest {
  protected:
    [[nodiscard]] Scrape scrape(const std::string& path = "/metrics") const { return Scrape::of(*program_, path); }

    /// The value of a series of this source.
    [[nodiscard]] double value(const std::string& name, std::initializer_list<std::string> labels = {}) const {
        return scrape()("entstream_source_" + name, labels);
    }
    void await(const std::string& name, const std::function<bool(double)>& is_right,
               std::initializer_list<std::string> labels = {}) const {
        ASSERT_TRUE(wait_until([&] { return is_right(value(name, labels)); }))
            << name << " is " << value(name, labels) << '\n'
            << program_->err();
    }
    void await_equal(const std::string& name, double wanted, std::initializer_list<std::string> labels = {}) const {
        await(
            name, [wanted](double is) { return is == wanted; }, labels);
    }
    static void expect_changes(const Scrape& metrics, const std::string& entity, double create, double update,
                               double remove) {
        const std::string of = "entity=\"" + entity + '"';
        const std::string name = "entstream_source_changes_total";
        EXPECT_EQ(metrics(name, {of, "operation=\"create\""}), create) << entity;
        EXPECT_EQ(metrics(name, {of, "operation=\"update\""}), update) << entity;
        EXPECT_EQ(metrics(name, {of, "operation=\"delete\""}), remove) << entity;
    }
    [[nodiscard]] nlohmann::json readiness(int status) const {
        const Scrape answer = scrape("/readyz");
        EXPECT_EQ(answer.status(), status) << answer.text();
        return nlohmann::json::parse(answer.text());
    }
};

TEST_F(ProducerMetrics, AreWhatWasChanged) {
    const double before = now();
    add_user("ana");
    add_user("ben");
    start();
    await_streaming();
    const Scrape loaded = scrape();
    EXPECT_EQ(loaded("entstream_source_refreshes_total", {"reason=\"first\""}), 1);
    EXPECT_EQ(loaded("entstream_source_stage_duration_seconds_count", {"csn_to_observed"}), 0) << "not of a refresh";
    EXPECT_TRUE(readiness(200).at("ready"));

    add_user("eve");
    add_group("class", {user_dn("ana"), user_dn("ben")});
    directory_.replace(user_dn("eve"), "sn", {"other"});
    remove_user("eve");
    events();  // with a marker, one more user
    // Readers may see a transaction before its writer has heard that it is committed.
    await_equal("changes_total", 4, {"entity=\"user\"", "operation=\"create\""});
    await_equal("entries", 3, {"entity=\"user\""});
    await("watermark_timestamp_seconds", [](double is) { return is > 0; });
    await("log_end_offset", [](double is) { return is > 0; });
    const Scrape metrics = scrape();
    expect_changes(metrics, "user", 4, 1, 1);
    expect_changes(metrics, "group", 1, 0, 0);
    expect_changes(metrics, "member", 2, 0, 0);
    expect_changes(metrics, "role", 0, 0, 0);
    EXPECT_EQ(metrics("entstream_source_entries", {"entity=\"group\""}), 1);
    EXPECT_EQ(metrics("entstream_source_entries", {"entity=\"member\""}), 2);
    // Users: 2 created, 1 changed, 1 removed; the group and its 2 members.
    const std::string stage = "entstream_source_stage_duration_seconds_";
    EXPECT_EQ(metrics(stage + "count", {"csn_to_observed"}), 7);
    EXPECT_EQ(metrics(stage + "count", {"observed_to_committed"}), 7);
    EXPECT_LT(metrics(stage + "sum", {"csn_to_observed"}), now() - before + 7) << "seconds, of seven changes";
    EXPECT_GT(metrics(stage + "sum", {"observed_to_committed"}), 0);
    EXPECT_EQ(metrics(stage + "bucket", {"observed_to_committed", "le=\"3600\""}), 7);
    // A scrape can fall between the two.
    EXPECT_TRUE(wait_until([&] {
        const Scrape both = scrape();
        return both("entstream_source_transactions_total", {"committed"}) ==
               both("entstream_source_transaction_records_count");
    }));
    EXPECT_GT(metrics("entstream_source_transaction_records_sum"), 9);
    EXPECT_EQ(metrics("entstream_source_transactions_total", {"aborted"}), 0);
    EXPECT_EQ(metrics("entstream_source_connected"), 1);
    EXPECT_EQ(metrics("entstream_source_refresh_running"), 0);
    EXPECT_EQ(metrics("entstream_source_withheld_entries"), 0);
    EXPECT_EQ(metrics("entstream_state", {"state=\"running\""}), 1);
    for (const char* time : {"last_change", "last_contact", "heartbeat", "cookie", "refresh_started",
                             "refresh_completed", "reconcile_completed", "watermark"}) {
        const double at = metrics("entstream_source_" + std::string(time) + "_timestamp_seconds");
        EXPECT_GE(at, before - 2) << time;  // reconcile_completed has whole seconds
        EXPECT_LE(at, now()) << time;
    }

    // Nothing changes, and the watermark moves.
    const double watermark = value("watermark_timestamp_seconds");
    await("watermark_timestamp_seconds", [watermark](double is) { return is > watermark; });
    expect_changes(scrape(), "user", 4, 1, 1);

    const double compared = now();
    EXPECT_EQ(run_program({"--ask", "reconcile"}).status, 0);
    await("reconcile_completed_timestamp_seconds", [compared](double is) { return is >= compared - 1; });
    EXPECT_EQ(value("reconcile_entries"), 4);
    EXPECT_EQ(value("reconcile_running"), 0);

    // A restart goes on from the cookies.
    stop();
    start();
    await_streaming();
    const Scrape again = scrape();
    EXPECT_EQ(again("entstream_source_refreshes_total", {"reason=\"resume\""}), 1);
    expect_changes(again, "user", 0, 0, 0);
    await_equal("entries", 3, {"entity=\"user\""});
}

TEST_F(ProducerMetrics, TellThatTheDirectoryIsAwayAndThatItIsBack) {
    TcpProxy link(std::stoi(info_.ldap_uri.substr(info_.ldap_uri.rfind(':') + 1)));
    info_.ldap_uri = "ldap://127.0.0.1:" + std::to_string(link.port());
    start();
    await_streaming();
    await("watermark_timestamp_seconds", [](double is) { return is > 0; });
    link.cut();
    await_equal("connected", 0);
    ASSERT_TRUE(wait_until([&] { return scrape()("entstream_state", {"waiting_directory"}) == 1; }));
    const auto body = readiness(503);
    EXPECT_EQ(body.at("state"), "waiting_directory");
    EXPECT_THAT(body.at("reason").get<std::string>(), HasSubstr(info_.ldap_uri));
    EXPECT_EQ(scrape("/healthz").status(), 200) << "waiting is no reason to be restarted";

    // Signs of life go on; the watermark, and what the directory said, do not.
    await("heartbeat_timestamp_seconds", [since = now()](double is) { return is > since; });
    const Scrape away = scrape();
    await("heartbeat_timestamp_seconds", [since = now()](double is) { return is > since; });
    const Scrape later = scrape();
    for (const char* time : {"watermark", "last_contact"}) {
        const std::string name = "entstream_source_" + std::string(time) + "_timestamp_seconds";
        EXPECT_EQ(later(name), away(name)) << time;
    }
    EXPECT_GE(later("entstream_source_connections_lost_total", {"reason=\"transient\""}), 1);

    link.pass();
    await_streaming();
    const Scrape back = scrape();
    EXPECT_EQ(back("entstream_source_connected"), 1);
    EXPECT_EQ(back("entstream_source_refreshes_total", {"reason=\"resume\""}), 1);
    EXPECT_TRUE(readiness(200).at("ready"));
    await("watermark_timestamp_seconds",
          [&](double is) { return is > later("entstream_source_watermark_timestamp_seconds"); });
}

TEST_F(ProducerMetrics, AreForThoseWhoKnowThePasswordAndOverTls) {
    const CertificateAuthority authority;
    const Certificate certificate = authority.for_server();
    more_environment_ = {{"ENTSTREAM_METRICS_USER", "prometheus"},
                         {"ENTSTREAM_METRICS_PASSWORD", "pass:word"},
                         {"ENTSTREAM_METRICS_CERT_FILE", certificate.file.string()},
                         {"ENTSTREAM_METRICS_KEY_FILE", certificate.key.string()}};
    start();
    await_streaming();
    const std::string log = program_->err();
    const std::size_t begin = log.find("https://127.0.0.1:");
    ASSERT_NE(begin, std::string::npos) << log;
    const std::string url = log.substr(begin, log.find("/metrics", begin) - begin);
    EXPECT_EQ(log.find("pass:word"), std::string::npos);
    httplib::Client client(url);
    client.set_ca_cert_path(authority.file().c_str());
    const auto unknown = client.Get("/metrics");
    ASSERT_TRUE(unknown) << httplib::to_string(unknown.error());
    EXPECT_EQ(unknown->status, 401);
    client.set_basic_auth("prometheus", "pass:word");
    const auto known = client.Get("/metrics");
    ASSERT_TRUE(known);
    EXPECT_EQ(known->status, 200);
    EXPECT_THAT(known->body, HasSubstr("entstream_certificate_expiry_timestamp_seconds{"
                                       "program=\"entstream-producer\",use=\"metrics\"} "));

    // A second process cannot have the same port.
    more_environment_ = {{"ENTSTREAM_METRICS_LISTEN", url.substr(url.find("//") + 2)}};
    const Exit exit = run_program();
    EXPECT_EQ(exit.status, 78) << exit.err;
    EXPECT_THAT(exit.err, HasSubstr("metrics.listen: cannot listen on " + url.substr(url.find("//") + 2)));
    stop();
}

TEST_F(ProducerMetrics, AreNowhereWhereNobodyWantsThem) {
    more_environment_ = {{"ENTSTREAM_METRICS_LISTEN", ""}};
    start();
    await_streaming();
    EXPECT_EQ(program_->err().find("metrics:"), std::string::npos) << program_->err();
    stop();
}

}  // namespace
}  // namespace entstream::test
