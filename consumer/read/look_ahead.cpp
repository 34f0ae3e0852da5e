#include "consumer/read/look_ahead.hpp"

#include <algorithm>
#include <string_view>

namespace entstream::consumer::read {

namespace {

constexpr std::string_view create_ending = ".create";  // of ce_type

bool is_of_object(KeyKind kind) {
    return kind == KeyKind::user || kind == KeyKind::group || kind == KeyKind::role || kind == KeyKind::member;
}

/// 16 octets that name a key among those of its kind. The hash of a member's value is as good as random.
Uuid name_of(const ParsedKey& key) {
    Uuid name = key.uuid;
    std::transform(
        name.octets.begin(), name.octets.end(), key.value.octets.begin(), name.octets.begin(),
        [](std::uint8_t of_parent, std::uint8_t of_value) { return static_cast<std::uint8_t>(of_parent ^ of_value); });
    return name;
}

}  // namespace

LookAhead::LookAhead() {
    clear();
}

LookAhead::~LookAhead() = default;

void LookAhead::clear() {
    keys_ = {};
    memory_ = std::make_unique<std::pmr::monotonic_buffer_resource>();
    for (auto& keys : keys_) {
        keys = std::make_unique<Keys>(memory_.get());
    }
    end_ = 0;
}

void LookAhead::look_at(const LogRecord& record) {
    end_ = record.offset + 1;
    if (!record.log_id) {
        return;
    }
    // Most records of most logs: nothing of them has to be decoded.
    if (record.value && record.type && record.type->ends_with(create_ending)) {
        ParsedKey key;
        if (size() > 0 && parse_key(record.key, key) && is_of_object(key.kind)) {
            Keys& keys = *keys_.at(static_cast<std::size_t>(key.kind));
            if (const auto known = keys.find(name_of(key)); known != keys.end()) {
                known->second = {.offset = record.offset, .is_state = true};
            }
        }
        return;
    }
    if (!decode(record, decoded_) || !is_of_object(decoded_.key.kind)) {
        return;
    }
    const bool is_state = !decoded_.tombstone && decoded_.change.operation() != v1::OPERATION_DELETE;
    keys_.at(static_cast<std::size_t>(decoded_.key.kind))
        ->insert_or_assign(name_of(decoded_.key), Newest{.offset = record.offset, .is_state = is_state});
}

bool LookAhead::supersedes(const DecodedRecord& record, Offset offset) const {
    if (record.tombstone || offset >= end_ || !is_of_object(record.key.kind)) {
        return false;
    }
    const Keys& keys = *keys_.at(static_cast<std::size_t>(record.key.kind));
    const auto newest = keys.find(name_of(record.key));
    if (newest == keys.end() || newest->second.offset <= offset) {
        return false;
    }
    const bool has_members = record.key.kind == KeyKind::group || record.key.kind == KeyKind::role;
    return record.change.operation() != v1::OPERATION_DELETE || (newest->second.is_state && !has_members);
}

std::size_t LookAhead::size() const {
    std::size_t sum = 0;
    for (const auto& keys : keys_) {
        sum += keys->size();
    }
    return sum;
}

}  // namespace entstream::consumer::read
