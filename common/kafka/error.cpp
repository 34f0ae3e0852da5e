#include "common/kafka/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/kafka/handles.hpp"

namespace entstream::kafka {

namespace {

// The moment is to blame: brokers away, starting, electing, overloaded. Seen again later, the answer may differ.
constexpr std::array transient_codes = {
    RD_KAFKA_RESP_ERR__TRANSPORT,
    RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN,
    RD_KAFKA_RESP_ERR__RESOLVE,
    RD_KAFKA_RESP_ERR__TIMED_OUT,
    RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
    RD_KAFKA_RESP_ERR__MSG_TIMED_OUT,
    RD_KAFKA_RESP_ERR__WAIT_COORD,
    RD_KAFKA_RESP_ERR__RETRY,
    RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
    RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
    RD_KAFKA_RESP_ERR__PURGE_QUEUE,
    RD_KAFKA_RESP_ERR__PURGE_INFLIGHT,
    RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
    RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
    RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
    RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE,
    RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE,
    RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION,
    RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
    RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
    RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
    RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
    RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
    RD_KAFKA_RESP_ERR_NOT_CONTROLLER,
    RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
    RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS,
    RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED,
    RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE,
    RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
    // In a transactional producer these two follow from an aborted or expired batch, and end with the next transaction.
    RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
    RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID,
};

constexpr const char* fencing_remedy =
    ": another process with the same transactional id took over, or this one stood still, or had no broker, for longer "
    "than a transaction may take; remedy: see that this source has one process only";

bool is_fencing(rd_kafka_resp_err_t code) {
    return code == RD_KAFKA_RESP_ERR__FENCED || code == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
           code == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH;
}

bool is_missing_topic(rd_kafka_resp_err_t code) {
    return code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC || code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION ||
           code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
}

bool is_out_of_range(rd_kafka_resp_err_t code) {
    return code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET || code == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
}

}  // namespace

Error::Error(const std::string& text, rd_kafka_resp_err_t code, ErrorFlags flags)
    : std::runtime_error(text), code_(code), flags_(flags), class_(classify(code, flags)) {}

TopicRefused::TopicRefused(std::vector<std::string> refusals)
    : std::runtime_error(fmt::format("{}", fmt::join(refusals, "\n"))), refusals_(std::move(refusals)) {}

ErrorClass classify(rd_kafka_resp_err_t code, ErrorFlags flags) {
    if (flags.fatal || code == RD_KAFKA_RESP_ERR__FATAL || code == RD_KAFKA_RESP_ERR__FENCED) {
        return ErrorClass::fatal;
    }
    if (flags.retriable || std::find(transient_codes.begin(), transient_codes.end(), code) != transient_codes.end()) {
        return ErrorClass::transient;
    }
    return ErrorClass::permanent;
}

void raise(const std::string& doing, rd_kafka_resp_err_t code, const std::string& reason, ErrorFlags flags) {
    std::string text = "Kafka: cannot " + doing + ": " + rd_kafka_err2str(code);
    if (!reason.empty() && reason != rd_kafka_err2str(code)) {
        text += " (" + reason + ')';
    }
    if (flags.fatal) {
        if (is_fencing(code)) {
            throw Fenced(text + fencing_remedy, code, flags);
        }
        throw FatalError(text, code, flags);
    }
    if (flags.requires_abort) {
        throw TransactionAborted(text, code, flags);
    }
    if (is_missing_topic(code)) {
        throw TopicMissing(text, code, flags);
    }
    if (is_out_of_range(code)) {
        throw OffsetOutOfRange(text, code, flags);
    }
    throw Error(text, code, flags);
}

void raise(const std::string& doing, rd_kafka_error_t* error) {
    const ErrorHandle owner(error);
    raise(doing, rd_kafka_error_code(error), rd_kafka_error_string(error),
          {.fatal = rd_kafka_error_is_fatal(error) != 0,
           .retriable = rd_kafka_error_is_retriable(error) != 0,
           .requires_abort = rd_kafka_error_txn_requires_abort(error) != 0});
}

}  // namespace entstream::kafka
