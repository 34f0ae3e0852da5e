// Prometheus watches both programs, while the producer is killed and comes back: the lag that it shows is true, and
// every query of every dashboard and alert has an answer.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "tests/e2e/fixture.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/prometheus.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

double seconds_since_1970() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

class Observed : public EndToEnd {
  protected:
    void SetUp() override {
        protect_consumer();
        shared_servers().observe();
        EndToEnd::SetUp();
        pipeline_->expose_metrics();
        configure_producer(R"toml(
[producer]
heartbeat_interval = "100ms"
probe_interval = "100ms"
)toml");
        // Every removal is one too many; and there is a certificate whose end can be told.
        configure_consumer(fmt::format(R"toml(
[guard]
removals = 0
percent = 0

[kafka.properties]
"ssl.ca.location" = "{}"

[metrics]
user = "prometheus"
password_file = "{}"
cert_file = "{}"
key_file = "{}"
)toml",
                                       authority_.file().string(), password_file().string(), certificate_.file.string(),
                                       certificate_.key.string()));
        prometheus_ = std::make_unique<Prometheus>(servers_);
        prometheus_->watch(*pipeline_);
    }

    void TearDown() override {
        EndToEnd::TearDown();
        shared_servers().stop("prometheus");
        shared_servers().stop("exporter");
        std::filesystem::remove(access_file());
    }

    [[nodiscard]] static std::filesystem::path access_file() {
        return std::filesystem::path(shared_servers().get("ENTSTREAM_DEV_DIR")) / "prometheus" / "consumer.access";
    }
    [[nodiscard]] std::filesystem::path password_file() const { return files_.path() / "password"; }

    /// The consumer tells its metrics over TLS and for a password only; Prometheus asks as
    /// deploy/prometheus/prometheus.yml says.
    void protect_consumer() const {
        std::ofstream(password_file()) << "for-prometheus\n";
        std::filesystem::create_directories(access_file().parent_path());
        std::ofstream(access_file()) << "scheme: https\n"
                                     << "tls_config: { ca_file: " << authority_.file().string() << " }\n"
                                     << "basic_auth: { username: prometheus, password_file: "
                                     << password_file().string() << " }\n";
    }

    [[nodiscard]] std::string metric(const std::string& name) const {
        return fmt::format(R"({}{{target="{}"}})", name, pipeline_->source());
    }

    /// What Prometheus shows as the lag, in the moment of the question.
    std::optional<Prometheus::Sample> shown_lag() {
        return prometheus_->ask("time() - (" + metric("entstream_target_watermark_timestamp_seconds") + " > 0)");
    }

    /// Since when Prometheus has no sign of life of the producer.
    std::optional<Prometheus::Sample> shown_silence() {
        return prometheus_->ask(fmt::format(R"(entstream:heartbeat_age_seconds{{source="{}"}})", pipeline_->source()));
    }

    /// The watermark that Moodle's database has.
    double stored_watermark() {
        pqxx::connection database(servers_.conninfo());
        pqxx::nontransaction work(database);
        return work
            .exec1("SELECT coalesce(extract(epoch FROM watermark), 0)::float8 FROM entstream.position WHERE source = " +
                   work.quote(pipeline_->source()))[0]
            .as<double>();
    }

    Exit replay(const std::vector<std::string>& arguments) {
        std::vector<std::string> command = {program_path("entstream-replay").string(), "--config",
                                            pipeline_->consumer_config().string()};
        command.insert(command.end(), arguments.begin(), arguments.end());
        return Process::run(command, pipeline_->environment());
    }

    void rename_pupil(const Place& pupil, const std::string& name) {
        directory_->replace(pupil.person_dn, "sn", {name});
    }
    bool moodle_has(const Place& pupil, const std::string& name) {
        return moodle_says(
            fmt::format("SELECT lastname = '{}' FROM mdl_user WHERE username = '{}'", name, pupil.username));
    }

    /// Moodle is known to have all that the directory said until `from`, and nothing that it says after `to`.
    struct Outage {
        double from{};
        double to{};
    };

    /// Kills the producer in a moment in which that is known within half a second.
    Outage kill_producer(const Place& pupil) {
        Outage outage;
        EXPECT_TRUE(wait_until([&] {
            const std::string name = fmt::format("PUPIL {}", ++changes_);
            outage.from = seconds_since_1970();
            rename_pupil(pupil, name);
            EXPECT_TRUE(wait_until([&] { return moodle_has(pupil, name) && stored_watermark() >= outage.from; }));
            if (seconds_since_1970() - outage.from > 0.5) {
                return false;
            }
            pipeline_->producer().kill();
            outage.to = seconds_since_1970();
            return true;
        }));
        pipeline_->producer().wait();
        return outage;
    }

    TempDir files_;
    CertificateAuthority authority_;
    Certificate certificate_ = authority_.for_server();
    std::unique_ptr<Prometheus> prometheus_;
    int changes_ = 0;
};

