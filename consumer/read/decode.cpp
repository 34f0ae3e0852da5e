#include "consumer/read/decode.hpp"

#include <google/protobuf/message.h>

#include <string>
#include <utility>

namespace entstream::consumer::read {

namespace {

tl::unexpected<Rejection> rejected(std::string reason) {
    return tl::unexpected(Rejection{.stage = Stage::value_converter, .reason = std::move(reason)});
}

v1::Kind kind_of(KeyKind kind) {
    switch (kind) {
        case KeyKind::user:
            return v1::KIND_USER;
        case KeyKind::group:
            return v1::KIND_GROUP;
        case KeyKind::role:
            return v1::KIND_ROLE;
        case KeyKind::member:
            return v1::KIND_MEMBER;
        default:
            return v1::KIND_UNSPECIFIED;
    }
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

tl::expected<void, Rejection> check_member(const v1::Member& member, const ParsedKey& key) {
    if (member.parent_kind() != v1::KIND_GROUP && member.parent_kind() != v1::KIND_ROLE) {
        return rejected("the member's parent is of unknown kind " + std::to_string(member.parent_kind()));
    }
    if (Uuid::from_bytes(member.parent_uuid()) != key.uuid) {
        return rejected("key and value name different parents");
    }
    if (!member.member_uuid().empty() && !Uuid::from_bytes(member.member_uuid())) {
        return rejected("member_uuid has not 16 octets");
    }
    return {};
}

tl::expected<void, Rejection> check_change(const v1::Change& change, const ParsedKey& key) {
    if (change.kind() != kind_of(key.kind)) {
        return rejected("key and value are of different kinds (value: " + std::to_string(change.kind()) + ')');
    }
    switch (change.operation()) {
        case v1::OPERATION_CREATE:
        case v1::OPERATION_UPDATE:
        case v1::OPERATION_DELETE:
            break;
        default:
            return rejected("unknown operation " + std::to_string(change.operation()));
    }
    if (Uuid::from_bytes(change.uuid()) != key.uuid) {
        return rejected("key and value name different entries");
    }
    if (key.kind == KeyKind::member) {
        return check_member(change.member(), key);
    }
    return {};
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
    const bool is_change = kind_of(into.key.kind) != v1::KIND_UNSPECIFIED;
    return is_change ? check_change(into.change, into.key) : tl::expected<void, Rejection>{};
}

}  // namespace entstream::consumer::read
