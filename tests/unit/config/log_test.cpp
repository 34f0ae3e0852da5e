#include "common/log/log.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "common/log/context.hpp"
#include "common/log/repeat_limit.hpp"

namespace entstream::log {
namespace {

constexpr const char* time_pattern = R"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z)";

std::string logged(const LogConfig& config, void (*log)()) {
    testing::internal::CaptureStderr();
    set_up(config, "entstream-test");
    log();
    return testing::internal::GetCapturedStderr();
}

TEST(Log, TextIsOneLineWithUtcTimeLevelAndProgram) {
    const std::string text = logged({.level = "info", .format = "text"}, [] {
        spdlog::debug("hidden");
        spdlog::warn("first line\nsecond {}", 2);
    });
    EXPECT_TRUE(std::regex_match(
        text, std::regex(std::string(time_pattern) + R"( warn  entstream-test: first line\\nsecond 2\n)")))
        << text;
}

TEST(Log, JsonIsOneObjectALine) {
    const std::string text = logged({.level = "debug", .format = "json"}, [] {
        spdlog::debug("said \"{}\"\n", "hello");
        spdlog::error("not UTF-8: \xFF");
    });
    const std::size_t first_end = text.find('\n');
    ASSERT_NE(first_end, std::string::npos);
    const auto first = nlohmann::json::parse(text.substr(0, first_end));
    EXPECT_EQ(first.at("level"), "debug");
    EXPECT_EQ(first.at("program"), "entstream-test");
    EXPECT_EQ(first.at("message"), "said \"hello\"\n");
    EXPECT_TRUE(std::regex_match(first.at("time").get<std::string>(), std::regex(time_pattern)));
    EXPECT_EQ(nlohmann::json::parse(text.substr(first_end + 1)).at("level"), "error");
}

std::vector<nlohmann::json> json_lines(const std::string& text) {
    std::vector<nlohmann::json> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(nlohmann::json::parse(line));
    }
    return lines;
}

TEST(Log, JsonHasWhatALineIsAboutInFieldsOfItsOwn) {
    testing::internal::CaptureStderr();
    set_up({.level = "info", .format = "json"}, "entstream-test", {.source = "brest", .target = "lycees"});
    spdlog::info("of the program");
    {
        const Context batch({.source = "rennes", .offset = 17});
        const Context change({.csn = "20261126091500.000001Z#000000#001#000000"});
        spdlog::info("of a change");
    }
    spdlog::info("of the program again");
    const auto lines = json_lines(testing::internal::GetCapturedStderr());
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0].at("source"), "brest");
    EXPECT_EQ(lines[0].at("target"), "lycees");
    EXPECT_FALSE(lines[0].contains("offset") || lines[0].contains("csn"));
    EXPECT_EQ(lines[1].at("source"), "rennes");
    EXPECT_EQ(lines[1].at("target"), "lycees");
    EXPECT_EQ(lines[1].at("offset"), 17);
    EXPECT_EQ(lines[1].at("csn"), "20261126091500.000001Z#000000#001#000000");
    EXPECT_EQ(lines[2].at("source"), "brest");
    EXPECT_FALSE(lines[2].contains("offset") || lines[2].contains("csn"));
}

TEST(Log, ErrorsThatRepeatAreCountedAndTold) {
    const Lines before = lines();
    testing::internal::CaptureStderr();
    set_up({.level = "info", .format = "json"}, "entstream-test");
    for (int offset = 0; offset < 1000; ++offset) {
        spdlog::warn("offset {}, user/6b360ee8-7ae5-4510-8a1f-4f0954e12e{:02x}: goes to the dead letters", offset,
                     offset % 256);
        spdlog::info("offset {} is applied", offset);
    }
    spdlog::warn("another fault");
    tell_all_left_out();
    const auto written = json_lines(testing::internal::GetCapturedStderr());
    EXPECT_EQ(written.size(), 10U + 1000U + 1U + 1U);
    EXPECT_EQ(written.back().at("level"), "warn");
    EXPECT_EQ(written.back().at("message"),
              "990 more lines like this one were left out within 60 s: offset 999, "
              "user/6b360ee8-7ae5-4510-8a1f-4f0954e12ee7: goes to the dead letters");
    const Lines after = lines();
    EXPECT_EQ(after.left_out - before.left_out, 990U);
    EXPECT_EQ(after.written.at(3) - before.written.at(3), 12U) << "warn";
    EXPECT_EQ(after.written.at(2) - before.written.at(2), 1000U) << "info";
}

TEST(Log, DebugLeavesNothingOut) {
    const std::string text = logged({.level = "debug", .format = "json"}, [] {
        for (int offset = 0; offset < 100; ++offset) {
            spdlog::warn("offset {}", offset);
        }
    });
    EXPECT_EQ(json_lines(text).size(), 100U);
}

TEST(RepeatLimit, APeriodThatIsOverIsToldOnceAndTheNextOneBegins) {
    RepeatLimit limit;
    const RepeatLimit::Clock::time_point begin{std::chrono::hours(1)};
    int passed = 0;
    for (int line = 0; line < 25; ++line) {
        passed += limit.passes(3, "offset " + std::to_string(line), begin) ? 1 : 0;
    }
    EXPECT_EQ(passed, RepeatLimit::lines_in_period);
    EXPECT_TRUE(limit.take_due(begin + std::chrono::seconds(59)).empty());
    const auto due = limit.take_due(begin + RepeatLimit::period);
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].lines, 15);
    EXPECT_EQ(due[0].last, "offset 24");
    EXPECT_TRUE(limit.passes(3, "offset 25", begin + RepeatLimit::period));
    EXPECT_TRUE(limit.take_due(begin + 3 * RepeatLimit::period).empty()) << "nothing was left out since";
}

TEST(RepeatLimit, WordsTellKindsApart) {
    EXPECT_EQ(RepeatLimit::kind_of("source rennes: offset 12, user/6b360ee8-7ae5: refused"),
              "source rennes: offset #, user/#: refused");
    EXPECT_NE(RepeatLimit::kind_of("source rennes: offset 12"), RepeatLimit::kind_of("source brest: offset 12"));
}

}  // namespace
}  // namespace entstream::log
