#include "tests/support/world.hpp"

#include <fmt/format.h>
#include <pqxx/pqxx>

#include <algorithm>
#include <cctype>
#include <optional>
#include <sstream>

#include "tests/support/directory_client.hpp"

namespace entstream::test {

namespace {

constexpr std::size_t most_differences = 10;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

std::string first_of(const std::vector<std::string>& values) {
    return values.empty() ? "" : values.front();
}

/// The lower-case uid that a person's DN begins with; empty for the empty DN.
std::string uid_of_dn(const std::string& dn) {
    constexpr std::string_view prefix = "uid=";
    const std::string text = lower(dn);
    return text.starts_with(prefix) ? text.substr(prefix.size(), text.find(',') - prefix.size()) : "";
}

/// `moodle:<role>:<level>:<identifier>` taken apart, as the demo's region names its role objects.
struct RoleObject {
    std::string role;
    std::string context;
};

std::optional<RoleObject> decode_role(const std::string& cn) {
    std::istringstream parts(cn);
    std::string word;
    std::string role;
    std::string level;
    std::string identifier;
    std::getline(parts, word, ':');
    std::getline(parts, role, ':');
    std::getline(parts, level, ':');
    std::getline(parts, identifier);
    static const std::map<std::string, std::string> roles = {
        {"ENS", "editingteacher"}, {"TUT", "teacher"}, {"ADM", "manager"}};
    const auto name = roles.find(role);
    if (word != "moodle" || name == roles.end()) {
        return std::nullopt;
    }
    if (level == "SYS") {
        return RoleObject{name->second, "system"};
    }
    return RoleObject{name->second, (level == "CAT" ? "category:" : "course:") + identifier};
}

/// Places where Moodle has something to assign a role in.
std::set<std::string> contexts_of_moodle(pqxx::work& work) {
    std::set<std::string> contexts = {"system"};
    for (const auto& row : work.exec("SELECT 'category:' || idnumber FROM mdl_course_categories WHERE idnumber <> '' "
                                     "UNION SELECT 'course:' || idnumber FROM mdl_course WHERE idnumber <> ''")) {
        contexts.insert(row[0].as<std::string>());
    }
    return contexts;
}

/// Roles by the level that Moodle's own forms allow them at, as "teacher at course".
std::set<std::string> allowed_roles_of_moodle(pqxx::work& work) {
    std::set<std::string> allowed;
    for (const auto& row :
         work.exec("SELECT r.shortname || ' at ' || CASE l.contextlevel WHEN 10 THEN 'system' WHEN 40 "
                   "THEN 'category' ELSE 'course' END FROM mdl_role_context_levels l JOIN mdl_role r "
                   "ON r.id = l.roleid WHERE l.contextlevel IN (10, 40, 50)")) {
        allowed.insert(row[0].as<std::string>());
    }
    return allowed;
}

template <typename Set>
void compare_keys(const char* what, const Set& directory, const Set& moodle, std::vector<std::string>& lines) {
    for (const auto& key : directory) {
        if (!moodle.contains(key)) {
            lines.push_back(std::string(what) + " missing in Moodle: " + key);
        }
    }
    for (const auto& key : moodle) {
        if (!directory.contains(key)) {
            lines.push_back(std::string(what) + " too many in Moodle: " + key);
        }
    }
}

}  // namespace

std::size_t World::memberships() const {
    std::size_t count = 0;
    for (const auto& [cohort, members] : cohorts) {
        count += members.size();
    }
    return count;
}

World read_directory(const ServersInfo& servers) {
    World world;
    std::set<std::string> contexts;
    std::set<std::string> allowed;
    {
        pqxx::connection database(servers.conninfo());
        pqxx::work work(database);
        contexts = contexts_of_moodle(work);
        allowed = allowed_roles_of_moodle(work);
    }
    DirectoryClient client(servers.ldap_uri, servers.ldap_admin_dn, servers.ldap_admin_password);
    client.search("ou=people," + servers.ldap_base, "(objectClass=ENTPerson)", {"uid", "givenName", "sn", "mail"},
                  [&](const FoundEntry& entry) {
                      const std::string username = lower(first_of(entry.values[0]));
                      const std::string mail = first_of(entry.values[3]);
                      world.people[username] = {first_of(entry.values[1]), first_of(entry.values[2]),
                                                mail.empty() ? username + "@noreply.invalid" : mail};
                  });
    const auto members_of = [&](const FoundEntry& entry) {
        std::set<std::string> members;
        for (const std::string& dn : entry.values[1]) {
            const std::string username = uid_of_dn(dn);
            if (world.people.contains(username)) {
                members.insert(username);
            }
        }
        return members;
    };
    client.search("ou=groups," + servers.ldap_base, "(objectClass=groupOfNames)", {"cn", "member"},
                  [&](const FoundEntry& entry) { world.cohorts[first_of(entry.values[0])] = members_of(entry); });
    client.search(
        "ou=roles," + servers.ldap_base, "(objectClass=groupOfNames)", {"cn", "member"}, [&](const FoundEntry& entry) {
            const auto object = decode_role(first_of(entry.values[0]));
            if (object && contexts.contains(object->context) &&
                allowed.contains(object->role + " at " + object->context.substr(0, object->context.find(':')))) {
                for (const std::string& username : members_of(entry)) {
                    world.roles.emplace(object->role, object->context, username);
                }
            }
        });
    return world;
}

World read_moodle(const ServersInfo& servers) {
    World world;
    pqxx::connection database(servers.conninfo());
    pqxx::work work(database);
    for (const auto& row : work.exec("SELECT username, firstname, lastname, email FROM mdl_user "
                                     "WHERE auth = 'ldap' AND deleted = 0 AND suspended = 0")) {
        world.people[row[0].as<std::string>()] = {row[1].as<std::string>(), row[2].as<std::string>(),
                                                  row[3].as<std::string>()};
    }
    for (const auto& row : work.exec("SELECT c.idnumber, u.username FROM mdl_cohort c "
                                     "LEFT JOIN mdl_cohort_members m ON m.cohortid = c.id "
                                     "LEFT JOIN mdl_user u ON u.id = m.userid AND u.suspended = 0 "
                                     "WHERE c.component = 'local_entstream'")) {
        auto& members = world.cohorts[row[0].as<std::string>()];
        if (!row[1].is_null()) {
            members.insert(row[1].as<std::string>());
        }
    }
    for (const auto& row : work.exec(
             "SELECT r.shortname, CASE x.contextlevel WHEN 10 THEN 'system' WHEN 40 THEN 'category:' || g.idnumber "
             "WHEN 50 THEN 'course:' || k.idnumber END, u.username FROM mdl_role_assignments a "
             "JOIN mdl_role r ON r.id = a.roleid JOIN mdl_context x ON x.id = a.contextid "
             "JOIN mdl_user u ON u.id = a.userid AND u.suspended = 0 "
             "LEFT JOIN mdl_course_categories g ON x.contextlevel = 40 AND g.id = x.instanceid "
             "LEFT JOIN mdl_course k ON x.contextlevel = 50 AND k.id = x.instanceid "
             "WHERE a.component = 'local_entstream'")) {
        world.roles.emplace(row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<std::string>());
    }
    return world;
}

std::vector<std::string> moodle_violations(const ServersInfo& servers) {
    struct Rule {
        const char* what;
        const char* query;
    };
    static constexpr std::array rules = {
        Rule{
            "accounts with the same name",
            "SELECT count(*) FROM (SELECT 1 FROM mdl_user GROUP BY mnethostid, lower(username) HAVING count(*) > 1) d"},
        Rule{"accounts without a context",
             "SELECT count(*) FROM mdl_user u WHERE u.auth = 'ldap' AND NOT EXISTS (SELECT 1 FROM mdl_context x "
             "WHERE x.contextlevel = 30 AND x.instanceid = u.id AND x.path = '/1/' || x.id AND x.depth = 2)"},
        Rule{"cohorts with the same idnumber",
             "SELECT count(*) FROM (SELECT 1 FROM mdl_cohort WHERE idnumber <> '' GROUP BY idnumber "
             "HAVING count(*) > 1) d"},
        Rule{"role assignments twice",
             "SELECT count(*) FROM (SELECT 1 FROM mdl_role_assignments GROUP BY roleid, contextid, userid, component, "
             "itemid HAVING count(*) > 1) d"},
        Rule{"role assignments of nobody or nowhere",
             "SELECT count(*) FROM mdl_role_assignments a WHERE NOT EXISTS (SELECT 1 FROM mdl_user u WHERE u.id = "
             "a.userid) OR NOT EXISTS (SELECT 1 FROM mdl_context x WHERE x.id = a.contextid)"},
        Rule{"cohort members of nobody or nowhere",
             "SELECT count(*) FROM mdl_cohort_members m WHERE NOT EXISTS (SELECT 1 FROM mdl_user u WHERE u.id = "
             "m.userid) OR NOT EXISTS (SELECT 1 FROM mdl_cohort c WHERE c.id = m.cohortid)"},
        Rule{"touches that were never done", "SELECT count(*) FROM entstream.touch WHERE kind <> 'cohort_sync'"},
    };
    std::vector<std::string> violations;
    pqxx::connection database(servers.conninfo());
    pqxx::work work(database);
    if (work.exec1("SELECT to_regclass('entstream.touch') IS NULL")[0].as<bool>()) {
        return {"the consumer has not made its schema yet"};
    }
    for (const Rule& rule : rules) {
        const auto count = work.exec1(rule.query)[0].as<long>();
        if (count != 0) {
            violations.push_back(std::to_string(count) + " " + rule.what);
        }
    }
    return violations;
}

std::string difference(const World& directory, const World& moodle) {
    std::vector<std::string> lines;
    const auto keys = [](const auto& map) {
        std::set<std::string> result;
        for (const auto& [key, value] : map) {
            result.insert(key);
        }
        return result;
    };
    compare_keys("account", keys(directory.people), keys(moodle.people), lines);
    compare_keys("cohort", keys(directory.cohorts), keys(moodle.cohorts), lines);
    for (const auto& [username, person] : directory.people) {
        const auto other = moodle.people.find(username);
        if (other != moodle.people.end() && other->second != person) {
            lines.push_back("account " + username + " has other names or another address in Moodle");
        }
    }
    for (const auto& [idnumber, members] : directory.cohorts) {
        const auto other = moodle.cohorts.find(idnumber);
        if (other != moodle.cohorts.end()) {
            compare_keys(("member of " + idnumber).c_str(), members, other->second, lines);
        }
    }
    const auto text = [](const std::set<RoleGrant>& grants) {
        std::set<std::string> result;
        for (const auto& [role, context, username] : grants) {
            result.insert(fmt::format("{} in {} for {}", role, context, username));
        }
        return result;
    };
    compare_keys("role", text(directory.roles), text(moodle.roles), lines);
    std::string result;
    for (std::size_t i = 0; i < std::min(lines.size(), most_differences); ++i) {
        result += lines[i] + '\n';
    }
    if (lines.size() > most_differences) {
        result += "... and " + std::to_string(lines.size() - most_differences) + " more\n";
    }
    return result;
}

}  // namespace entstream::test
