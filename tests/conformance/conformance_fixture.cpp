#include "tests/conformance/conformance_fixture.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "common/kafka/transactional_producer.hpp"
#include "producer/sync/cookie.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {

namespace {

constexpr const char* marker_prefix = "marker";

std::string octets_of_uuid(const std::string& text) {
    return Uuid::from_text(text)->to_bytes();
}

std::vector<std::string> sorted(std::vector<std::string> values) {
    std::sort(values.begin(), values.end());
    return values;
}

using ComparedAttributes = std::map<std::string, std::vector<std::string>>;
using ComparedEntries = std::map<std::string, std::pair<std::string, ComparedAttributes>>;  ///< by UUID
using ComparedMembers = std::map<std::pair<std::string, std::string>, std::string>;         ///< by parent and value

}  // namespace

ServersInfo info_of(const Slapd& slapd) {
    ServersInfo info = ServersInfo::from(servers().environment());
    info.ldap_uri = slapd.uri();
    info.ldap_base = Slapd::suffix;
    info.ldap_admin_dn = Slapd::admin_dn;
    info.ldap_admin_password = Slapd::password;
    info.ldap_bind_dn = Slapd::reader_dn;
    info.ldap_bind_password = Slapd::password;
    return info;
}

Stopped::Stopped(pid_t pid) : pid_(pid) {
    ::kill(pid, SIGSTOP);
    int status = 0;
    ::waitpid(pid, &status, WUNTRACED);  // all its threads stand still from here
}

void Stopped::end() const {
    ::kill(pid_, SIGCONT);
}

std::string Conformance::config_text() const {
    const std::string bind = info_.ldap_bind_dn.empty()
                                 ? ""
                                 : "bind_dn = \"" + info_.ldap_bind_dn + "\"\nbind_password_env = \"LDAP_PASSWORD\"";
    return fmt::format(
        R"toml(source = "{source}"

[producer]
heartbeat_interval = "1s"
probe_interval = "{probe}"
{more}
[ldap]
uri = "{uri}"
{bind}
{more_ldap}

[kafka]
bootstrap_servers = "{bootstrap}"
replication_factor = 1

[[search]]
name = "users"
kind = "user"
base = "{users_base}"
filter = "{users_filter}"
attributes = ["{attributes}"]

[[search]]
name = "groups"
kind = "group"
base = "ou=groups,{base}"
filter = "(objectClass=groupOfNames)"
attributes = ["cn", "description"]
)toml",
        fmt::arg("source", source_), fmt::arg("more", more_config_), fmt::arg("probe", probe_interval_),
        fmt::arg("more_ldap", more_ldap_config_), fmt::arg("uri", ldap_uri_.empty() ? info_.ldap_uri : ldap_uri_),
        fmt::arg("bind", bind), fmt::arg("bootstrap", info_.kafka_bootstrap), fmt::arg("base", base_),
        fmt::arg("users_base", users_base_), fmt::arg("users_filter", users_filter_),
        fmt::arg("attributes", fmt::join(user_attributes_, "\", \"")));
}

void Conformance::add_container(const std::string& name, const std::string& parent) {
    directory_.add("ou=" + name + ',' + (parent.empty() ? base_ : parent),
                   {{"objectClass", {"organizationalUnit"}}, {"ou", {name}}});
}

void Conformance::add_person(const std::string& name, const std::string& parent,
                             const DirectoryClient::Attributes& more) {
    DirectoryClient::Attributes attributes = {
        {"objectClass", {"inetOrgPerson"}}, {"uid", {name}}, {"cn", {name}}, {"sn", {"x"}}};
    attributes.insert(attributes.end(), more.begin(), more.end());
    directory_.add("uid=" + name + ',' + (parent.empty() ? people() : parent), attributes);
}

std::string Conformance::created(const std::string& name, const std::string& container) {
    return fmt::format("create user {0} uid={0},{1} {{sn=x uid={0}}}", name, container);
}

std::string Conformance::csn_of(const std::string& dn) {
    return directory_.find(dn, "(objectClass=*)", {"entryCSN"}).at(0).values.at(0).at(0);
}

std::vector<std::string> Conformance::context_csns() {
    return directory_.find(info_.ldap_base, "(objectClass=dcObject)", {"contextCSN"}).at(0).values.at(0);
}

Lines Conformance::stream() {
    start();
    await_streaming();
    return published();
}

Published& Conformance::log() {
    if (!published_log_) {
        published_log_.emplace(kafka_, source_, base_, marker_prefix);
    }
    return *published_log_;
}

