#include "bench/entgen/summary.hpp"

#include <nlohmann/json.hpp>

namespace entstream::entgen {

std::string Summary::to_json() const {
    const nlohmann::ordered_json json{
        {"seed", seed},
        {"entries", entries},
        {"schools", schools},
        {"people", people},
        {"pupils", pupils},
        {"teachers", teachers},
        {"staff", staff},
        {"parents", parents},
        {"teachers_in_several_schools", teachers_in_several_schools},
        {"groups", groups},
        {"empty_groups", empty_groups},
        {"group_members", group_members},
        {"roles", roles},
        {"role_members", role_members},
        {"members", group_members + role_members},
        {"courses", courses},
        {"unresolved_roles", unresolved_roles},
        {"unresolved_role_members", unresolved_role_members},
    };
    return json.dump();
}

}  // namespace entstream::entgen
