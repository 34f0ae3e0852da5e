#include "tests/unit/read/log_records.hpp"

#include <google/protobuf/util/time_util.h>

namespace entstream::consumer::read {

namespace {

v1::Change entry(v1::Kind kind, const Uuid& uuid, v1::Operation operation,
                 const std::vector<std::pair<std::string, std::string>>& attributes) {
    v1::Change change;
    change.set_kind(kind);
    change.set_operation(operation);
    change.set_uuid(uuid.to_bytes());
    for (const auto& [name, value] : attributes) {
        auto* attribute = change.add_attributes();
        attribute->set_name(name);
        attribute->add_values(value);
    }
    return change;
}

}  // namespace

LogRecord LogRecords::raw(const std::string& key, std::optional<std::string> value) {
    const Kept& kept = kept_.emplace_back(Kept{.key = key, .value = std::move(value), .log_id = log_id});
    LogRecord record{.key = kept.key, .value = std::nullopt, .offset = next_offset++, .log_id = kept.log_id};
    if (kept.value) {
        record.value = *kept.value;
    }
    return record;
}

LogRecord LogRecords::change(const std::string& key, v1::Change change) {
    change.set_sequence(next_sequence++);
    return raw(key, change.SerializeAsString());
}

LogRecord LogRecords::user(const Uuid& uuid, const std::string& uid, v1::Operation operation) {
    return change(user_key(uuid), entry(v1::KIND_USER, uuid, operation,
                                        {{"objectClass", "ENTEleve"},
                                         {"uid", uid},
                                         {"givenName", "Ana"},
                                         {"sn", "Petit"},
                                         {"ENTPersonJointure", "AC-EXEMPLE$1" + uid}}));
}

LogRecord LogRecords::group(const Uuid& uuid, const std::string& cn, v1::Operation operation) {
    return change(group_key(uuid), entry(v1::KIND_GROUP, uuid, operation, {{"cn", cn}}));
}

LogRecord LogRecords::role(const Uuid& uuid, const std::string& cn, v1::Operation operation) {
    return change(role_key(uuid), entry(v1::KIND_ROLE, uuid, operation, {{"cn", cn}}));
}

LogRecord LogRecords::member(v1::Kind parent_kind, const Uuid& parent, const std::string& value,
                             std::optional<Uuid> member, v1::Operation operation) {
    v1::Change made = entry(v1::KIND_MEMBER, parent, operation, {});
    made.mutable_member()->set_parent_kind(parent_kind);
    made.mutable_member()->set_parent_uuid(parent.to_bytes());
    made.mutable_member()->set_value(value);
    if (member) {
        made.mutable_member()->set_member_uuid(member->to_bytes());
    }
    return change(member_key(parent, Uuid::from_name(value)), std::move(made));
}

LogRecord LogRecords::removal(const std::string& key, v1::Kind kind, const Uuid& uuid) {
    return change(key, entry(kind, uuid, v1::OPERATION_DELETE, {}));
}

LogRecord LogRecords::tombstone(const std::string& key) {
    return raw(key, std::nullopt);
}

LogRecord LogRecords::heartbeat(std::chrono::system_clock::time_point watermark) {
    v1::Heartbeat made;
    made.set_sequence(next_sequence++);
    *made.mutable_watermark() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
        std::chrono::duration_cast<std::chrono::microseconds>(watermark.time_since_epoch()).count());
    return raw(std::string(heartbeat_key), made.SerializeAsString());
}

LogRecord LogRecords::identity(std::uint32_t format_version) {
    v1::LogIdentity made;
    made.set_log_id(log_id);
    made.set_format_version(format_version);
    made.set_sequence(next_sequence++);
    return raw(std::string(log_identity_key), made.SerializeAsString());
}

LogRecord LogRecords::purge_mark(std::uint64_t highest_purged_offset) {
    v1::PurgeMark made;
    made.set_highest_purged_offset(highest_purged_offset);
    made.set_sequence(next_sequence++);
    return raw(std::string(purge_mark_key), made.SerializeAsString());
}

LogRecord LogRecords::source_description(const std::vector<std::string>& user_attributes) {
    v1::SourceDescription made;
    made.set_source("rennes");
    made.set_sequence(next_sequence++);
    auto* search = made.add_searches();
    search->set_name("users");
    search->set_kind(v1::KIND_USER);
    for (const std::string& attribute : user_attributes) {
        search->add_attributes(attribute);
    }
    return raw(std::string(source_description_key), made.SerializeAsString());
}

}  // namespace entstream::consumer::read