Lines Conformance::published() {
    const std::string name = marker_prefix + std::to_string(++markers_);
    const std::string group = name + "group";
    add_person(name, marker_parent_, {{"employeeType", {"staff"}}});
    add_group(group, {"uid=" + name + ',' + marker_parent_});
    EXPECT_TRUE(wait_until([&] {
        log().read();
        return log().has_member(group, name);
    })) << program_->err();
    return log().take();
}

Lines Conformance::published_sorted() {
    return sorted(published());
}

Lines Conformance::until(const std::string& line) {
    Lines before;
    const bool came = wait_until([&] {
        log().read();
        const Lines lines = log().take();
        before.insert(before.end(), lines.begin(), lines.end());
        return std::find(before.begin(), before.end(), line) != before.end();
    });
    EXPECT_TRUE(came) << "no record \"" << line << "\", but: " << fmt::format("{}", fmt::join(before, "; ")) << '\n'
                      << program_->err();
    if (came) {
        EXPECT_EQ(before.back(), line) << "records after it";
        before.pop_back();
    }
    return before;
}

void Conformance::expect_log_equals_directory() {
    log().read();
    ComparedEntries expected;
    ComparedMembers expected_members;
    std::map<std::string, std::string> uuid_of_dn;
    const auto compare = [&](const std::string& base, const std::string& filter,
                             const std::vector<std::string>& attributes) {
        std::vector<std::string> asked = attributes;
        asked.insert(asked.end(), {"entryUUID", "member"});
        for (const FoundEntry& found : directory_.find(base, filter, asked)) {
            const std::string uuid = octets_of_uuid(found.values[attributes.size()].at(0));
            auto& [dn, values] = expected[uuid];
            dn = found.dn;
            for (std::size_t i = 0; i < attributes.size(); ++i) {
                if (!found.values[i].empty()) {
                    values[attributes[i]] = sorted(found.values[i]);
                }
            }
            for (const std::string& member : found.values[attributes.size() + 1]) {
                expected_members[{uuid, member}] = uuid_of_dn.contains(member) ? uuid_of_dn.at(member) : "";
            }
            uuid_of_dn[found.dn] = uuid;
        }
    };
    std::vector<std::string> of_users = user_attributes_;
    of_users.emplace_back("createTimestamp");
    compare(users_base_, users_filter_, of_users);
    compare("ou=groups," + base_, "(objectClass=groupOfNames)", {"cn", "description", "createTimestamp"});

    ComparedEntries actual;
    for (const auto& [key, change] : log().entries()) {
        auto& [dn, values] = actual[change.uuid()];
        dn = change.dn();
        for (const v1::Attribute& attribute : change.attributes()) {
            values[attribute.name()] = sorted({attribute.values().begin(), attribute.values().end()});
        }
    }
    ComparedMembers actual_members;
    for (const auto& [key, change] : log().members()) {
        actual_members[{change.uuid(), change.member().value()}] = change.member().member_uuid();
    }
    EXPECT_EQ(actual.size(), expected.size());
    EXPECT_TRUE(actual == expected);
    EXPECT_EQ(actual_members.size(), expected_members.size());
    EXPECT_TRUE(actual_members == expected_members);
}

bool Conformance::said(const std::string& words) const {
    return program_->err().find(words) != std::string::npos;
}

void Conformance::await_words(const std::string& words) {
    ASSERT_TRUE(wait_until([&] { return said(words); })) << '"' << words << "\" is not in:\n" << program_->err();
}

void Conformance::await_changes(std::size_t enough) {
    ASSERT_TRUE(wait_until([&] {
        try {
            log().read();
            return log().changes().size() >= enough;
        } catch (const kafka::TopicMissing&) {
            return false;
        }
    })) << program_->err();
}

v1::SearchState Conformance::stored(const std::string& search) {
    v1::SearchState state;
    kafka::read_to_end(kafka_, Topics::of(kafka_.topic_prefix, source_).state, [&](const kafka::Record& record) {
        if (record.key() == "search/" + search && record.value()) {
            EXPECT_TRUE(state.ParseFromString(std::string(*record.value())));
        }
    });
    return state;
}

void Conformance::await_stored(const std::vector<std::string>& csns, const std::string& search) {
    EXPECT_TRUE(wait_until([&] { return producer::sync::Cookie::parse(stored(search).cookie()).has_reached(csns); }))
        << fmt::format("{}", fmt::join(csns, " ")) << " is not reached by " << stored(search).cookie();
}

void Conformance::alter_stored(const std::string& search, const std::function<void(v1::SearchState&)>& alter) {
    v1::SearchState state = stored(search);
    alter(state);
    const std::string topic = Topics::of(kafka_.topic_prefix, source_).state;
    kafka::TransactionalProducer writer(kafka_, "test." + source_, {topic});
    writer.init();
    writer.begin();
    writer.produce(topic, "search/" + search, state.SerializeAsString());
    writer.commit();
}

}  // namespace entstream::test
