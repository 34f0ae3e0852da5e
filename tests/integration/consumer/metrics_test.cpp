// What a running consumer tells of itself, against what was done.

#include <gmock/gmock.h>

#include <chrono>
#include <functional>
#include <string>

#include "tests/integration/consumer/consumer_setting.hpp"
#include "tests/support/scrape.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using std::chrono::system_clock;
using ::testing::HasSubstr;

const Uuid metered_ana = Uuid::from_name("ana of the metrics");
const Uuid metered_ben = Uuid::from_name("ben of the metrics");
const Uuid metered_class = Uuid::from_name("a class of the metrics");

double seconds_since_epoch(system_clock::time_point time) {
    return std::chrono::duration<double>(time.time_since_epoch()).count();
}

class ConsumerMetricsTest : public ::testing::Test {
  protected:
    void start() { consumer_ = setting_.start(); }
    /// Scrapes until the condition holds, and returns what was found last.
    Scrape scrape_until(const std::function<bool(const Scrape&)>& holds) {
        Scrape last = Scrape::of(*consumer_);
        EXPECT_TRUE(wait_until([&] {
            last = Scrape::of(*consumer_);
            return holds(last);
        })) << last.text()
            << consumer_->err();
        return last;
    }
    Scrape in_state(const std::string& state) {
        return scrape_until(
            [&](const Scrape& now) { return now("entstream_state", {"state=\"" + state + "\""}) == 1; });
    }
    static std::string label(const char* name, const std::string& value) {
        return std::string(name) + "=\"" + value + "\"";
    }
    [[nodiscard]] std::string source() const { return label("source", setting_.source()); }
    [[nodiscard]] std::string target() const { return label("target", "moodle-" + setting_.source()); }

    /// A change that the stream of the directory brought, with its CSN.
    consumer::read::LogRecord live_change(const std::string& uid, system_clock::time_point changed) {
        v1::Change change;
        EXPECT_TRUE(change.ParseFromString(std::string(*log_.user(metered_ana, uid, v1::OPERATION_UPDATE).value)));
        change.set_phase(v1::PHASE_PERSIST);
        change.set_csn("20261126091500.000001Z#000000#001#000000");
        const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(changed.time_since_epoch()).count();
        change.mutable_changed_at()->set_seconds(micros / 1000000);
        change.mutable_changed_at()->set_nanos(static_cast<int>(micros % 1000000) * 1000);
        return log_.change(user_key(metered_ana), change);
    }

    ConsumerSetting setting_;                               // NOLINT
    consumer::read::LogRecords& log_ = setting_.records();  // NOLINT
    std::unique_ptr<Process> consumer_;                     // NOLINT
};

