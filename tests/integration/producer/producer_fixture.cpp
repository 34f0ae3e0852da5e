#include "tests/integration/producer/producer_fixture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tests/support/wait.hpp"

namespace entstream::test {

namespace {

const auto* const installed = Servers::install();

std::string name_of_test() {
    const auto* const test = ::testing::UnitTest::GetInstance()->current_test_info();
    std::string name = std::string("test-") + test->test_suite_name() + '-' + test->name();
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return c == '/' || c == '_' ? '-' : static_cast<char>(std::tolower(c)); });
    return name;
}

std::size_t occurrences(const std::string& text, const std::string& word) {
    std::size_t count = 0;
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
        ++count;
    }
    return count;
}

void add_suffix(DirectoryClient& directory, const std::string& suffix) {
    try {
        directory.add(suffix, {{"objectClass", {"dcObject", "organization"}},
                               {"dc", {suffix.substr(3, suffix.find(',') - 3)}},
                               {"o", {"test"}}});
    } catch (const std::runtime_error&) {
        // A former test has added it.
        if (directory.find(suffix, "(objectClass=dcObject)", {"dc"}).empty()) {
            throw;
        }
    }
}

}  // namespace

const Servers& servers() {
    return *installed;
}

ProducerTest::ProducerTest(ServersInfo info)
    : info_(std::move(info)),
      ldap_password_(info_.ldap_bind_password),
      source_(name_of_test()),
      base_("ou=" + source_ + ',' + info_.ldap_base),
      directory_(info_.ldap_uri, info_.ldap_admin_dn, info_.ldap_admin_password) {
    kafka_.bootstrap_servers = info_.kafka_bootstrap;
    add_suffix(directory_, info_.ldap_base);
    for (const std::string& dn : {base_, "ou=people," + base_, "ou=groups," + base_}) {
        const std::string name = dn.substr(3, dn.find(',') - 3);
        directory_.add(dn, {{"objectClass", {"organizationalUnit"}}, {"ou", {name}}});
    }
}

std::string ProducerTest::config_text() const {
    return fmt::format(R"toml(source = "{source}"

[producer]
heartbeat_interval = "1s"
probe_interval = "1s"
{more}
[ldap]
uri = "{uri}"
bind_dn = "{bind_dn}"
bind_password_env = "LDAP_PASSWORD"

[kafka]
bootstrap_servers = "{bootstrap}"
replication_factor = 1

[[search]]
name = "users"
kind = "user"
base = "{base}"
filter = "{users_filter}"
attributes = [{attributes}]

[[search]]
name = "groups"
kind = "group"
base = "ou=groups,{base}"
filter = "(objectClass=groupOfNames)"
attributes = ["cn", "description"]
)toml",
                       fmt::arg("source", source_), fmt::arg("attributes", attributes_), fmt::arg("more", more_config_),
                       fmt::arg("uri", info_.ldap_uri), fmt::arg("bind_dn", info_.ldap_bind_dn),
                       fmt::arg("bootstrap", info_.kafka_bootstrap), fmt::arg("base", base_),
                       fmt::arg("users_filter", users_filter_));
}

std::vector<std::string> ProducerTest::command() const {
    return {program_path("entstream-producer").string(), "--config", (dir_.path() / "producer.toml").string()};
}

void ProducerTest::start() {
    static_cast<void>(dir_.write("producer.toml", config_text()));
    program_ = std::make_unique<Process>(command(), environment());
    streamings_ = 0;
}

void ProducerTest::await_streaming() {
    ++streamings_;
    ASSERT_TRUE(wait_until([this] {
        return !program_->running() || occurrences(program_->err(), "streaming: ") >= streamings_;
    })) << program_->err();
    ASSERT_TRUE(program_->running()) << program_->err();
}

void ProducerTest::stop() {
    program_->terminate();
    const Exit exit = program_->wait();
    EXPECT_EQ(exit.status, 0) << exit.err;
}

void ProducerTest::kill() {
    program_->kill();
    program_->wait();
}

Exit ProducerTest::run_program(const std::vector<std::string>& more) {
    static_cast<void>(dir_.write("producer.toml", config_text()));
    std::vector<std::string> with_more = command();
    with_more.insert(with_more.end(), more.begin(), more.end());
    return Process::run(with_more, environment());
}

LogView& ProducerTest::log() {
    if (!log_) {
        log_.emplace(kafka_, source_);
    }
    return *log_;
}

std::vector<std::string> ProducerTest::events() {
    const std::string marker = "marker" + std::to_string(++markers_);
    add_user(marker);
    return log().until("create user " + marker);
}

void ProducerTest::add_user(const std::string& name, const std::string& sn) {
    directory_.add(user_dn(name), {{"objectClass", {"inetOrgPerson"}}, {"uid", {name}}, {"cn", {name}}, {"sn", {sn}}});
}

void ProducerTest::add_group(const std::string& name, const std::vector<std::string>& members) {
    directory_.add(group_dn(name), {{"objectClass", {"groupOfNames"}}, {"cn", {name}}, {"member", members}});
}

void ProducerTest::expect_log_equals_directory() {
    log().rest();
    std::map<std::string, LogView::User> users;
    std::map<std::string, std::string> names;
    for (const FoundEntry& found : directory_.find(base_, "(objectClass=inetOrgPerson)", {"uid", "sn"})) {
        const std::string& uid = found.values[0].at(0);
        users[uid] = {.dn = found.dn, .sn = found.values[1].at(0)};
        names[found.dn] = uid;
    }
    std::map<std::string, std::set<std::string>> members;
    for (const FoundEntry& found : directory_.find(base_, "(objectClass=groupOfNames)", {"cn", "member"})) {
        for (const std::string& dn : found.values[1]) {
            if (const auto name = names.find(dn); name != names.end()) {
                members[found.values[0].at(0)].insert(name->second);
            }
        }
    }
    EXPECT_EQ(log().users().size(), users.size());
    EXPECT_TRUE(log().users() == users);
    EXPECT_EQ(log().members(), members);
    EXPECT_LE(log().most_creates(), 1);
}

}  // namespace entstream::test
