#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/ldap/connection.hpp"
#include "common/model/uuid.hpp"
#include "producer/producer_config.hpp"
#include "producer/sync/provider_kind.hpp"

namespace entstream::producer::sync {

/// What the provider said of itself before the first search. Compare it with what is stored before sending a cookie:
/// another suffix_uuid is another directory; Cookie::is_ahead_of(context_csns) is a provider that went back in time.
struct ProviderState {
    ProviderKind kind{};
    std::string uri;                        ///< the server of ldap.uri that answered
    std::string suffix;                     ///< naming context that holds the bases of all searches
    std::optional<Uuid> suffix_uuid;        ///< its syncUUID: identity of the directory; nullopt when hidden
    std::vector<std::string> context_csns;  ///< contextCSN, one value per server id; empty: hidden, or not OpenLDAP
};

/// Asks for it, and checks that the provider can serve these searches: it announces the Sync Request Control, it is a
/// known kind of server, every base exists, and one naming context holds them all (a cookie speaks of one naming
/// context). \throws ldap::LdapError: no Content Sync, or a server that is not known
/// (LDAP_UNAVAILABLE_CRITICAL_EXTENSION), no such base (LDAP_NO_SUCH_OBJECT, naming the search), bases in two naming
/// contexts (LDAP_PARAM_ERROR); or no answer.
ProviderState look_at_provider(const ldap::Connection& connection, const std::vector<SearchConfig>& searches);

}  // namespace entstream::producer::sync
