// What ends the program and what it sits out.

#include "producer/app/failures.hpp"

#include <gtest/gtest.h>

namespace entstream::producer::app {
namespace {

const kafka::TransactionAborted refused("x", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, {.requires_abort = true});
const kafka::FatalError broken("x", RD_KAFKA_RESP_ERR__FATAL, {.fatal = true});
const kafka::Error away("x", RD_KAFKA_RESP_ERR__TRANSPORT);

TEST(Failures, OutagesAreSatOut) {
    Failures failures;
    for (int i = 0; i < 10 * Failures::most_in_a_row; ++i) {
        EXPECT_TRUE(failures.may_pass(away));
        EXPECT_TRUE(failures.may_pass(kafka::TopicMissing("x", RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)));
        EXPECT_TRUE(failures.may_pass(
            kafka::TransactionAborted("x", RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, {.requires_abort = true})));
    }
}

TEST(Failures, WhatIsRefusedAgainAndAgainEndsTheProgram) {
    for (const kafka::Error* error :
         {static_cast<const kafka::Error*>(&refused), static_cast<const kafka::Error*>(&broken)}) {
        Failures failures;
        for (int i = 1; i < Failures::most_in_a_row; ++i) {
            EXPECT_TRUE(failures.may_pass(*error));
            EXPECT_TRUE(failures.may_pass(away));
        }
        EXPECT_FALSE(failures.may_pass(*error));
    }
}

TEST(Failures, StreamingInBetweenCountsAnew) {
    Failures failures;
    for (int i = 0; i < 10 * Failures::most_in_a_row; ++i) {
        EXPECT_TRUE(failures.may_pass(refused));
        failures.forget();
    }
}

TEST(Failures, SomeEndItAtOnce) {
    Failures failures;
    EXPECT_FALSE(failures.may_pass(kafka::Error("x", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)));
    EXPECT_FALSE(failures.may_pass(kafka::OffsetOutOfRange("x", RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE)));
}

}  // namespace
}  // namespace entstream::producer::app
