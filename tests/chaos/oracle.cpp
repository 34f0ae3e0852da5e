#include "tests/chaos/oracle.hpp"

#include <fmt/format.h>
#include <pqxx/pqxx>

#include <array>
#include <optional>

namespace entstream::chaos {

struct Oracle::Moodle {
    struct Row {
        long id{};
        Account account;
    };
    struct Cohort {
        long id{};
        std::set<std::string> members;
    };
    std::map<std::string, Row> accounts;    ///< active ones, by username
    std::set<long> rows;                    ///< all accounts, suspended ones too
    std::map<std::string, Cohort> cohorts;  ///< by idnumber
    std::set<std::string> roles;            ///< "role in context for username"
    std::set<std::string> contexts;         ///< where a role can be assigned
    std::set<std::string> allowed;          ///< "role at level"
    std::vector<std::string> broken;        ///< what must never be
};

namespace {

std::string grant(const std::string& role, const std::string& context, const std::string& username) {
    return fmt::format("{} in {} for {}", role, context, username);
}

/// `moodle:<role>:<level>:<identifier>` taken apart; nothing where role or level is unknown.
struct RoleName {
    std::string role;
    std::string level;
    std::string context;
};

std::optional<RoleName> role_name(const std::string& cn) {
    static const std::map<std::string, std::string> roles = {
        {"ENS", "editingteacher"}, {"TUT", "teacher"}, {"ADM", "manager"}};
    static const std::map<std::string, std::string> levels = {
        {"COURS", "course"}, {"CAT", "category"}, {"SYS", "system"}};
    std::array<std::string, 3> words;
    std::size_t from = 0;
    for (std::string& word : words) {
        const auto colon = cn.find(':', from);
        if (colon == std::string::npos) {
            return std::nullopt;
        }
        word = cn.substr(from, colon - from);
        from = colon + 1;
    }
    const auto role = roles.find(words[1]);
    const auto level = levels.find(words[2]);
    if (words[0] != "moodle" || role == roles.end() || level == levels.end()) {
        return std::nullopt;
    }
    return RoleName{role->second, level->second,
                    level->second == "system" ? "system" : level->second + ":" + cn.substr(from)};
}

}  // namespace

Oracle::Moodle Oracle::read_moodle() const {
    Moodle moodle;
    pqxx::connection database(servers_.conninfo());
    database.set_variable("statement_timeout", "5000");
    pqxx::work work(database);
    for (const auto& row :
         work.exec("SELECT id, username, idnumber, firstname, lastname, email, institution, suspended "
                   "FROM mdl_user WHERE auth = 'ldap' AND deleted = 0")) {
        moodle.rows.insert(row[0].as<long>());
        if (row[7].as<int>() == 0) {
            moodle.accounts[row[1].c_str()] = {.id = row[0].as<long>(),
                                               .account = {row[1].c_str(), row[2].c_str(), row[3].c_str(),
                                                           row[4].c_str(), row[5].c_str(), row[6].c_str()}};
        }
    }
    for (const auto& row : work.exec("SELECT c.id, c.idnumber, u.username FROM mdl_cohort c "
                                     "LEFT JOIN mdl_cohort_members m ON m.cohortid = c.id "
                                     "LEFT JOIN mdl_user u ON u.id = m.userid AND u.suspended = 0 AND u.deleted = 0 "
                                     "WHERE c.component = 'local_entstream'")) {
        Moodle::Cohort& cohort = moodle.cohorts[row[1].c_str()];
        cohort.id = row[0].as<long>();
        if (!row[2].is_null()) {
            cohort.members.insert(row[2].c_str());
        }
    }
    for (const auto& row : work.exec(
             "SELECT r.shortname, CASE x.contextlevel WHEN 10 THEN 'system' WHEN 40 THEN 'category:' || g.idnumber "
             "WHEN 50 THEN 'course:' || k.idnumber ELSE 'elsewhere' END, u.username FROM mdl_role_assignments a "
             "JOIN mdl_role r ON r.id = a.roleid JOIN mdl_context x ON x.id = a.contextid "
             "JOIN mdl_user u ON u.id = a.userid AND u.suspended = 0 AND u.deleted = 0 "
             "LEFT JOIN mdl_course_categories g ON x.contextlevel = 40 AND g.id = x.instanceid "
             "LEFT JOIN mdl_course k ON x.contextlevel = 50 AND k.id = x.instanceid "
             "WHERE a.component = 'local_entstream'")) {
        moodle.roles.insert(grant(row[0].c_str(), row[1].c_str(), row[2].c_str()));
    }
    moodle.contexts.insert("system");
    for (const auto& row : work.exec("SELECT 'category:' || idnumber FROM mdl_course_categories WHERE idnumber <> '' "
                                     "UNION SELECT 'course:' || idnumber FROM mdl_course WHERE idnumber <> ''")) {
        moodle.contexts.insert(row[0].c_str());
    }
    for (const auto& row : work.exec("SELECT r.shortname || ' at ' || CASE l.contextlevel WHEN 10 THEN 'system' "
                                     "WHEN 40 THEN 'category' ELSE 'course' END FROM mdl_role_context_levels l "
                                     "JOIN mdl_role r ON r.id = l.roleid WHERE l.contextlevel IN (10, 40, 50)")) {
        moodle.allowed.insert(row[0].c_str());
    }
    static constexpr std::array<std::pair<const char*, const char*>, 4> rules = {{
        {"accounts share a name",
         "SELECT count(*) FROM (SELECT 1 FROM mdl_user GROUP BY lower(username) HAVING count(*) > 1) d"},
        {"cohorts share an idnumber",
         "SELECT count(*) FROM (SELECT 1 FROM mdl_cohort WHERE idnumber <> '' GROUP BY idnumber HAVING count(*) > 1) "
         "d"},
        {"role assignments are there twice",
         "SELECT count(*) FROM (SELECT 1 FROM mdl_role_assignments GROUP BY roleid, contextid, userid, component, "
         "itemid "
         "HAVING count(*) > 1) d"},
        {"accounts have no context",
         "SELECT count(*) FROM mdl_user u WHERE u.auth = 'ldap' AND NOT EXISTS (SELECT 1 FROM mdl_context x WHERE "
         "x.contextlevel = 30 AND x.instanceid = u.id)"},
    }};
    for (const auto& [what, query] : rules) {
        if (const auto count = work.exec1(query)[0].as<long>(); count != 0) {
            moodle.broken.push_back(fmt::format("{} {}", count, what));
        }
    }
    return moodle;
}

void Oracle::note(const DirectoryView& view) {
    for (const auto& [dn, uuid] : view.uuid_at) {
        once_at_[dn].insert(uuid);
    }
}

Oracle::Members Oracle::members_of(const GroupEntry& group, const DirectoryView& view) const {
    Members members;
    for (const std::string& value : group.members) {
        const std::string dn = normalised_dn(value);
        if (const auto now = view.uuid_at.find(dn); now != view.uuid_at.end()) {
            members[view.people.at(now->second).account.username] = true;
            continue;
        }
        const auto once = once_at_.find(dn);
        if (once == once_at_.end()) {
            continue;
        }
        for (const std::string& uuid : once->second) {
            if (const auto person = view.people.find(uuid); person != view.people.end()) {
                members.emplace(person->second.account.username, false);
            }
        }
    }
    return members;
}

void Oracle::compare_people(const DirectoryView& view, const Moodle& moodle, std::vector<std::string>& lines) const {
    std::set<std::string> wanted;
    for (const auto& [uuid, person] : view.people) {
        const std::string& username = person.account.username;
        wanted.insert(username);
        const auto row = moodle.accounts.find(username);
        if (row == moodle.accounts.end()) {
            lines.push_back("no active account " + username);
            continue;
        }
        if (row->second.account != person.account) {
            const Account& a = row->second.account;
            const Account& b = person.account;
            lines.push_back(fmt::format("account {} is ({}, {}, {}, {}, {}), the directory says ({}, {}, {}, {}, {})",
                                        username, a.idnumber, a.firstname, a.lastname, a.email, a.institution,
                                        b.idnumber, b.firstname, b.lastname, b.email, b.institution));
        }
        const auto former = account_rows_.find(uuid);
        if (former != account_rows_.end() && former->second != row->second.id) {
            lines.push_back(fmt::format("account {} is row {}, but this entry had row {}", username, row->second.id,
                                        former->second));
        }
    }
    for (const auto& [username, row] : moodle.accounts) {
        if (!wanted.contains(username)) {
            lines.push_back("account " + username + " is active, but nobody in the directory");
        }
    }
    for (const auto& [uuid, id] : account_rows_) {
        if (!moodle.rows.contains(id)) {
            lines.push_back(fmt::format("the account in row {} is gone", id));
        }
    }
}

void Oracle::compare_cohorts(const DirectoryView& view, const Moodle& moodle, std::vector<std::string>& lines) const {
    std::set<std::string> wanted;
    for (const auto& [uuid, group] : view.groups) {
        wanted.insert(group.cn);
        const auto cohort = moodle.cohorts.find(group.cn);
        if (cohort == moodle.cohorts.end()) {
            lines.push_back("no cohort " + group.cn);
            continue;
        }
        const auto former = cohort_rows_.find(uuid);
        if (former != cohort_rows_.end() && former->second != cohort->second.id) {
            lines.push_back("cohort " + group.cn + " is another row than before");
        }
        const Members members = members_of(group, view);
        for (const auto& [username, must] : members) {
            if (must && !cohort->second.members.contains(username)) {
                lines.push_back(username + " is missing in cohort " + group.cn);
            }
        }
        for (const std::string& username : cohort->second.members) {
            if (!members.contains(username)) {
                lines.push_back(username + " is in cohort " + group.cn + " and not in the group");
            }
        }
    }
    for (const auto& [idnumber, cohort] : moodle.cohorts) {
        if (!wanted.contains(idnumber)) {
            lines.push_back("cohort " + idnumber + " is no group of the directory");
        }
    }
}

void Oracle::compare_roles(const DirectoryView& view, const Moodle& moodle, std::vector<std::string>& lines) const {
    std::map<std::string, bool> wanted;
    for (const auto& [uuid, object] : view.roles) {
        const auto name = role_name(object.cn);
        if (!name || !moodle.contexts.contains(name->context) ||
            !moodle.allowed.contains(name->role + " at " + name->level)) {
            continue;
        }
        for (const auto& [username, must] : members_of(object, view)) {
            wanted[grant(name->role, name->context, username)] |= must;
        }
    }
    for (const auto& [text, must] : wanted) {
        if (must && !moodle.roles.contains(text)) {
            lines.push_back("no role " + text);
        }
    }
    for (const std::string& text : moodle.roles) {
        if (!wanted.contains(text)) {
            lines.push_back("role " + text + " is not in the directory");
        }
    }
}

std::vector<std::string> Oracle::differences() {
    test::DirectoryClient client(servers_.ldap_uri, servers_.ldap_admin_dn, servers_.ldap_admin_password);
    const DirectoryView view = read_directory_view(client, servers_.ldap_base);
    note(view);
    const Moodle moodle = read_moodle();
    std::vector<std::string> lines = moodle.broken;
    compare_people(view, moodle, lines);
    compare_cohorts(view, moodle, lines);
    compare_roles(view, moodle, lines);
    return lines;
}

void Oracle::remember_rows() {
    test::DirectoryClient client(servers_.ldap_uri, servers_.ldap_admin_dn, servers_.ldap_admin_password);
    const DirectoryView view = read_directory_view(client, servers_.ldap_base);
    const Moodle moodle = read_moodle();
    for (const auto& [uuid, person] : view.people) {
        if (const auto row = moodle.accounts.find(person.account.username); row != moodle.accounts.end()) {
            account_rows_.emplace(uuid, row->second.id);
        }
    }
    for (const auto& [uuid, group] : view.groups) {
        if (const auto row = moodle.cohorts.find(group.cn); row != moodle.cohorts.end()) {
            cohort_rows_.emplace(uuid, row->second.id);
        }
    }
}

void Oracle::forget() {
    once_at_.clear();
    account_rows_.clear();
    cohort_rows_.clear();
}

}  // namespace entstream::chaos
