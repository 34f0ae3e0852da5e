#include "common/kafka/error.hpp"

#include <gmock/gmock.h>

namespace entstream::kafka {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

template <typename Thrown>
Thrown thrown_for(rd_kafka_resp_err_t code, ErrorFlags flags) {
    try {
        raise("commit a transaction of x", code, "the reason", flags);
    } catch (const Thrown& error) {
        return error;
    }
}

TEST(KafkaErrors, ATakeoverIsFencing) {
    for (const auto code :
         {RD_KAFKA_RESP_ERR__FENCED, RD_KAFKA_RESP_ERR_PRODUCER_FENCED, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH}) {
        const auto error = thrown_for<Fenced>(code, {.fatal = true});
        EXPECT_EQ(error.error_class(), ErrorClass::fatal);
        EXPECT_THAT(error.what(), AllOf(HasSubstr("another process"), HasSubstr("remedy: ")));
    }
}

TEST(KafkaErrors, EveryOtherFatalErrorAsksForANewInstance) {
    const auto error = thrown_for<FatalError>(RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, {.fatal = true});
    EXPECT_EQ(error.error_class(), ErrorClass::fatal);
    EXPECT_THAT(error.what(), HasSubstr("cannot commit a transaction of x"));
    EXPECT_THAT(error.what(), HasSubstr("the reason"));
}

TEST(KafkaErrors, AnAbortTellsWhetherDataOrMomentIsToBlame) {
    EXPECT_EQ(
        thrown_for<TransactionAborted>(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, {.requires_abort = true}).error_class(),
        ErrorClass::permanent);
    EXPECT_EQ(thrown_for<TransactionAborted>(RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, {.requires_abort = true})
                  .error_class(),
              ErrorClass::transient);
}

TEST(KafkaErrors, OutagesAreTransientAndRightsAreNot) {
    EXPECT_EQ(classify(RD_KAFKA_RESP_ERR__TRANSPORT, {}), ErrorClass::transient);
    EXPECT_EQ(classify(RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, {}), ErrorClass::transient);
    EXPECT_EQ(classify(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, {}), ErrorClass::permanent);
    EXPECT_EQ(classify(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, {.retriable = true}), ErrorClass::transient);
    EXPECT_EQ(classify(RD_KAFKA_RESP_ERR__TRANSPORT, {.fatal = true}), ErrorClass::fatal);
}

TEST(KafkaErrors, TopicsAndOffsetsThatAreNotThereHaveTheirOwnNames) {
    EXPECT_EQ(thrown_for<TopicMissing>(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, {}).error_class(),
              ErrorClass::transient);
    EXPECT_EQ(thrown_for<OffsetOutOfRange>(RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, {}).error_class(),
              ErrorClass::permanent);
}

}  // namespace
}  // namespace entstream::kafka
