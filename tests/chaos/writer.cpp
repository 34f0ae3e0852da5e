#include "tests/chaos/writer.hpp"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <stdexcept>

namespace entstream::chaos {

namespace {

using Attributes = test::DirectoryClient::Attributes;

std::string rdn_of(const std::string& dn) {
    return dn.substr(0, dn.find(','));
}
std::string parent_of(const std::string& dn) {
    return dn.substr(dn.find(',') + 1);
}

template <typename Map>
std::vector<std::string> keys_of(const Map& map) {
    std::vector<std::string> keys;
    keys.reserve(map.size());
    for (const auto& [key, value] : map) {
        keys.push_back(key);
    }
    return keys;
}

constexpr const char* witness = "uid=witness";
constexpr const char* box = "ou=box";

}  // namespace

/// One visit: a connection and what the directory said at its start. Errors of single changes are swallowed.
class Writer::Session {
  public:
    Session(const test::ServersInfo& servers, Oracle& oracle)
        : base_(servers.ldap_base),
          client_(servers.ldap_uri, servers.ldap_admin_dn, servers.ldap_admin_password),
          oracle_(oracle) {
        look();
    }

    void look() {
        view_ = read_directory_view(client_, base_);
        oracle_.note(view_);
        people_.clear();
        for (const auto& [uuid, person] : view_.people) {
            if (!person.dn.starts_with(witness)) {
                people_.push_back(&person);
            }
        }
    }
    static bool attempt(const std::function<void()>& change) {
        try {
            change();
            return true;
        } catch (const std::runtime_error&) {
            return false;
        }
    }

    [[nodiscard]] std::string people_base() const { return "ou=people," + base_; }
    [[nodiscard]] std::string groups_base() const { return "ou=groups," + base_; }
    [[nodiscard]] std::string outside() const { return "ou=outside," + base_; }
    test::DirectoryClient& client() { return client_; }
    [[nodiscard]] const DirectoryView& view() const { return view_; }
    [[nodiscard]] bool has_people() const { return people_.size() > 2; }

    const PersonEntry& person(Random& random) { return *random.one_of(people_); }
    const GroupEntry& group(Random& random) { return view_.groups.at(random.one_of(keys_of(view_.groups))); }
    const GroupEntry& role(Random& random) { return view_.roles.at(random.one_of(keys_of(view_.roles))); }

    bool add_pupil(const std::string& uid, const std::string& parent, const std::string& name) {
        const std::string school = "ENTStructureUAI=0359001U,ou=structures," + base_;
        return attempt([&] {
            client_.add("uid=" + uid + "," + parent, {{"objectClass", {"inetOrgPerson", "ENTPerson", "ENTEleve"}},
                                                      {"uid", {uid}},
                                                      {"cn", {name + " Chaos"}},
                                                      {"sn", {name}},
                                                      {"givenName", {"Chaos"}},
                                                      {"ENTPersonLogin", {uid}},
                                                      {"ENTPersonJointure", {"AC-CHAOS$" + uid}},
                                                      {"ENTPersonStructRattach", {school}},
                                                      {"ENTEleveStatutEleve", {"SCOLAIRE"}},
                                                      {"ENTEleveMEF", {"10210001110"}},
                                                      {"ENTEleveLibelleMEF", {"4EME"}},
                                                      {"ENTEleveNivFormation", {"4EME GENERALE"}},
                                                      {"ENTEleveFiliere", {"4EME GENERALE"}},
                                                      {"ENTEleveMajeur", {"N"}},
                                                      {"ENTEleveClasses", {school + "$4EME1"}}});
        });
    }
    void add_member(const std::string& group, const std::string& member) {
        attempt([&] { client_.add_value(group, "member", member); });
    }
    void remove_member(const std::string& group, const std::string& member) {
        attempt([&] { client_.remove_value(group, "member", member); });
    }
    /// What an administrator (or refint) does after a rename: each value at or below `from` gets the new end.
    void mend_members(const std::string& from, const std::string& to) {
        for (const auto* entries : {&view_.groups, &view_.roles}) {
            for (const auto& [uuid, group] : *entries) {
                for (const std::string& member : group.members) {
                    const std::string low = lower_case(member);
                    if (low.ends_with(lower_case(from))) {
                        add_member(group.dn, member.substr(0, member.size() - from.size()) + to);
                        remove_member(group.dn, member);
                    }
                }
            }
        }
    }
    /// The container of people that stands below `parent`; empty if none does.
    std::string box_below(const std::string& parent) {
        const auto found = client_.find(parent, "(&(objectClass=organizationalUnit)(ou=box*))", {"1.1"});
        return found.empty() ? "" : found.front().dn;
    }

