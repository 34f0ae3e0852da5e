#include "producer/sync/provider_kind.hpp"

#include <ldap.h>

#include <algorithm>
#include <array>
#include <vector>

#include "common/ldap/ldap_error.hpp"

namespace entstream::producer::sync {

namespace {

constexpr std::size_t uuid_text_length = 36;
/// nsUniqueId is four groups of eight hexadecimal digits, with a hyphen between them.
constexpr std::size_t unique_id_length = 35;
constexpr std::array<std::size_t, 3> unique_id_hyphens = {8, 17, 26};
/// Hyphens of a UUID's text.
constexpr std::array<std::size_t, 4> uuid_hyphens = {8, 13, 18, 23};

bool contains(const std::vector<std::string>& values, std::string_view wanted) {
    return std::find(values.begin(), values.end(), wanted) != values.end();
}

std::string named(const std::vector<std::string>& vendor) {
    return vendor.empty() ? std::string("which names no vendor") : "of the vendor \"" + vendor.front() + '"';
}

}  // namespace

ProviderKind provider_kind(const ldap::Connection& connection) {
    const auto root = connection.read_values("", {"objectClass", "vendorName"});
    if (contains(root[0], "OpenLDAProotDSE")) {
        return ProviderKind::openldap;
    }
    if (contains(root[1], "389 Project")) {
        return ProviderKind::ds389;
    }
    throw ldap::LdapError(
        LDAP_UNAVAILABLE_CRITICAL_EXTENSION, "",
        "LDAP server " + connection.config().uri + ' ' + named(root[1]) +
            ": neither OpenLDAP nor 389 Directory Server, the two whose Content Sync is known to keep the rules that "
            "entstream relies on. If it is one of them, let ldap.bind_dn read objectClass and vendorName of the root "
            "DSE; otherwise let ldap.uri name a replica that is");
}

const char* uuid_attribute(ProviderKind kind) {
    return kind == ProviderKind::openldap ? "entryUUID" : "nsUniqueId";
}

std::optional<Uuid> parse_uuid(ProviderKind kind, std::string_view value) {
    if (kind == ProviderKind::openldap) {
        return Uuid::from_text(value);
    }
    if (value.size() != unique_id_length) {
        return std::nullopt;
    }
    std::string digits;
    digits.reserve(uuid_text_length);
    for (std::size_t i = 0; i < value.size(); ++i) {
        const bool hyphen = std::find(unique_id_hyphens.begin(), unique_id_hyphens.end(), i) != unique_id_hyphens.end();
        if (hyphen != (value[i] == '-')) {
            return std::nullopt;
        }
        if (!hyphen) {
            digits += value[i];
        }
    }
    for (const std::size_t at : uuid_hyphens) {
        digits.insert(at, 1, '-');
    }
    return Uuid::from_text(digits);
}

std::string uuid_value(ProviderKind kind, const Uuid& uuid) {
    std::string text = uuid.to_text();
    if (kind == ProviderKind::openldap) {
        return text;
    }
    std::erase(text, '-');
    for (const std::size_t at : unique_id_hyphens) {
        text.insert(at, 1, '-');
    }
    return text;
}

}  // namespace entstream::producer::sync
