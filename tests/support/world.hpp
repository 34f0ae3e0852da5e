#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "tests/support/servers_info.hpp"

/// The oracle of the end-to-end tests and of the demo: what the directory says and what Moodle holds, each read by the
/// plainest means and brought to one form that can be compared. It shares no code with the producer or the consumer.
namespace entstream::test {

/// One account, as both sides can show it.
struct Person {
    std::string firstname;
    std::string lastname;
    std::string email;

    auto operator<=>(const Person&) const = default;
};

/// (role shortname, context as "system", "category:<idnumber>" or "course:<idnumber>", username)
using RoleGrant = std::tuple<std::string, std::string, std::string>;

struct World {
    std::map<std::string, Person> people;                  ///< by username (lower-case uid); active accounts only
    std::map<std::string, std::set<std::string>> cohorts;  ///< usernames by cohort idnumber (cn of the group)
    std::set<RoleGrant> roles;

    [[nodiscard]] std::size_t memberships() const;
    bool operator==(const World&) const = default;
};

/// Reads the whole directory with ordinary searches. Members that name nobody, roles in contexts that Moodle does
/// not have, and roles that Moodle does not allow at their level are left out: nobody could apply them.
World read_directory(const ServersInfo& servers);

/// Reads accounts, cohorts and role assignments that entstream made. Suspended accounts are left out everywhere: what
/// they keep is a matter of policy, not of the directory.
World read_moodle(const ServersInfo& servers);

/// Violations of what must hold in Moodle whatever the directory says: duplicate rows, accounts without context,
/// assignments of nobody. Empty when all is well.
std::vector<std::string> moodle_violations(const ServersInfo& servers);

/// The first few differences, readable; empty when the worlds agree.
std::string difference(const World& directory, const World& moodle);

}  // namespace entstream::test
