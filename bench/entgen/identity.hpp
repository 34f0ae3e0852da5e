#pragma once

#include <string>
#include <string_view>

#include "bench/entgen/region.hpp"

namespace entstream::entgen {

/// What a person is called.
struct Identity {
    std::string uid;        ///< lower case
    std::string entry_uid;  ///< as in the person's own entry: the same uid in mixed case
    std::string_view first_name;
    std::string_view surname;
    std::string login;  ///< unique in the region; mail address before the @
    bool female = false;
};

/// Members of a family share the surname; about half of the second parents have their own.
Identity identity_of(const Region& region, const PersonId& id);

}  // namespace entstream::entgen
