#include "consumer/read/log_record.hpp"

#include "common/model/topics.hpp"

namespace entstream::consumer::read {

LogRecord LogRecord::of(const kafka::Record& record) {
    return {.key = record.key(),
            .value = record.value(),
            .offset = record.offset(),
            .log_id = record.header(log_id_header.data()),
            .published_at = record.timestamp(),
            .type = record.header("ce_type")};
}

}  // namespace entstream::consumer::read
