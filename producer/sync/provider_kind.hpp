#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/ldap/connection.hpp"
#include "common/model/uuid.hpp"

namespace entstream::producer::sync {

/// The servers whose Content Sync is known: they differ in what identifies an entry, in their cookies, and in what
/// tells how far they have got.
enum class ProviderKind {
    openldap,  ///< syncUUID is entryUUID; cookies are vectors of CSNs; contextCSN
    ds389,     ///< 389 Directory Server: syncUUID is nsUniqueId (entryUUID, where there is one, is another value);
               ///< cookies are opaque; neither entryCSN nor contextCSN
};

/// Asks the root DSE which one it is.
/// \throws ldap::LdapError neither, or nothing tells (LDAP_UNAVAILABLE_CRITICAL_EXTENSION); or no answer
ProviderKind provider_kind(const ldap::Connection& connection);

/// The attribute whose value is the stream's syncUUID.
const char* uuid_attribute(ProviderKind kind);
/// From a value of that attribute; nullopt when it is none.
std::optional<Uuid> parse_uuid(ProviderKind kind, std::string_view value);
/// As a value of that attribute.
std::string uuid_value(ProviderKind kind, const Uuid& uuid);

}  // namespace entstream::producer::sync
