#pragma once

#include <google/protobuf/message.h>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

#include "common/kafka/record.hpp"

/// Records of our topics as JSON, for people and scripts (docs/operating.md). Has personal data.
namespace entstream::replay {

/// What a topic holds, and so what a key of it says about the value.
enum class TopicKind {
    changes,
    state,
    control,
    dead_letters,
};

/// Fields that are not set are left out; UUIDs as text, times as RFC 3339 has them, words of enums without what they
/// all begin with; octets as text where they are UTF-8, else {"base64": "…"}.
nlohmann::json to_json(const google::protobuf::Message& message);

/// Octets as text, or {"base64": "…"}.
nlohmann::json octets_to_json(std::string_view octets);

/// What a key begins with, up to its first slash: "user", "group", "role", "member", "meta"; "search", "answer" …
std::string kind_of(std::string_view key);

/// Offset, time, key, kind, headers and value; `value` is null in a tombstone, and {"undecodable": …} where it is not
/// what the key announces.
nlohmann::json to_json(TopicKind topic, const kafka::Record& record);

}  // namespace entstream::replay
