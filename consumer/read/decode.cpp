#include "consumer/read/decode.hpp"

#include <google/protobuf/message.h>

#include <string>
#include <utility>

#include "common/model/change_check.hpp"

namespace entstream::consumer::read {

namespace {

tl::unexpected<Rejection> rejected(std::string reason) {
    return tl::unexpected(Rejection{.stage = Stage::value_converter, .reason = std::move(reason)});
}

google::protobuf::Message& message_for(KeyKind kind, DecodedRecord& record) {
    switch (kind) {
        case KeyKind::log_identity:
            return record.log_identity;
        case KeyKind::source_description:
            return record.source_description;
        case KeyKind::heartbeat:
            return record.heartbeat;
        case KeyKind::purge_mark:
            return record.purge_mark;
        default:
            return record.change;
    }
}

}  // namespace

std::uint64_t DecodedRecord::sequence() const {
    switch (key.kind) {
        case KeyKind::log_identity:
            return log_identity.sequence();
        case KeyKind::source_description:
            return source_description.sequence();
        case KeyKind::heartbeat:
            return heartbeat.sequence();
        case KeyKind::purge_mark:
            return purge_mark.sequence();
        default:
            return change.sequence();
    }
}

tl::expected<void, Rejection> decode(const LogRecord& record, DecodedRecord& into) {
    if (!parse_key(record.key, into.key)) {
        return rejected("unknown key");
    }
    into.tombstone = !record.value;
    if (into.tombstone) {
        return {};
    }
    if (!message_for(into.key.kind, into)
             .ParseFromArray(record.value->data(), static_cast<int>(record.value->size()))) {
        return rejected("the value is not the protobuf message that the key announces");
    }
    switch (into.key.kind) {
        case KeyKind::user:
        case KeyKind::group:
        case KeyKind::role:
        case KeyKind::member:
            if (auto fault = fault_of(into.change, into.key)) {
                return rejected(std::move(*fault));
            }
            return {};
        default:
            return {};
    }
}

}  // namespace entstream::consumer::read
