#include "common/model/topics.hpp"

#include <algorithm>
#include <cctype>

namespace entstream {

namespace {

constexpr std::string_view user_prefix = "user/";
constexpr std::string_view group_prefix = "group/";
constexpr std::string_view role_prefix = "role/";
constexpr std::string_view member_prefix = "member/";
constexpr std::size_t uuid_text_length = 36;
constexpr std::size_t hash_text_length = 32;

std::string without_hyphens(const ValueHash& hash) {
    std::string text = hash.to_text();
    std::erase(text, '-');
    return text;
}

std::optional<ValueHash> hash_from_hex(std::string_view hex) {
    if (hex.size() != hash_text_length) {
        return std::nullopt;
    }
    const auto digit = [](char c) -> int {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    };
    ValueHash hash;
    for (std::size_t i = 0; i < hash.octets.size(); ++i) {
        const int high = digit(hex[2 * i]);
        const int low = digit(hex[2 * i + 1]);
        if (high < 0 || low < 0) {
            return std::nullopt;
        }
        hash.octets.at(i) = static_cast<std::uint8_t>(high * 16 + low);
    }
    return hash;
}

bool parse_entry_key(std::string_view key, std::string_view prefix, KeyKind kind, ParsedKey& parsed) {
    if (!key.starts_with(prefix)) {
        return false;
    }
    const auto uuid = Uuid::from_text(key.substr(prefix.size()));
    if (!uuid) {
        return false;
    }
    parsed = {.kind = kind, .uuid = *uuid, .value = {}};
    return true;
}

}  // namespace

Topics Topics::of(std::string_view prefix, std::string_view source) {
    const std::string stem = std::string(prefix) + '.' + std::string(source) + '.';
    return {.changes = stem + "changes", .state = stem + "state", .control = stem + "control"};
}

std::string user_key(const Uuid& uuid) {
    return std::string(user_prefix) + uuid.to_text();
}
std::string group_key(const Uuid& uuid) {
    return std::string(group_prefix) + uuid.to_text();
}
std::string role_key(const Uuid& uuid) {
    return std::string(role_prefix) + uuid.to_text();
}

std::string member_key(const Uuid& parent, const ValueHash& value) {
    return std::string(member_prefix) + parent.to_text() + '/' + without_hyphens(value);
}

bool parse_key(std::string_view key, ParsedKey& parsed) {
    if (key.starts_with(member_prefix)) {
        key.remove_prefix(member_prefix.size());
        if (key.size() != uuid_text_length + 1 + hash_text_length || key[uuid_text_length] != '/') {
            return false;
        }
        const auto parent = Uuid::from_text(key.substr(0, uuid_text_length));
        const auto value = hash_from_hex(key.substr(uuid_text_length + 1));
        if (!parent || !value) {
            return false;
        }
        parsed = {.kind = KeyKind::member, .uuid = *parent, .value = *value};
        return true;
    }
    const auto is_meta = [&](std::string_view name, KeyKind kind) {
        if (key == name) {
            parsed = {.kind = kind, .uuid = {}, .value = {}};
            return true;
        }
        return false;
    };
    return parse_entry_key(key, user_prefix, KeyKind::user, parsed) ||
           parse_entry_key(key, group_prefix, KeyKind::group, parsed) ||
           parse_entry_key(key, role_prefix, KeyKind::role, parsed) ||
           is_meta(log_identity_key, KeyKind::log_identity) ||
           is_meta(source_description_key, KeyKind::source_description) || is_meta(heartbeat_key, KeyKind::heartbeat) ||
           is_meta(purge_mark_key, KeyKind::purge_mark);
}

}  // namespace entstream
