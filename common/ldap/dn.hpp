#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/model/topics.hpp"

/// Distinguished names in one canonical spelling, so that equal names are equal strings.
///
/// The canonical spelling is written into record keys (as its hash) and must never change:
/// - attribute types in lower case; the long names and OIDs of RFC 4514 section 3 become its short names;
/// - values as the server's caseIgnoreMatch sees them: every character in lower case, compatibility forms composed
///   (NFKC), leading and trailing spaces removed, inner runs of spaces one space;
/// - `" # + , ; < = > \`, and control characters are written as `\` and two lower
///   case hex digits, nothing else is escaped: a comma is always the end of an RDN;
/// - the pairs of a multi-valued RDN in ascending order, joined by `+`;
/// - no spaces around `,` `+` `=`.
///
/// Every value is taken as case-insensitive, whatever its attribute's matching rule: naming attributes of people and
/// groups (cn, uid, ou, dc, ...) are.
namespace entstream::ldap {

/// The canonical spelling of a DN; the empty DN is the empty string. nullopt when it is not a DN. Common names (ASCII,
/// no escapes, single-valued RDNs) take about a microsecond.
std::optional<std::string> normalise_dn(std::string_view dn);

/// The DN of the parent, a view into `dn`; empty for a DN of one RDN. \pre dn is normalised.
std::string_view parent(std::string_view dn);

/// Whether `dn` is a proper descendant of `ancestor` (never of itself). Everything is below the empty DN. \pre both are
/// normalised.
bool is_below(std::string_view dn, std::string_view ancestor);

/// XXH3-128 (seed 0, canonical big-endian octets) of a normalised value: part of record keys, never to be changed.
ValueHash hash128(std::string_view normalised);

}  // namespace entstream::ldap
