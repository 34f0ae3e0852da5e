// What the consumer's metrics make of the rows that a database gives.

#include "consumer/app/consumer_metrics.hpp"

#include <gtest/gtest.h>

#include <string>

namespace entstream::consumer::app {
namespace {

merge::TargetCount run(const std::string& kind, const std::string& outcome, std::int64_t objects, double moment) {
    return {.what = "run", .entity = kind, .kind = outcome, .objects = objects, .moment = moment};
}

class ConsumerMetricsTest : public ::testing::Test {
  protected:
    /// The value of the first series that has this name and label; "none".
    std::string series(const std::string& name, const std::string& label) {
        const std::string text = monitoring_.metrics().text();
        std::size_t line = text.find("\n" + name + "{");
        while (line != std::string::npos) {
            const std::size_t end = text.find('\n', line + 1);
            const std::string found = text.substr(line, end - line);
            if (found.find(label) != std::string::npos) {
                return found.substr(found.rfind(' ') + 1);
            }
            line = text.find("\n" + name + "{", end);
        }
        return "none";
    }
    std::string failed_runs() { return series("entstream_target_runs_total", R"(command="sync",result="failed")"); }

    metrics::Monitoring monitoring_{metrics::Program::consumer, metrics::MetricsConfig{}, {}};
    ConsumerMetrics metrics_{monitoring_, "moodle", {"rennes"}};
};

TEST_F(ConsumerMetricsTest, RunsOfBeforeTheStartAreNotCounted) {
    metrics_.counted({run("sync", "failed", 3, 1000), run("sync", "done", 5, 900)});
    EXPECT_EQ(failed_runs(), "0");
    metrics_.counted({run("sync", "failed", 3, 1000), run("sync", "done", 6, 1100)});
    EXPECT_EQ(failed_runs(), "0");
    metrics_.counted({run("sync", "failed", 4, 1200), run("sync", "stopped", 1, 1150), run("sync", "done", 6, 1100)});
    EXPECT_EQ(failed_runs(), "2") << "one that failed, and one that somebody stopped";
}

TEST_F(ConsumerMetricsTest, TheLastFailureIsAsOldAsTheLastRunUntilOneEndsWell) {
    const auto ended = [&] { return series("entstream_target_run_completed_timestamp_seconds", R"("sync")"); };
    const auto failed = [&] { return series("entstream_target_run_failed_timestamp_seconds", R"("sync")"); };
    metrics_.counted({run("sync", "done", 1, 1000)});
    EXPECT_EQ(failed(), "0");
    metrics_.counted(
        {run("sync", "done", 1, 1000), run("sync", "failed", 1, 1100), run("sync", "incomplete", 1, 1200)});
    EXPECT_EQ(failed(), "1200");
    EXPECT_EQ(ended(), failed());
    metrics_.counted(
        {run("sync", "done", 2, 1400), run("sync", "incomplete", 1, 1200), run("sync", "refused", 1, 1500)});
    EXPECT_EQ(failed(), "1200");
    EXPECT_EQ(ended(), "1500");
    EXPECT_EQ(series("entstream_target_run_failed_timestamp_seconds", R"("verify")"), "0");
}

}  // namespace
}  // namespace entstream::consumer::app
