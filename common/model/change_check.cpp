#include "common/model/change_check.hpp"

namespace entstream {

namespace {

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

std::optional<std::string> fault_of_member(const v1::Member& member, const ParsedKey& key) {
    if (member.parent_kind() != v1::KIND_GROUP && member.parent_kind() != v1::KIND_ROLE) {
        return "the member's parent is of unknown kind " + std::to_string(member.parent_kind());
    }
    if (Uuid::from_bytes(member.parent_uuid()) != key.uuid) {
        return "key and value name different parents";
    }
    if (!member.member_uuid().empty() && !Uuid::from_bytes(member.member_uuid())) {
        return "member_uuid has not 16 octets";
    }
    if (!member.via_uuid().empty() && (!Uuid::from_bytes(member.via_uuid()) || member.member_uuid().empty())) {
        return "via_uuid has not 16 octets, or comes without member_uuid";
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> fault_of(const v1::Change& change, const ParsedKey& key) {
    if (change.kind() != kind_of(key.kind)) {
        return "key and value are of different kinds (value: " + std::to_string(change.kind()) + ')';
    }
    switch (change.operation()) {
        case v1::OPERATION_CREATE:
        case v1::OPERATION_UPDATE:
        case v1::OPERATION_DELETE:
            break;
        default:
            return "unknown operation " + std::to_string(change.operation());
    }
    if (Uuid::from_bytes(change.uuid()) != key.uuid) {
        return "key and value name different entries";
    }
    return key.kind == KeyKind::member ? fault_of_member(change.member(), key) : std::nullopt;
}

}  // namespace entstream
