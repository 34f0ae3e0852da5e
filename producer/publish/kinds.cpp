#include "producer/publish/kinds.hpp"

#include "common/model/topics.hpp"

namespace entstream::producer::publish {

v1::Kind record_kind(EntryKind kind) {
    switch (kind) {
        case EntryKind::user:
            return v1::KIND_USER;
        case EntryKind::group:
            return v1::KIND_GROUP;
        case EntryKind::role:
            return v1::KIND_ROLE;
    }
    return v1::KIND_UNSPECIFIED;
}

std::string entry_key(EntryKind kind, const Uuid& uuid) {
    switch (kind) {
        case EntryKind::user:
            return user_key(uuid);
        case EntryKind::group:
            return group_key(uuid);
        case EntryKind::role:
            return role_key(uuid);
    }
    return {};
}

std::string_view plural(EntryKind kind) {
    switch (kind) {
        case EntryKind::user:
            return "users";
        case EntryKind::group:
            return "groups";
        case EntryKind::role:
            return "role objects";
    }
    return {};
}

}  // namespace entstream::producer::publish
