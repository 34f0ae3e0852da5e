#include "common/kafka/outgoing_record.hpp"

namespace entstream::kafka {

namespace {

// librdkafka copies (MSG_F_COPY), its interface is only not const. Null would make a tombstone of an empty text.
void* pointer_to(std::string_view text) {
    const char* data = text.data() == nullptr ? "" : text.data();
    return const_cast<char*>(data);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

}  // namespace

OutgoingRecord::OutgoingRecord(rd_kafka_topic_t* topic, std::string_view key, std::optional<std::string_view> value,
                               std::span<const Header> headers)
    : size_(key.size() + (value ? value->size() : 0)), headers_(rd_kafka_headers_new(headers.size())) {
    for (const Header& header : headers) {
        size_ += header.name.size() + header.value.size();
        rd_kafka_header_add(headers_.get(), header.name.data(), static_cast<ssize_t>(header.name.size()),
                            header.value.data(), static_cast<ssize_t>(header.value.size()));
    }
    parts_[0].vtype = RD_KAFKA_VTYPE_RKT;
    parts_[0].u.rkt = topic;
    parts_[1].vtype = RD_KAFKA_VTYPE_PARTITION;
    parts_[1].u.i32 = 0;
    parts_[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    parts_[2].u.i = RD_KAFKA_MSG_F_COPY;
    parts_[3].vtype = RD_KAFKA_VTYPE_KEY;
    parts_[3].u.mem = {.ptr = pointer_to(key), .size = key.size()};
    parts_[4].vtype = RD_KAFKA_VTYPE_VALUE;
    parts_[4].u.mem = {.ptr = value ? pointer_to(*value) : nullptr, .size = value ? value->size() : 0};
    parts_[5].vtype = RD_KAFKA_VTYPE_HEADERS;
    parts_[5].u.headers = headers_.get();
}

ErrorHandle OutgoingRecord::queue(rd_kafka_t* client) {
    ErrorHandle error(rd_kafka_produceva(client, parts_.data(), parts_.size()));
    if (!error) {
        // librdkafka owns the headers of a queued record.
        static_cast<void>(headers_.release());
    }
    return error;
}

}  // namespace entstream::kafka
