#include "bench/entgen/dn.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace entstream::entgen {

std::string escape_rdn_value(std::string_view value) {
    constexpr std::string_view special = "\"+,;<>\\";
    std::string escaped;
    escaped.reserve(value.size() + 8);
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        const bool leading = i == 0 && (c == ' ' || c == '#');
        const bool trailing = i + 1 == value.size() && c == ' ';
        if (c == '\0') {
            escaped += "\\00";
            continue;
        }
        if (leading || trailing || special.find(c) != std::string_view::npos) {
            escaped += '\\';
        }
        escaped += c;
    }
    return escaped;
}

Tree::Tree(std::string base_dn) : base(std::move(base_dn)) {
    const std::size_t equals = base.find('=');
    const std::size_t comma = base.find(',');
    if (equals != std::string::npos && equals < comma) {
        base_attribute = base.substr(0, equals);
        base_value = base.substr(equals + 1, comma == std::string::npos ? comma : comma - equals - 1);
        std::transform(base_attribute.begin(), base_attribute.end(), base_attribute.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    }
    const bool known = base_attribute == "dc" || base_attribute == "o" || base_attribute == "ou";
    if (!known || base_value.empty() || base_value.find_first_of("\\+\"") != std::string::npos) {
        throw std::invalid_argument("base DN '" + base +
                                    "' cannot be made: its first part must be dc=…, o=… or ou=… without escapes, "
                                    "e.g. dc=ent,dc=example,dc=fr");
    }
    structures = "ou=structures," + base;
    people = "ou=people," + base;
    groups = "ou=groups," + base;
    roles = "ou=roles," + base;
}

std::string Tree::structure_dn(std::string_view uai) const {
    return std::string("ENTStructureUAI=").append(uai).append(",").append(structures);
}

std::string Tree::person_dn(std::string_view uid) const {
    return std::string("uid=").append(uid).append(",").append(people);
}

std::string Tree::group_dn(std::string_view cn) const {
    return "cn=" + escape_rdn_value(cn) + "," + groups;
}

std::string Tree::role_dn(std::string_view cn) const {
    return "cn=" + escape_rdn_value(cn) + "," + roles;
}

}  // namespace entstream::entgen
