#include "consumer/app/exit_codes.hpp"

#include <gtest/gtest.h>
#include <pqxx/except>

#include "common/config/config_error.hpp"
#include "common/kafka/error.hpp"
#include "consumer/merge/failure.hpp"
#include "consumer/read/rejection.hpp"

namespace entstream::consumer::app {
namespace {

using runtime::ExitCode;

template <typename Exception>
ExitCode code_of(const Exception& exception) {
    return exit_code_of(std::make_exception_ptr(exception));
}

TEST(ConsumerExitCodes, TellWhatHelps) {
    EXPECT_EQ(code_of(read::LogRefused("another log")), ExitCode::bad_data);
    EXPECT_EQ(code_of(read::MappingRefused("no sn")), ExitCode::config);
    EXPECT_EQ(code_of(merge::TargetError("no Moodle")), ExitCode::config);
    EXPECT_EQ(code_of(merge::TargetDiverged("restored in part")), ExitCode::bad_data);
    EXPECT_EQ(code_of(merge::AccessRefused("wrong password")), ExitCode::permission);
    EXPECT_EQ(code_of(merge::Fenced("another owner")), ExitCode::temporary);
    EXPECT_EQ(code_of(merge::Unreachable("no server")), ExitCode::unavailable);
    EXPECT_EQ(code_of(merge::Paused("upgrade")), ExitCode::unavailable);
    EXPECT_EQ(code_of(pqxx::insufficient_privilege("x", "q", "42501")), ExitCode::permission);
    EXPECT_EQ(code_of(pqxx::undefined_table("x", "q", "42P01")), ExitCode::internal);
    EXPECT_EQ(code_of(pqxx::broken_connection("x")), ExitCode::unavailable);
    EXPECT_EQ(code_of(config::ConfigError({})), ExitCode::config);
    EXPECT_EQ(code_of(kafka::OffsetOutOfRange("x", RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE)), ExitCode::bad_data);
}

}  // namespace
}  // namespace entstream::consumer::app
