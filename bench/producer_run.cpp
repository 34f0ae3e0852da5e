#include "bench/producer_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <fstream>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

#include "bench/figure.hpp"
#include "bench/memory.hpp"
#include "common/kafka/log_reader.hpp"
#include "common/model/topics.hpp"
#include "entstream/v1/state.pb.h"

namespace entstream::bench {

namespace {

using namespace std::chrono_literals;

constexpr double patience_seconds = 1200;

std::string configuration(const test::ServersInfo& servers, const std::string& source,
                          const std::vector<Search>& searches) {
    std::string text = fmt::format(
        "source = \"{}\"\n[ldap]\nuri = \"{}\"\nbind_dn = \"{}\"\nbind_password_env = \"LDAP_PASSWORD\"\n"
        "[kafka]\nbootstrap_servers = \"{}\"\nreplication_factor = 1\n",
        source, servers.ldap_uri, servers.ldap_bind_dn, servers.kafka_bootstrap);
    for (const Search& search : searches) {
        text += fmt::format(
            "[[search]]\nname = \"{}\"\nkind = \"{}\"\nbase = \"{},{}\"\nfilter = \"{}\"\nattributes = [\"{}\"]\n",
            search.name, search.kind, search.branch, servers.ldap_base, search.filter,
            fmt::join(search.attributes, "\", \""));
    }
    return text;
}

}  // namespace

std::vector<Search> people_searches() {
    return {{.name = "people",
             .kind = "user",
             .branch = "ou=people",
             .filter = "(objectClass=ENTPerson)",
             .attributes = {"objectClass", "uid", "givenName", "sn", "mail", "ENTPersonJointure",
                            "ENTPersonStructRattach"}}};
}

std::vector<Search> region_searches() {
    std::vector<Search> searches = people_searches();
    searches.push_back({.name = "groups",
                        .kind = "group",
                        .branch = "ou=groups",
                        .filter = "(objectClass=groupOfNames)",
                        .attributes = {"cn", "description"}});
    searches.push_back({.name = "roles",
                        .kind = "role",
                        .branch = "ou=roles",
                        .filter = "(objectClass=groupOfNames)",
                        .attributes = {"cn", "ou"}});
    return searches;
}

ProducerRun::ProducerRun(test::ServersInfo servers, std::string source, std::vector<Search> searches,
                         const std::filesystem::path& dir, const std::string& more)
    : servers_(std::move(servers)),
      source_(std::move(source)),
      searches_(std::move(searches)),
      file_(dir / (source_ + ".producer.toml")) {
    std::ofstream(file_) << configuration(servers_, source_, searches_) << more;
}

void ProducerRun::start() {
    process_ = std::make_unique<test::Process>(
        std::vector<std::string>{test::program_path("entstream-producer").string(), "--config", file_.string()},
        std::map<std::string, std::string>{{"LDAP_PASSWORD", servers_.ldap_bind_password}});
}

void ProducerRun::check_running(double seconds) {
    if (!process_->running() || seconds > patience_seconds) {
        throw std::runtime_error("waiting for the producer:\n" + process_->err());
    }
}

void ProducerRun::wait_until_committed() {
    const Stopwatch watch;
    // Its topics are there then.
    while (process_->err().find("asking for ") == std::string::npos) {
        check_running(watch.seconds());
        std::this_thread::sleep_for(2ms);
    }
    kafka::LogReader state(
        {.bootstrap_servers = servers_.kafka_bootstrap, .topic_prefix = "entstream", .properties = {}},
        Topics::of("entstream", source_).state, 0);
    // A cookie is stored in the transaction that ends the refresh of its kind.
    std::set<std::string> ended;
    while (ended.size() < searches_.size()) {
        if (const auto record = state.poll(20ms); record && record->value()) {
            constexpr std::string_view prefix = "search/";
            v1::SearchState search;
            if (record->key().starts_with(prefix) &&
                search.ParseFromArray(record->value()->data(), static_cast<int>(record->value()->size())) &&
                !search.cookie().empty()) {
                ended.emplace(record->key());
            }
        }
        check_running(watch.seconds());
    }
}

void ProducerRun::wait_until_streaming() {
    const Stopwatch watch;
    while (process_->err().find("streaming: ") == std::string::npos) {
        check_running(watch.seconds());
        std::this_thread::sleep_for(2ms);
    }
}

void ProducerRun::stop() {
    process_->terminate();
    const test::Exit exit = process_->wait();
    if (exit.status != 0) {
        throw std::runtime_error(fmt::format("the producer ended with status {}:\n{}", exit.status, exit.err));
    }
}

double ProducerRun::memory(const std::string& field) const {
    return memory_of(process_->pid(), field);
}

}  // namespace entstream::bench
