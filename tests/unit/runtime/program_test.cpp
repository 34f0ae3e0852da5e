#include "common/runtime/program.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <future>

#include "common/config/config_error.hpp"
#include "common/kafka/error.hpp"
#include "common/ldap/ldap_error.hpp"
#include "common/log/log.hpp"
#include "common/runtime/end_bound.hpp"

namespace entstream::runtime {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// Runs a program whose body throws. \returns exit status
template <typename Exception>
int status_of(const Exception& exception) {
    return run_program("test", [&](const StopSignal&) -> ExitCode { throw exception; });
}

TEST(Program, ItsResultIsTheExitStatus) {
    EXPECT_EQ(run_program("test", [](const StopSignal&) { return ExitCode::ok; }), 0);
    EXPECT_EQ(run_program("test", [](const StopSignal&) { return ExitCode::usage; }), 2);
}

TEST(Program, EachKindOfFailureHasItsExitStatus) {
    EXPECT_EQ(status_of(ProgramError(ExitCode::bad_data, "x")), 65);
    EXPECT_EQ(status_of(config::ConfigError({})), 78);
    EXPECT_EQ(status_of(kafka::TopicRefused({"x"})), 78);
    EXPECT_EQ(status_of(kafka::OffsetOutOfRange("x", RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE)), 65);
    EXPECT_EQ(status_of(kafka::Error("x", RD_KAFKA_RESP_ERR__TRANSPORT)), 69);
    EXPECT_EQ(status_of(kafka::Error("x", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)), 77);
    EXPECT_EQ(status_of(kafka::Error("x", RD_KAFKA_RESP_ERR__AUTHENTICATION, {.retriable = true})), 77);
    EXPECT_EQ(status_of(kafka::Error("x", RD_KAFKA_RESP_ERR__SSL, {.retriable = true})), 78);
    EXPECT_EQ(status_of(kafka::Error("x", RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR)), 78);
    EXPECT_EQ(status_of(kafka::Fenced("x", RD_KAFKA_RESP_ERR__FENCED, {.fatal = true})), 75);
    EXPECT_EQ(status_of(ldap::LdapError(-1, "", ldap::ErrorClass::transient, "x")), 69);
    EXPECT_EQ(status_of(ldap::LdapError(49, "", ldap::ErrorClass::auth, "x")), 77);
    EXPECT_EQ(status_of(ldap::LdapError(32, "", ldap::ErrorClass::config, "x")), 78);
    EXPECT_EQ(status_of(std::logic_error("x")), 70);
}

TEST(Program, EveryProblemOfAConfigurationIsALine) {
    ::testing::internal::CaptureStderr();
    status_of(config::ConfigError({{.place = "a.toml:1", .key = "x", .what = "unknown", .remedy = {}},
                                   {.place = "a.toml:9", .key = "y", .what = "missing", .remedy = {}}}));
    const std::string log = ::testing::internal::GetCapturedStderr();
    EXPECT_THAT(log, AllOf(HasSubstr("test: a.toml:1: x: unknown\n"), HasSubstr("test: a.toml:9: y: missing\n")));
}

TEST(Program, EveryRefusalOfATopicIsALine) {
    ::testing::internal::CaptureStderr();
    status_of(kafka::TopicRefused({"topic a: x", "topic b: y"}));
    const std::string log = ::testing::internal::GetCapturedStderr();
    EXPECT_THAT(log, AllOf(HasSubstr("test: topic a: x\n"), HasSubstr("test: topic b: y\n")));
}

TEST(Program, ASignalToStopIsHeardInside) {
    const int status = run_program("test", [](const StopSignal& stop) {
        ::kill(::getpid(), SIGTERM);
        return stop.requested() ? ExitCode::ok : ExitCode::internal;
    });
    EXPECT_EQ(status, 0);
}

// The patience is over at once here, what is waited for never comes.
TEST(Program, WhatHangsIsNotWaitedForAfterAStop) {
    EXPECT_EXIT(
        {
            log::set_up({}, "test");  // to standard error
            const StopSignal stop;
            const EndBound bound(stop, std::chrono::milliseconds(1));
            ::kill(::getpid(), SIGTERM);
            std::promise<void>().get_future().wait();
        },
        ::testing::ExitedWithCode(0), "told to stop 1 ms ago, .* ended without it");
}

TEST(Program, WhatEndsByItselfKeepsItsStatus) {
    EXPECT_EXIT(::_exit(run_program("test",
                                    [](const StopSignal& stop) {
                                        ::kill(::getpid(), SIGTERM);
                                        return stop.wait(std::chrono::hours(1)) ? ExitCode::temporary : ExitCode::ok;
                                    })),
                ::testing::ExitedWithCode(75), "");
}

}  // namespace
}  // namespace entstream::runtime
