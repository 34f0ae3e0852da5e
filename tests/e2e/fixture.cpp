#include "tests/e2e/fixture.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <stdexcept>

#include "tests/support/wait.hpp"

namespace entstream::test {

namespace {

Servers* const servers = Servers::install();

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

}  // namespace

Servers& shared_servers() {
    return *servers;
}

void EndToEnd::SetUp() {
    static int number = 0;
    dir_ = std::make_unique<TempDir>();
    servers_ = ServersInfo::from(servers->environment());
    const RegionOptions region{.schools = 1, .people = 0, .seed = 1};
    load_directory(servers_, region, dir_->path());
    load_moodle(servers_, region, dir_->path());
    pipeline_ = std::make_unique<Pipeline>(servers_, "test" + std::to_string(++number), dir_->path());
    directory_ =
        std::make_unique<DirectoryClient>(servers_.ldap_uri, servers_.ldap_admin_dn, servers_.ldap_admin_password);
}

void EndToEnd::TearDown() {
    if (HasFailure() && pipeline_) {
        std::cerr << pipeline_->output();
    }
    pipeline_.reset();
}

void EndToEnd::configure_producer(const std::string& toml) {
    std::ofstream(pipeline_->producer_config(), std::ios::app) << toml;
}

void EndToEnd::configure_consumer(const std::string& toml) {
    std::ofstream(pipeline_->consumer_config(), std::ios::app) << toml;
}

void EndToEnd::expect_moodle_equals_directory() {
    std::string wrong;
    const bool equal = wait_until([&] {
        if (!pipeline_->producer().running() || !pipeline_->consumer().running()) {
            wrong = "a program ended";
            return true;
        }
        wrong = difference(expected_world(), read_moodle(servers_));
        for (const std::string& violation : moodle_violations(servers_)) {
            wrong += violation + '\n';
        }
        return wrong.empty();
    });
    EXPECT_TRUE(equal && wrong.empty()) << wrong;
}

bool EndToEnd::moodle_says(const std::string& query) {
    pqxx::connection database(servers_.conninfo());
    pqxx::nontransaction work(database);
    return work.exec1(query)[0].as<bool>();
}

long EndToEnd::moodle_count(const std::string& query) {
    pqxx::connection database(servers_.conninfo());
    pqxx::nontransaction work(database);
    return work.exec1(query)[0].as<long>();
}

void EndToEnd::wait_for_moodle(const std::string& query) {
    ASSERT_TRUE(wait_until([&] { return moodle_says(query); })) << query;
}

EndToEnd::Place EndToEnd::some_pupil(std::size_t position) {
    const auto groups = directory_->find("ou=groups," + servers_.ldap_base, "(cn=*:Eleves_*)", {"cn", "member"});
    for (const FoundEntry& group : groups) {
        if (group.values[1].size() > position + 1) {
            const std::string& member = group.values[1][position];
            const auto person = directory_->find(member, "(objectClass=ENTPerson)", {"uid"});
            return {group.dn, group.values[0].front(), member, person.at(0).dn, lower(person[0].values[0].front())};
        }
    }
    throw std::runtime_error("the region has no class with pupils");
}

}  // namespace entstream::test
