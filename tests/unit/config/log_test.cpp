#include "common/log/log.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <regex>
#include <string>

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

}  // namespace
}  // namespace entstream::log
