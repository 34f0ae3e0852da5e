#pragma once

#include <ldap.h>

#include <string>
#include <string_view>
#include <vector>

#include "common/ldap/connection.hpp"
#include "producer/producer_config.hpp"
#include "producer/sync/messages.hpp"
#include "producer/sync/provider_kind.hpp"

namespace entstream::producer::sync {

/// What the entries of a search are asked for: the configured attributes, the member attribute of groups and roles,
/// entryCSN (389-ds has modifyTimestamp instead), createTimestamp and hasSubordinates; each once.
std::vector<std::string> requested_attributes(const SearchConfig& search, ProviderKind provider);

/// Whether a search of this base and scope looks at this DN. \pre both are normalised (ldap::normalise_dn)
bool in_scope(std::string_view dn, std::string_view base, Scope scope);

/// A search on the wire.
struct SearchRequest {
    std::string base;
    Scope scope{};
    std::string filter;
    std::vector<std::string> attributes;
};

/// Sends a search without limits of ours. `control` may be null. `doing` names the search in an error: the request's
/// own base and filter may name a person.
/// \returns the message id of its answers.
/// \throws ldap::LdapError, e.g. when the filter is malformed.
int send_search(const ldap::Connection& connection, const SearchRequest& request, LDAPControl* control,
                const std::string& doing);

/// Copies DN and attributes of an entry.
/// \pre the entry's controls have been taken: this function takes the message apart in place, afterwards libldap finds
/// no controls in it.
/// \throws ldap::LdapError when the message is malformed.
void read_entry(const ldap::Connection& connection, LDAPMessage* message, EntryMessage& entry);

}  // namespace entstream::producer::sync
