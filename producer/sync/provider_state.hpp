#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/model/uuid.hpp"

namespace entstream::producer::sync {

/// What the provider said of itself before the first search. Compare it with what is stored before sending a cookie:
/// another suffix_uuid is another directory; Cookie::is_ahead_of(context_csns) is a provider that went back in time.
struct ProviderState {
    std::string suffix;                     ///< naming context that holds the bases of all searches
    std::optional<Uuid> suffix_uuid;        ///< its entryUUID: identity of the directory; nullopt when hidden
    std::vector<std::string> context_csns;  ///< contextCSN, one value per server id; empty: hidden, or not OpenLDAP
};

}  // namespace entstream::producer::sync
