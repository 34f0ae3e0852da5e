#include "common/metrics/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <optional>
#include <stdexcept>

#include "common/log/log.hpp"
#include "common/metrics/process.hpp"

namespace entstream::metrics {
namespace {

using namespace std::chrono_literals;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

// What does not stand in the catalogue does not compile.
static_assert(Fits<Id::source_changes, Type::counter, Source, SourceEntity, Operation>);
static_assert(!Fits<Id::source_changes, Type::gauge, Source, SourceEntity, Operation>);
#ifndef __SANITIZE_ADDRESS__
// With the sanitizers GCC 12 does not take it for a constant that two addresses differ.
static_assert(!Fits<Id::source_changes, Type::counter, Source, SourceEntity>);
static_assert(!Fits<Id::source_changes, Type::counter, Target, SourceEntity, Operation>);
static_assert(!Fits<Id::source_changes, Type::counter, Source, SourceEntity, Operation, Level>);
#endif

TEST(Metrics, AreWrittenAsPrometheusReadsThem) {
    Metrics metrics(Program::producer);
    const Source source{"rennes"};
    metrics.counter<Id::source_changes>(source, SourceEntity::member, Operation::remove).Increment(3);
    metrics.counter<Id::source_changes>(source, SourceEntity::member, Operation::remove).Increment();
    metrics.gauge<Id::source_connected>(source).Set(1);
    metrics.histogram<Id::source_stage_duration>(source, SourceStage::csn_to_observed).Observe(0.006);
    const std::string text = metrics.text();
    EXPECT_THAT(text, HasSubstr("# TYPE entstream_source_changes_total counter\n"));
    EXPECT_THAT(text, ContainsRegex("# HELP entstream_source_changes_total .+\n"));
    EXPECT_THAT(
        text, HasSubstr("entstream_source_changes_total{entity=\"member\",operation=\"delete\",source=\"rennes\"} 4"));
    EXPECT_THAT(text, HasSubstr("entstream_source_connected{source=\"rennes\"} 1"));
    EXPECT_THAT(text, HasSubstr("entstream_source_stage_duration_seconds_bucket{source=\"rennes\","
                                "stage=\"csn_to_observed\",le=\"0.005\"} 0"));
    EXPECT_THAT(text, HasSubstr("le=\"0.01\"} 1"));
    EXPECT_THAT(text, HasSubstr("le=\"3600\"} 1"));
    EXPECT_LT(text.find("# TYPE entstream_source_changes_total"), text.find("# TYPE entstream_source_connected"));
}

TEST(Metrics, AProgramHasNoneOfTheOthers) {
    Metrics metrics(Program::consumer);
    EXPECT_THROW(metrics.gauge<Id::source_connected>(Source{"rennes"}), std::logic_error);
    metrics.gauge<Id::target_connected>(Target{"moodle"});
}

TEST(Metrics, AreComputedWhenSomebodyLooksAndOnlyWhileThereIsSomething) {
    Metrics metrics(Program::producer);
    int entries = 5;
    std::optional<Metrics::Collection> collection = metrics.at_scrape([&entries](Samples& samples) {
        samples.gauge<Id::source_entries>(entries, Source{"rennes"}, SourceEntity::user);
    });
    entries = 7;
    EXPECT_THAT(metrics.text(), HasSubstr("entstream_source_entries{source=\"rennes\",entity=\"user\"} 7"));
    collection.reset();
    EXPECT_THAT(metrics.text(), Not(HasSubstr("entstream_source_entries")));
}

TEST(Metrics, ATimeHasItsFraction) {
    Metrics metrics(Program::producer);
    metrics.gauge<Id::source_watermark>(Source{"rennes"})
        .Set(seconds_of(std::chrono::system_clock::time_point(1764145678250ms)));
    EXPECT_THAT(metrics.text(),
                HasSubstr("entstream_source_watermark_timestamp_seconds{source=\"rennes\"} 1764145678.25\n"));
}

TEST(Metrics, TheProcessTellsOfItself) {
    log::set_up({.level = "warn", .format = "text"}, "entstream-test");
    Metrics metrics(Program::producer);
    const Metrics::Collection process = collect_process(metrics);
    const auto warnings = log::lines().written.at(static_cast<std::size_t>(Level::warn));
    spdlog::warn("heard");
    spdlog::info("not heard");
    const std::string text = metrics.text();
    EXPECT_THAT(text, ContainsRegex("entstream_build_info\\{program=\"entstream-producer\",version=\"[0-9.]+\"\\} 1"));
    EXPECT_THAT(text, ContainsRegex("process_resident_memory_bytes [1-9]"));
    EXPECT_THAT(text, ContainsRegex("process_open_fds [1-9]"));
    EXPECT_THAT(text, HasSubstr("entstream_log_lines_total{program=\"entstream-producer\",level=\"warn\"} " +
                                std::to_string(warnings + 1)));
    EXPECT_THAT(text, HasSubstr("level=\"info\"} 0"));
    EXPECT_THAT(text, ContainsRegex("process_start_time_seconds 1[0-9]{9}"));
}

}  // namespace
}  // namespace entstream::metrics
