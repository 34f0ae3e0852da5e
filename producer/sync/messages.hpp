#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/ldap/ldap_error.hpp"
#include "common/metrics/labels.hpp"
#include "common/model/uuid.hpp"

/// What a refreshAndPersist search says (RFC 4533), one message of the wire each, decoded. `search` is the position of
/// the search in ProducerConfig::searches. Cookies are the provider's octets, untouched.
namespace entstream::producer::sync {

struct Attribute {
    std::string name;                 ///< attribute description, options included, as the server spelled it
    std::vector<std::string> values;  ///< octets

    bool operator==(const Attribute&) const = default;
};

/// The attribute of this name, any case; null when the entry has none. `name` is without options.
const Attribute* find_attribute(const std::vector<Attribute>& attributes, std::string_view name);

/// Sync State Control, section 2.3. `present` entries carry no attributes.
enum class EntryState { present, add, modify, remove };

struct EntryMessage {
    std::size_t search{};
    EntryState state{};
    Uuid uuid;
    std::optional<std::string> cookie;
    std::string dn;
    std::vector<Attribute> attributes;  ///< includes entryCSN, createTimestamp and hasSubordinates
};

/// syncInfo newcookie, section 2.5.
struct NewCookieMessage {
    std::size_t search{};
    std::string cookie;
};

/// syncInfo refreshDelete or refreshPresent, section 2.5.
struct RefreshMessage {
    std::size_t search{};
    bool present_phase{};  ///< refreshPresent: what was not named is gone
    bool done{};           ///< refreshDone: the refresh is over, persist follows
    std::optional<std::string> cookie;
};

/// syncInfo syncIdSet, section 2.5.
struct IdSetMessage {
    std::size_t search{};
    bool refresh_deletes{};  ///< true: these are gone; false: these are still there
    std::vector<Uuid> uuids;
    std::optional<std::string> cookie;
};

/// SearchResultDone of a sync search: it is over (in persist always an incident).
struct DoneMessage {
    std::size_t search{};
    int result_code{};
    std::string diagnostic;
    std::optional<std::string> cookie;    ///< Sync Done Control, section 2.4
    std::optional<bool> refresh_deletes;  ///< nullopt: no Sync Done Control
};

/// Answer to the contextCSN question on the stream's own connection: the provider lives, and has got this far.
struct ProbeMessage {
    std::vector<std::string> context_csns;
    std::chrono::system_clock::time_point asked_at;
};

/// The connection is gone or the provider broke the protocol; nothing more comes from this session.
struct DisconnectedMessage {
    std::string why;  ///< for the log: names the server and the remedy
    ldap::ErrorClass error_class = ldap::ErrorClass::transient;
    std::optional<metrics::UnreadableReason> unreadable = std::nullopt;  ///< a message could not be decoded: why
    bool queue_full = false;  ///< our own doing: the publisher was too slow; resume from the cookies at once
};

using Message = std::variant<EntryMessage, NewCookieMessage, RefreshMessage, IdSetMessage, DoneMessage, ProbeMessage,
                             DisconnectedMessage>;

}  // namespace entstream::producer::sync