  private:
    std::string base_;
    test::DirectoryClient client_;
    Oracle& oracle_;
    DirectoryView view_;
    std::vector<const PersonEntry*> people_;
};

void Writer::prepare(Random& random) {
    Session session(servers_, oracle_);
    const auto container = [&](const std::string& name, const std::string& parent) {
        session.client().add("ou=" + name + "," + parent, {{"objectClass", {"organizationalUnit"}}, {"ou", {name}}});
    };
    container("outside", servers_.ldap_base);
    container("box", session.people_base());
    session.add_pupil("witness", session.people_base(), "Witness");
    constexpr int boxed = 6;
    for (int i = 0; i < boxed; ++i) {
        const PersonEntry& person = session.person(random);
        const std::string old = person.dn;
        const std::string parent = std::string(box) + "," + session.people_base();
        if (Session::attempt([&] { session.client().rename(old, rdn_of(old), parent); })) {
            session.mend_members(old, rdn_of(old) + "," + parent);
        }
    }
}

bool Writer::write_witness() {
    try {
        test::DirectoryClient client(servers_.ldap_uri, servers_.ldap_admin_dn, servers_.ldap_admin_password);
        client.replace(std::string(witness) + ",ou=people," + servers_.ldap_base, "givenName",
                       {fmt::format("Seen {}", ++count_)});
        return true;
    } catch (const std::runtime_error&) {
        return false;
    }
}

void Writer::some_changes(Random& random, std::size_t count) {
    try {
        Session session(servers_, oracle_);
        auto& client = session.client();
        for (std::size_t i = 0; i < count && session.has_people(); ++i) {
            const PersonEntry person = session.person(random);
            const GroupEntry group = session.group(random);
            const GroupEntry other = session.group(random);
            const std::string serial = std::to_string(++count_);
            constexpr std::size_t kinds = 10;
            switch (random.below(kinds)) {
                case 0:
                    Session::attempt([&] { client.replace(person.dn, "sn", {"NOM " + serial}); });
                    break;
                case 1:
                    Session::attempt([&] { client.replace(person.dn, "mail", {"a" + serial + "@Example.fr"}); });
                    break;
                case 2:
                    session.add_pupil("new" + serial, session.people_base(), "NOUVEAU" + serial);
                    session.add_member(group.dn, "uid=new" + serial + "," + session.people_base());
                    break;
                case 3:  // the member first, the person after it
                    session.add_member(group.dn, "UID=early" + serial + ", " + session.people_base());
                    session.add_pupil("early" + serial, session.people_base(), "TOT" + serial);
                    break;
                case 4:  // leaves, and the groups may forget it
                    if (Session::attempt([&] { client.remove(person.dn); }) && random.one_in(2)) {
                        for (const auto& [uuid, each] : session.view().groups) {
                            session.remove_member(each.dn, person.dn);
                        }
                    }
                    break;
                case 5:
                    session.add_member(group.dn, person.dn);
                    break;
                case 6:
                    if (!group.members.empty()) {
                        const std::string member = random.one_of(group.members);
                        session.add_member(other.dn, member);
                        if (other.dn != group.dn) {
                            session.remove_member(group.dn, member);
                        }
                    }
                    break;
                case 7: {
                    const std::string rdn = "uid=ren" + serial;
                    if (Session::attempt([&] { client.rename(person.dn, rdn); }) && random.one_in(2)) {
                        session.mend_members(person.dn, rdn + "," + parent_of(person.dn));
                    }
                    break;
                }
                case 8:
                    session.add_member(session.role(random).dn, person.dn);
                    break;
                default:
                    if (random.one_in(2) && session.view().groups.size() > 3) {
                        Session::attempt([&] { client.remove(group.dn); });
                    } else {
                        Session::attempt([&] {
                            const std::string cn = "ent:Etablissements:groupe" + serial;
                            client.add("cn=" + cn + "," + session.groups_base(),
                                       {{"objectClass", {"groupOfNames"}}, {"cn", {cn}}, {"member", {person.dn}}});
                        });
                    }
            }
            session.look();
        }
    } catch (const std::runtime_error&) {
        return;  // the directory is away: nobody writes
    }
}

void Writer::remove_and_add_again(Random& random) {
    Session session(servers_, oracle_);
    const GroupEntry group = session.group(random);
    const PersonEntry person = session.person(random);
    session.add_member(group.dn, person.dn);
    session.add_member(session.role(random).dn, person.dn);
    Session::attempt([&] { session.client().remove(person.dn); });
    const std::string uid = rdn_of(person.dn).substr(rdn_of(person.dn).find('=') + 1);
    session.add_pupil(uid, parent_of(person.dn), "REVENU" + std::to_string(++count_));
}

void Writer::swap_uids(Random& random, bool mend_groups) {
    Session session(servers_, oracle_);
    const std::string a = session.person(random).dn;
    const std::string b = session.person(random).dn;
    if (a == b) {
        return;
    }
    const std::string between = "uid=between" + std::to_string(++count_);
    const std::string a_now = rdn_of(b) + "," + parent_of(a);
    const std::string b_now = rdn_of(a) + "," + parent_of(b);
    const bool swapped = Session::attempt([&] {
        session.client().rename(a, between);
        session.client().rename(b, rdn_of(a));
        session.client().rename(between + "," + parent_of(a), rdn_of(b));
    });
    if (swapped && mend_groups) {
        session.mend_members(a, "uid=parked," + session.people_base());
        session.look();
        session.mend_members(b, b_now);
        session.look();
        session.mend_members("uid=parked," + session.people_base(), a_now);
    }
}

void Writer::rename_container(Random& random, bool mend_groups) {
    Session session(servers_, oracle_);
    const std::string from = session.box_below(session.people_base());
    if (from.empty()) {
        return;
    }
    const std::string rdn = fmt::format("ou=box{}", random.below(1000));
    if (Session::attempt([&] { session.client().rename(from, rdn); }) && mend_groups) {
        session.mend_members(from, rdn + "," + session.people_base());
    }
}

void Writer::move_container_out() {
    Session session(servers_, oracle_);
    const std::string from = session.box_below(session.people_base());
    if (!from.empty()) {
        Session::attempt([&] { session.client().rename(from, rdn_of(from), session.outside()); });
    }
}

void Writer::move_container_in() {
    Session session(servers_, oracle_);
    const std::string from = session.box_below(session.outside());
    if (!from.empty()) {
        Session::attempt([&] { session.client().rename(from, rdn_of(from), session.people_base()); });
    }
}

void Writer::add_people_outside(Random& random) {
    Session session(servers_, oracle_);
    const std::string container = session.box_below(session.outside());
    if (container.empty()) {
        return;
    }
    for (std::size_t left = 1 + random.below(3); left > 0; --left) {
        const std::string uid = "far" + std::to_string(++count_);
        session.add_pupil(uid, container, "LOINTAIN");
        session.add_member(session.group(random).dn,
                           "uid=" + uid + "," + rdn_of(container) + "," + session.people_base());
    }
}

void Writer::rename_group(Random& random) {
    Session session(servers_, oracle_);
    const std::string dn = session.group(random).dn;
    Session::attempt([&] { session.client().rename(dn, "cn=ent:Etablissements:renomme" + std::to_string(++count_)); });
}

void Writer::change_many_members(Random& random) {
    Session session(servers_, oracle_);
    std::vector<std::string> members;
    for (const auto& [uuid, person] : session.view().people) {
        if (!random.one_in(3)) {
            members.push_back(person.dn);
        }
    }
    const std::string dn = session.group(random).dn;
    Session::attempt([&] { session.client().replace(dn, "member", members); });
}

void Writer::make_role_unknown(Random& random) {
    Session session(servers_, oracle_);
    const GroupEntry role = session.role(random);
    const std::string rest = role.cn.substr(role.cn.find(':', role.cn.find(':') + 1) + 1);
    Session::attempt([&] { session.client().rename(role.dn, "cn=moodle:RIEN:" + rest); });
}

void Writer::make_role_known() {
    Session session(servers_, oracle_);
    for (const auto& [uuid, role] : session.view().roles) {
        constexpr std::string_view unknown = "moodle:RIEN:";
        if (role.cn.starts_with(unknown)) {
            const std::string dn = role.dn;
            Session::attempt(
                [&, cn = role.cn] { session.client().rename(dn, "cn=moodle:ENS:" + cn.substr(unknown.size())); });
        }
    }
}

void Writer::add_under_backlog(Random& random) {
    Session session(servers_, oracle_);
    const std::string uid = "back" + std::to_string(++count_);
    const std::string dn = "uid=" + uid + "," + session.people_base();
    session.add_member(session.group(random).dn, dn);
    session.add_pupil(uid, session.people_base(), "FILE");
    Session::attempt([&] { session.client().remove(dn); });
    session.add_pupil(uid, session.people_base(), "FILE");
    session.add_member(session.group(random).dn, dn);
}

}  // namespace entstream::chaos
