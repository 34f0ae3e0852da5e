#include "consumer/merge/failure.hpp"

#include <gtest/gtest.h>
#include <pqxx/except>

namespace entstream::consumer::merge {
namespace {

template <typename Error>
Failure of(const Error& error) {
    return classify(std::make_exception_ptr(error));
}

pqxx::sql_error sqlstate(const char* state) {
    return pqxx::sql_error("message", "query", state);
}

TEST(Classify, WhatTimeMendsIsTransient) {
    EXPECT_EQ(of(Unreachable("")), Failure::transient);
    EXPECT_EQ(of(Paused("")), Failure::transient);
    EXPECT_EQ(of(pqxx::broken_connection()), Failure::transient);
    EXPECT_EQ(of(pqxx::deadlock_detected("")), Failure::transient);
    EXPECT_EQ(of(sqlstate("55P03")), Failure::transient) << "lock_timeout";
    EXPECT_EQ(of(sqlstate("57P01")), Failure::transient) << "server is shut down";
    EXPECT_EQ(of(sqlstate("53100")), Failure::transient) << "disk full";
    EXPECT_EQ(of(sqlstate("25006")), Failure::transient) << "read only: fail-over";
    EXPECT_EQ(of(sqlstate(nullptr)), Failure::transient) << "connection lost in mid-statement";
}

TEST(Classify, DataIsPermanent) {
    EXPECT_EQ(of(sqlstate("22001")), Failure::permanent) << "too long";
    EXPECT_EQ(of(sqlstate("23502")), Failure::permanent) << "not null";
    EXPECT_EQ(of(pqxx::unique_violation("message", "query", "23505")), Failure::permanent);
}

TEST(Classify, TheRestHasAnswersOfItsOwn) {
    EXPECT_EQ(of(pqxx::in_doubt_error("")), Failure::in_doubt);
    EXPECT_EQ(of(Fenced("")), Failure::fenced);
    EXPECT_EQ(of(TargetError("")), Failure::fatal);
    EXPECT_EQ(of(sqlstate("42501")), Failure::fatal) << "missing right";
    EXPECT_EQ(of(sqlstate("42P01")), Failure::fatal) << "missing table";
    EXPECT_EQ(of(std::logic_error("")), Failure::fatal);
    EXPECT_EQ(classify(nullptr), Failure::fatal);
}

}  // namespace
}  // namespace entstream::consumer::merge
