#include "common/metrics/health.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/wait.hpp"

namespace entstream::metrics {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Health, ExactlyOneStateIsTrue) {
    Metrics metrics(Program::producer);
    Health health(metrics);
    EXPECT_THAT(metrics.text(), HasSubstr("entstream_state{program=\"entstream-producer\",state=\"starting\"} 1"));
    EXPECT_FALSE(health.report().ready);
    health.enter(State::running);
    EXPECT_TRUE(health.report().ready);
    const auto since = health.report().since;
    health.enter(State::waiting_directory, "ldap.example.org does not answer");
    EXPECT_FALSE(health.report().ready);
    EXPECT_GE(health.report().since, since);
    const std::string text = metrics.text();
    EXPECT_THAT(text, HasSubstr("state=\"waiting_directory\"} 1"));
    std::size_t ones = 0;
    for (std::size_t at = text.find("state=\""); at != std::string::npos; at = text.find("state=\"", at + 1)) {
        ones += text.compare(text.find("} ", at), 4, "} 1\n") == 0 ? 1 : 0;
    }
    EXPECT_EQ(ones, 1);
}

TEST(Health, TheSameStateForAnotherReasonGoesOn) {
    Metrics metrics(Program::producer);
    Health health(metrics);
    health.enter(State::waiting_kafka, "one");
    const auto since = health.report().since;
    health.enter(State::waiting_kafka, "two");
    EXPECT_EQ(health.report().since, since);
    EXPECT_EQ(health.report().reason, "two");
}

TEST(Health, ACallThatWaitsForAServerIsNotRunning) {
    Metrics metrics(Program::producer);
    Health health(metrics);
    health.enter(State::running);
    {
        const auto wait = health.wait_for(State::waiting_kafka, "brokers do not confirm");
        EXPECT_TRUE(health.report().ready) << "every transaction takes a moment";
        EXPECT_TRUE(test::wait_until([&] { return health.report().state == State::waiting_kafka; }));
        EXPECT_EQ(health.report().reason, "brokers do not confirm");
    }
    EXPECT_TRUE(health.report().ready);
}

TEST(Health, WhatGivesNoSignOfLifeIsHung) {
    Metrics metrics(Program::producer);
    Health health(metrics, 50ms);
    EXPECT_TRUE(test::wait_until([&] { return !health.report().alive; }));
    Health patient(metrics, 10min);
    EXPECT_TRUE(patient.report().alive);
    health.alive();
    EXPECT_LT(health.report().since_sign, 10min);
}

}  // namespace
}  // namespace entstream::metrics
