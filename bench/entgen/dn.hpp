#pragma once

#include <string>
#include <string_view>

namespace entstream::entgen {

/// Attribute value as it stands in a distinguished name (RFC 4514 §2.4). UTF-8 stays as it is.
std::string escape_rdn_value(std::string_view value);

/// Places of the region's entries.
struct Tree {
    /// \param base_dn suffix of the directory; its first RDN must be `dc=`, `o=` or `ou=`
    /// \throws std::invalid_argument otherwise
    explicit Tree(std::string base_dn);

    std::string base;
    std::string base_attribute;  ///< `dc`, `o` or `ou`
    std::string base_value;
    std::string structures;
    std::string people;
    std::string groups;
    std::string roles;

    std::string structure_dn(std::string_view uai) const;
    std::string person_dn(std::string_view uid) const;
    std::string group_dn(std::string_view cn) const;
    std::string role_dn(std::string_view cn) const;
};

}  // namespace entstream::entgen
