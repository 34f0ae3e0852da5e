#include "common/kafka/record.hpp"

namespace entstream::kafka {

std::string_view Record::key() const {
    return {static_cast<const char*>(message_->key), message_->key_len};
}

std::optional<std::string_view> Record::value() const {
    if (message_->payload == nullptr) {
        return std::nullopt;
    }
    return std::string_view(static_cast<const char*>(message_->payload), message_->len);
}

std::chrono::system_clock::time_point Record::timestamp() const {
    rd_kafka_timestamp_type_t type{};
    return std::chrono::system_clock::time_point(
        std::chrono::milliseconds(rd_kafka_message_timestamp(message_.get(), &type)));
}

std::optional<std::string_view> Record::header(const char* name) const {
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(message_.get(), &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return std::nullopt;
    }
    const void* value = nullptr;
    std::size_t size = 0;
    if (rd_kafka_header_get_last(headers, name, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return std::nullopt;
    }
    return std::string_view(static_cast<const char*>(value), size);
}

void Record::each_header(const std::function<void(Header)>& use) const {
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(message_.get(), &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return;
    }
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
         ++i) {
        use({.name = name, .value = {static_cast<const char*>(value), size}});
    }
}

}  // namespace entstream::kafka