TEST_F(ConsumerMetricsTest, TellWhatWasDoneAndHowFarMoodleIsBehindTheDirectory) {
    setting_.set_more_lines("[guard]\nremovals = 0\npercent = 0\n");
    start();
    in_state("waiting_kafka");
    EXPECT_EQ(Scrape::of(*consumer_, "/readyz").status(), 503);
    EXPECT_THAT(Scrape::of(*consumer_, "/readyz").text(), HasSubstr("does not exist yet"));
    EXPECT_EQ(Scrape::of(*consumer_, "/healthz").status(), 200);

    // A first load.
    const auto first_watermark =
        std::chrono::floor<std::chrono::seconds>(system_clock::now()) - std::chrono::minutes(5);
    setting_.create_topic();
    setting_.write(
        {log_.identity(1), log_.user(metered_ana, "ana1"), log_.user(metered_ben, "ben1"),
         log_.group(metered_class, "4EME1"), log_.member(v1::KIND_GROUP, metered_class, "uid=ana1", metered_ana),
         log_.member(v1::KIND_GROUP, metered_class, "uid=nobody", std::nullopt), log_.heartbeat(first_watermark)});
    const Scrape loaded = scrape_until([&](const Scrape& now) {
        return now("entstream_state", {"state=\"running\""}) == 1 && now("entstream_target_pending_members") == 1;
    });
    EXPECT_EQ(loaded("entstream_target_watermark_timestamp_seconds", {source(), target()}),
              seconds_since_epoch(first_watermark));
    EXPECT_EQ(loaded("entstream_target_applied_total", {source(), "entity=\"user\"", "action=\"create\""}), 2);
    EXPECT_EQ(loaded("entstream_target_applied_total", {"entity=\"cohort\"", "action=\"create\""}), 1);
    EXPECT_EQ(loaded("entstream_target_applied_total", {"entity=\"member\"", "action=\"create\""}), 1);
    EXPECT_EQ(loaded("entstream_target_applied_total", {"entity=\"user\"", "action=\"suspend\""}), 0);
    EXPECT_GE(loaded("entstream_target_batches_total", {source()}), 1);
    EXPECT_EQ(loaded("entstream_target_batch_records_sum", {source()}), 7);
    EXPECT_EQ(loaded("entstream_target_stage_duration_seconds_count", {"stage=\"committed_to_applied\""}), 0)
        << "a first load does not count";
    EXPECT_EQ(loaded("entstream_target_connected", {target()}), 1);
    EXPECT_EQ(loaded("entstream_target_last_change_timestamp_seconds", {source()}), 0);
    for (const char* step : {"stage", "plan", "write", "commit", "touch"}) {
        EXPECT_GT(loaded("entstream_target_sql_seconds_total", {label("step", step)}), 0) << step;
    }
    const double applied_first = loaded("entstream_target_last_applied_timestamp_seconds", {source()});
    EXPECT_NEAR(applied_first, seconds_since_epoch(system_clock::now()), 300);

    // The live stream: a change of two minutes ago, one that says the same again, a broken record, and a leaver.
    const auto changed = std::chrono::floor<std::chrono::seconds>(system_clock::now()) - std::chrono::minutes(2);
    setting_.write({live_change("ana2", changed), log_.raw(user_key(metered_ben), "no protobuf"),
                    log_.user(metered_ben, "ben1", v1::OPERATION_UPDATE),
                    log_.removal(group_key(metered_class), v1::KIND_GROUP, metered_class)});
    const Scrape live = scrape_until([&](const Scrape& now) {
        return now("entstream_target_held", {"entity=\"cohort\""}) == 1 &&
               now("entstream_target_dead_letters_total", {"reason=\"undecodable\""}) == 1;
    });
    EXPECT_EQ(live("entstream_target_applied_total", {"entity=\"user\"", "action=\"update\""}), 1);
    EXPECT_EQ(live("entstream_target_skipped_total", {"reason=\"unchanged\""}), 1) << live.text();
    EXPECT_EQ(live("entstream_target_last_change_timestamp_seconds", {source()}), seconds_since_epoch(changed));
    EXPECT_EQ(live("entstream_target_stage_duration_seconds_count", {"stage=\"committed_to_applied\""}), 3);
    EXPECT_EQ(live("entstream_target_stage_duration_seconds_count", {"stage=\"csn_to_applied\""}), 1);
    EXPECT_GE(live("entstream_target_stage_duration_seconds_sum", {"stage=\"csn_to_applied\""}), 119);
    EXPECT_GT(live("entstream_target_held_oldest_timestamp_seconds"), applied_first - 1);
    EXPECT_EQ(live("entstream_target_watermark_timestamp_seconds", {source()}), seconds_since_epoch(first_watermark))
        << "changes alone do not say that everything is in";

    // Nothing changes, but the producer lives: the watermark moves.
    const auto second_watermark = std::chrono::floor<std::chrono::seconds>(system_clock::now());
    setting_.write({log_.heartbeat(second_watermark)});
    scrape_until([&](const Scrape& now) {
        return now("entstream_target_watermark_timestamp_seconds", {source()}) == seconds_since_epoch(second_watermark);
    });
    const Scrape at_end = scrape_until([&](const Scrape& now) {
        return now("entstream_target_position_offset", {source()}) == now("entstream_target_end_offset", {source()});
    });
    EXPECT_EQ(at_end("entstream_target_end_offset", {source()}), 15) << "with the marks of three transactions";

    // Paused: the log goes on, and the watermark stays, as it does when the producer is dead.
    EXPECT_EQ(setting_.replay({"pause"}).status, 0);
    in_state("paused");
    setting_.write({log_.heartbeat(second_watermark + std::chrono::seconds(10))});
    const Scrape paused = Scrape::of(*consumer_);
    EXPECT_EQ(paused("entstream_target_paused", {source()}), 1);
    EXPECT_EQ(paused("entstream_target_watermark_timestamp_seconds", {source()}),
              seconds_since_epoch(second_watermark));
    EXPECT_EQ(setting_.replay({"resume"}).status, 0);
    scrape_until([&](const Scrape& now) {
        return now("entstream_target_watermark_timestamp_seconds", {source()}) ==
               seconds_since_epoch(second_watermark + std::chrono::seconds(10));
    });

    // What operators ran, and what a comparison found.
    setting_.database().sql("UPDATE mdl_user SET firstname = 'By hand' WHERE username = 'ana2'");
    EXPECT_EQ(setting_.replay({"verify", "--without-directory"}).status, 10);
    const Scrape ran = scrape_until([&](const Scrape& now) {
        return now("entstream_target_verify_differences", {"entity=\"user\"", "kind=\"different\""}) == 1;
    });
    EXPECT_EQ(ran("entstream_target_runs_total", {"command=\"verify\"", "result=\"differences\""}), 1);
    EXPECT_GT(ran("entstream_target_verify_completed_timestamp_seconds", {target()}), applied_first);

    // Moodle's database is gone for a while.
    ConsumerSetting::servers().stop("postgres");
    setting_.write({log_.user(metered_ben, "ben2", v1::OPERATION_UPDATE)});
    const Scrape away = in_state("waiting_database");
    EXPECT_EQ(away("entstream_target_connected", {target()}), 0);
    EXPECT_GE(away("entstream_target_retries_total", {"class=\"connection\""}), 1);
    setting_.write({log_.heartbeat(second_watermark + std::chrono::seconds(20))});
    scrape_until([&](const Scrape& now) {  // what waits is seen all the same
        return now("entstream_target_end_offset", {source()}) > now("entstream_target_position_offset", {source()}) + 2;
    });
    ConsumerSetting::servers().start("postgres");
    const Scrape back = in_state("running");
    EXPECT_EQ(back("entstream_target_connected", {target()}), 1);
    EXPECT_GE(back("entstream_target_reconnects_total", {target()}), 1);
    consumer_->terminate();
    EXPECT_EQ(consumer_->wait().status, 0) << consumer_->err();
}

}  // namespace
}  // namespace entstream::test