TEST_F(Observed, LagIsTrueAndEveryQueryHasAnAnswer) {
    pipeline_->start_producer();
    pipeline_->start_consumer();
    expect_moodle_equals_directory();
    const Place pupil = some_pupil(0);
    // Prometheus sees counters rise only after it has seen them before.
    ASSERT_TRUE(wait_until([&] { return shown_lag() && shown_silence(); }));

    ASSERT_TRUE(prometheus_->ask(metric("entstream_target_connected"))) << "over TLS and with the password";

    const Outage outage = kill_producer(pupil);
    rename_pupil(pupil, "UNSEEN");
    double shown = 0;
    double most_wrong = 0;
    ASSERT_TRUE(wait_until([&] {
        const auto lag = shown_lag();
        const auto watermark = prometheus_->ask(metric("entstream_target_watermark_timestamp_seconds"));
        // The last scrape may be older than what Moodle has; then it shows more than there is, for a second.
        if (lag && watermark && watermark->value >= outage.from) {
            shown = lag->value;
            const double least = lag->time - outage.to;
            const double most = lag->time - outage.from;
            most_wrong = std::max({most_wrong, least - shown, shown - most});
        }
        return shown > 3;
    }));
    EXPECT_LT(most_wrong, 1) << "seconds that the lag shown by Prometheus was beside the true one";
    RecordProperty("seconds_beside_the_truth", std::to_string(most_wrong));
    EXPECT_FALSE(moodle_has(pupil, "UNSEEN"));
    // The dead producer is remembered.
    const auto silence = shown_silence();
    ASSERT_TRUE(silence);
    EXPECT_GT(silence->value, 2);
    ASSERT_TRUE(wait_until([&] { return prometheus_->ask(R"(up{job="entstream-producer"} == 0)").has_value(); }));

    pipeline_->start_producer();
    ASSERT_TRUE(wait_until([&] { return moodle_has(pupil, "UNSEEN"); }));
    ASSERT_TRUE(wait_until([&] {
        const auto lag = shown_lag();
        return lag && lag->value < 2;
    }));

    const Exit reconciled = replay({"reconcile"});
    EXPECT_EQ(reconciled.status, 0) << reconciled.out << reconciled.err;
    const Exit verified = replay({"verify", "--producer-config", pipeline_->producer_config().string()});
    EXPECT_EQ(verified.status, 0) << verified.out << verified.err;
    directory_->remove(some_pupil(1).person_dn);
    wait_for_moodle("SELECT EXISTS (SELECT 1 FROM entstream.held)");

    const Exit answers = Process::run(
        {"/usr/bin/python3", "-I", source_path("tests/e2e/queries_answer.py").string(), prometheus_->url()});
    EXPECT_EQ(answers.status, 0) << answers.out << answers.err;
}

}  // namespace
}  // namespace entstream::test
