#pragma once

#include <map>
#include <string>
#include <vector>

#include "bench/entgen/region.hpp"
#include "bench/entgen/summary.hpp"

namespace entstream::entgen {

/// An entry read back from LDIF by libldap's own parser, independent of what wrote it.
struct Entry {
    std::string dn;
    std::multimap<std::string, std::string> attributes;

    /// First value, or the empty string.
    std::string first(const std::string& name) const;
    std::vector<std::string> all(const std::string& name) const;
    bool has(const std::string& name, const std::string& value) const;
    bool is_a(const std::string& object_class) const { return has("objectClass", object_class); }
    bool is_person() const { return is_a("ENTPerson"); }
};

/// \throws std::runtime_error on a line that libldap cannot parse
std::vector<Entry> read_ldif(const std::string& text);

/// A region as it was written.
struct Written {
    std::string ldif;
    std::vector<Entry> entries;
    Summary summary;
};

Written write_region(const RegionOptions& options);

/// DN as entstream's own programs compare it. \throws std::runtime_error when it is not a DN
std::string normalised(const std::string& dn);

}  // namespace entstream::entgen
