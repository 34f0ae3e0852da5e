#include "bench/demo/live_changes.hpp"

#include <pqxx/pqxx>

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace entstream::demo {

namespace {

using test::DirectoryClient;
using test::FoundEntry;
using test::ServersInfo;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

std::string quoted(const std::string& text) {
    std::string result = "'";
    for (const char c : text) {
        result += c;
        if (c == '\'') {
            result += c;
        }
    }
    return result + "'";
}

struct Group {
    std::string dn;
    std::string cn;
    std::vector<std::string> members;
};

struct Person {
    std::string dn;
    std::string uid;
    std::string username;
};

/// Finds the people and groups that the changes are about.
class Cast {
  public:
    Cast(const ServersInfo& servers, DirectoryClient& client) : servers_(servers), client_(client) {}

    /// Groups or role objects that match and have at least that many members.
    std::vector<Group> groups(const std::string& branch, const std::string& filter, std::size_t least) {
        std::vector<Group> result;
        client_.search("ou=" + branch + "," + servers_.ldap_base, filter, {"cn", "member"},
                       [&](const FoundEntry& entry) {
                           if (entry.values[1].size() >= least) {
                               result.push_back({entry.dn, entry.values[0].front(), entry.values[1]});
                           }
                       });
        if (result.size() < 2) {
            throw std::runtime_error("the directory has no two entries " + filter + " in ou=" + branch);
        }
        return result;
    }

    /// The person that a member value names.
    Person person(const std::string& member) {
        const auto found = client_.find(member, "(objectClass=ENTPerson)", {"uid"});
        if (found.size() != 1) {
            throw std::runtime_error("no person " + member);
        }
        return {found[0].dn, found[0].values[0].front(), lower(found[0].values[0].front())};
    }

    /// A school's structure DN, as values of ENTEleveClasses begin with it.
    std::string structure() {
        return client_.find("ou=structures," + servers_.ldap_base, "(objectClass=ENTEtablissement)", {"1.1"}).at(0).dn;
    }

    [[nodiscard]] std::string people_base() const { return "ou=people," + servers_.ldap_base; }

  private:
    const ServersInfo& servers_;
    DirectoryClient& client_;
};

void add_pupil(DirectoryClient& client, const std::string& dn, const std::string& uid, const std::string& structure,
               const std::string& class_name) {
    client.add(dn, {{"objectClass", {"inetOrgPerson", "ENTPerson", "ENTEleve"}},
                    {"uid", {uid}},
                    {"cn", {"EXEMPLE Ada"}},
                    {"sn", {"EXEMPLE"}},
                    {"givenName", {"Ada"}},
                    {"mail", {lower(uid) + "@example.fr"}},
                    {"ENTPersonLogin", {lower(uid)}},
                    {"ENTPersonJointure", {"AC-DEMO$" + uid}},
                    {"ENTPersonStructRattach", {structure}},
                    {"ENTEleveStatutEleve", {"SCOLAIRE"}},
                    {"ENTEleveMEF", {"10210001110"}},
                    {"ENTEleveLibelleMEF", {"4EME"}},
                    {"ENTEleveNivFormation", {"4EME GENERALE"}},
                    {"ENTEleveFiliere", {"4EME GENERALE"}},
                    {"ENTEleveMajeur", {"N"}},
                    {"ENTEleveClasses", {structure + "$" + class_name}}});
}

std::string in_cohort(const std::string& username, const std::string& cohort) {
    return "EXISTS (SELECT 1 FROM mdl_cohort_members m JOIN mdl_cohort c ON c.id = m.cohortid JOIN mdl_user u ON u.id "
           "= "
           "m.userid WHERE u.username = " +
           quoted(username) + " AND u.suspended = 0 AND c.idnumber = " + quoted(cohort) + ")";
}

/// The last part of a group's name, after the colons: what a teacher would call it.
std::string short_name(const std::string& cn) {
    return cn.substr(cn.rfind(':') + 1);
}

long user_id(const ServersInfo& servers, const std::string& username) {
    pqxx::connection connection(servers.conninfo());
    pqxx::work work(connection);
    return work.exec1("SELECT id FROM mdl_user WHERE username = " + quoted(username))[0].as<long>();
}

}  // namespace

std::vector<LiveChange> live_changes(const ServersInfo& servers, DirectoryClient& client) {
    Cast cast(servers, client);
    const auto classes = cast.groups("groups", "(cn=*:Eleves_*)", 2);
    const auto teams = cast.groups("groups", "(cn=*:Profs_*)", 2);
    const auto courses = cast.groups("roles", "(cn=moodle:ENS:COURS:*)", 1);
    const std::string structure = cast.structure();
    const Group& from = classes[0];
    const Group& to = classes[1];
    std::vector<LiveChange> changes;

    const std::string new_dn = "uid=F26demo1," + cast.people_base();
    changes.push_back({.title = "new pupil, put into class " + short_name(from.cn),
                       .prepare = {},
                       .prepared = {},
                       .change =
                           [=, &client] {
                               add_pupil(client, new_dn, "F26demo1", structure, short_name(from.cn));
                               client.add_value(from.dn, "member", "uid=f26demo1," + new_dn.substr(13));
                           },
                       .expected = "SELECT " + in_cohort("f26demo1", from.cn),
                       .shown = "SELECT 'account ' || username || ' (id ' || id || '), member of " +
                                short_name(from.cn) + "' FROM mdl_user WHERE username = 'f26demo1'"});

    const Person mover = cast.person(from.members.front());
    const std::string moved_member = from.members.front();
    changes.push_back(
        {.title = "pupil changes class",
         .prepare = {},
         .prepared = {},
         .change =
             [=, &client] {
                 client.replace(mover.dn, "ENTEleveClasses", {structure + "$" + short_name(to.cn)});
                 client.remove_value(from.dn, "member", moved_member);
                 client.add_value(to.dn, "member", moved_member);
             },
         .expected = "SELECT " + in_cohort(mover.username, to.cn) + " AND NOT " + in_cohort(mover.username, from.cn),
         .shown = "SELECT username || ' left " + short_name(from.cn) + ", is in " + short_name(to.cn) +
                  "' FROM mdl_user WHERE username = " + quoted(mover.username)});

    const Person teacher = cast.person(teams[0].members.front());
    const std::string new_uid = teacher.uid + "n";
    const std::string new_name = lower(new_uid);
    changes.push_back(
        {.title = "teacher renamed (uid and name), while the group still holds the old DN",
         .prepare = {},
         .prepared = {},
         .change =
             [=, &client] {
                 client.replace(teacher.dn, "sn", {"DURAND-EXEMPLE"});
                 client.rename(teacher.dn, "uid=" + new_uid);
             },
         .expected = "SELECT " + in_cohort(new_name, teams[0].cn) +
                     " AND EXISTS (SELECT 1 FROM mdl_user WHERE lastname = 'DURAND-EXEMPLE' AND username = " +
                     quoted(new_name) + " AND id = " + std::to_string(user_id(servers, teacher.username)) + ")",
         .shown =
             "SELECT 'same account (id ' || id || '), now ' || username || ', membership kept' FROM mdl_user WHERE "
             "username = " +
             quoted(new_name)});

    changes.back().afterwards = [=, &servers, &client] {
        const std::string member = teams[0].members.front();
        for (const FoundEntry& group : client.find(servers.ldap_base, "(member=" + member + ")", {"1.1"})) {
            client.add_value(group.dn, "member", "uid=" + new_uid + member.substr(member.find(',')));
            client.remove_value(group.dn, "member", member);
        }
    };

    const std::string annex = "ou=annexe," + cast.people_base();
    const std::string annex_new = "ou=annexe-nord," + cast.people_base();
    changes.push_back(
        {.title = "subtree rename of two pupils' branch, then one gets a new address",
         .prepare =
             [=, &client] {
                 client.add(annex, {{"objectClass", {"organizationalUnit"}}, {"ou", {"annexe"}}});
                 for (const char* uid : {"F26demo2", "F26demo3"}) {
                     const std::string dn = std::string("uid=") + uid + "," + annex;
                     add_pupil(client, dn, uid, structure, short_name(to.cn));
                     client.add_value(to.dn, "member", dn);
                 }
             },
         .prepared = "SELECT " + in_cohort("f26demo2", to.cn) + " AND " + in_cohort("f26demo3", to.cn),
         .change =
             [=, &client] {
                 client.rename(annex, "ou=annexe-nord");
                 client.replace("uid=F26demo2," + annex_new, "mail", {"ada.nord@example.fr"});
             },
         .expected = "SELECT " + in_cohort("f26demo2", to.cn) + " AND " + in_cohort("f26demo3", to.cn) +
                     " AND EXISTS (SELECT 1 FROM mdl_user WHERE username = 'f26demo2' AND email = "
                     "'ada.nord@example.fr')",
         .shown = "SELECT count(*) || ' accounts and memberships kept, new address arrived' FROM mdl_user WHERE "
                  "suspended = 0 AND username IN ('f26demo2', 'f26demo3')"});

    const std::string leaver_member = to.members.back();
    const Person leaver = cast.person(leaver_member);
    changes.push_back(
        {.title = "pupil leaves, logged in at this moment",
         .prepare =
             [=, &servers] {
                 pqxx::connection connection(servers.conninfo());
                 pqxx::work work(connection);
                 work.exec0(
                     "INSERT INTO mdl_sessions (state, sid, userid, timecreated, timemodified, firstip, lastip) "
                     "SELECT 0, 'entstream-demo', id, 0, 0, '127.0.0.1', '127.0.0.1' FROM mdl_user WHERE "
                     "username = " +
                     quoted(leaver.username));
                 work.commit();
             },
         .prepared = {},
         .change = [=, &client] { client.remove(leaver.dn); },
         .expected =
             "SELECT EXISTS (SELECT 1 FROM mdl_user WHERE suspended = 1 AND username = " + quoted(leaver.username) +
             ") AND NOT EXISTS (SELECT 1 FROM mdl_sessions WHERE sid = 'entstream-demo')",
         .shown = "SELECT username || ' suspended, session ended' FROM mdl_user WHERE username = " +
                  quoted(leaver.username)});

    const Person promoted = cast.person(teams[1].members.back());
    const Group& course = *std::find_if(courses.begin(), courses.end(), [&](const Group& candidate) {
        return std::find(candidate.members.begin(), candidate.members.end(), teams[1].members.back()) ==
               candidate.members.end();
    });
    const std::string course_id = short_name(course.cn);
    const std::string grant =
        " FROM mdl_role_assignments a JOIN mdl_context x ON x.id = a.contextid AND x.contextlevel = 50 JOIN mdl_course "
        "k "
        "ON k.id = x.instanceid JOIN mdl_role r ON r.id = a.roleid JOIN mdl_user u ON u.id = a.userid WHERE k.idnumber "
        "= " +
        quoted(course_id) + " AND u.username = " + quoted(promoted.username);
    changes.push_back(
        {.title = "teacher gets a role in course " + course_id,
         .prepare = {},
         .prepared = {},
         .change = [dn = course.dn, member = promoted.dn, &client] { client.add_value(dn, "member", member); },
         .expected = "SELECT EXISTS (SELECT 1" + grant +
                     ") AND EXISTS (SELECT 1 FROM mdl_cache_flags f "
                     "JOIN mdl_user u ON f.name = u.id::text WHERE f.flagtype = 'accesslib/dirtyusers' "
                     "AND u.username = " +
                     quoted(promoted.username) + ")",
         .shown = "SELECT u.username || ' is ' || r.shortname || ' there, rights reloaded at the next "
                  "click'" +
                  grant});
    return changes;
}

}  // namespace entstream::demo
