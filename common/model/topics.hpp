#pragma once

#include <string>
#include <string_view>

#include "common/model/uuid.hpp"

namespace entstream {

/// Names of the topics of one source (docs/log_format.md).
struct Topics {
    std::string changes;
    std::string state;
    std::string control;

    static Topics of(std::string_view prefix, std::string_view source);
};

/// Kind of object that a record key names.
enum class KeyKind { user, group, role, member, log_identity, source_description, heartbeat, purge_mark };

/// Hash of a normalised member value: 128 bits, as 16 octets. Names the value in the record key and in the indexes.
using ValueHash = Uuid;

/// Keys of the changes topic.
std::string user_key(const Uuid& uuid);
std::string group_key(const Uuid& uuid);
std::string role_key(const Uuid& uuid);
/// `member/<parent uuid>/<32 hex digits>`.
std::string member_key(const Uuid& parent, const ValueHash& value);

inline constexpr std::string_view log_identity_key = "meta/log";
inline constexpr std::string_view source_description_key = "meta/source";
inline constexpr std::string_view heartbeat_key = "meta/heartbeat";
inline constexpr std::string_view purge_mark_key = "meta/purge";

/// Header of every record of the changes topic: the log id as text.
inline constexpr std::string_view log_id_header = "entstream-log-id";

/// What a key of the changes topic says, taken apart.
struct ParsedKey {
    KeyKind kind{};
    Uuid uuid;          ///< of the entry; of the parent for a member; zero for meta
    ValueHash value{};  ///< members only
};

/// \returns false when the key is not one of ours (a newer version's, or a foreign writer's).
bool parse_key(std::string_view key, ParsedKey& parsed);

}  // namespace entstream
