#include "bench/producer_latency/producer_latency.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>
#include <thread>

#include "bench/producer_latency/arrivals.hpp"
#include "bench/producer_latency/bare_loop.hpp"
#include "bench/producer_run.hpp"
#include "common/kafka/topic_admin.hpp"
#include "common/model/topics.hpp"
#include "entstream/v1/change.pb.h"
#include "tests/support/directory_client.hpp"
#include "tests/support/region.hpp"
#include "tests/support/server_set.hpp"
#include "tests/support/temp_dir.hpp"

namespace entstream::bench {

namespace {

using namespace std::chrono_literals;

constexpr int changed_people = 1000;
constexpr int runs_at_each_rate = 5;
constexpr double most_p50 = 1.3;
constexpr double most_p99 = 1.5;
constexpr std::size_t record_octets = 700;  ///< a person's record with its headers

struct Rate {
    int a_second;
    int changes;
};
constexpr std::array<Rate, 3> rates = {{{20, 100}, {200, 600}, {500, 1500}}};

struct Latency {
    double p50{};
    double p99{};
};

Latency latency(const std::vector<Moment>& from, const std::vector<Moment>& to) {
    std::vector<double> milliseconds;
    for (std::size_t i = 0; i < from.size(); ++i) {
        milliseconds.push_back(std::chrono::duration<double, std::milli>(to[i] - from[i]).count());
    }
    std::sort(milliseconds.begin(), milliseconds.end());
    return {.p50 = milliseconds[milliseconds.size() / 2], .p99 = milliseconds[milliseconds.size() * 99 / 100]};
}

/// Names that no run before has used.
std::vector<std::string> new_names(int count) {
    static long next = 0;
    std::vector<std::string> names;
    names.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        names.push_back(fmt::format("change{}@example.org", next++));
    }
    return names;
}

/// Changes the directory at a rate, and sees the records of the producer.
Latency of_producer(test::DirectoryClient& directory, const std::vector<std::string>& dns, Arrivals& arrivals,
                    const Rate& rate) {
    const std::vector<std::string> names = new_names(rate.changes);
    std::vector<Moment> answered;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < rate.changes; ++i) {
        std::this_thread::sleep_until(start + i * (1000000us / rate.a_second));
        directory.replace(dns[static_cast<std::size_t>(i) % dns.size()], "mail", {names[static_cast<std::size_t>(i)]});
        answered.push_back(std::chrono::steady_clock::now());
    }
    return latency(answered, arrivals.of(names));
}

/// Writes in each transaction what became due while the one before was committed.
Latency of_bare_loop(BareLoop& loop, Arrivals& arrivals, const Rate& rate) {
    const std::vector<std::string> names = new_names(rate.changes);
    const std::string value(record_octets, 'x');
    std::vector<Moment> due;
    due.reserve(names.size());
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < rate.changes; ++i) {
        due.push_back(start + i * (1000000us / rate.a_second));
    }
    for (std::size_t next = 0; next < names.size();) {
        std::this_thread::sleep_until(due[next]);
        std::vector<std::string> batch;
        for (const auto now = std::chrono::steady_clock::now(); next < names.size() && due[next] <= now; ++next) {
            batch.push_back(names[next]);
        }
        loop.write(batch, value);
    }
    return latency(due, arrivals.of(names));
}

std::string mail_of(const kafka::Record& record) {
    v1::Change change;
    if (!record.value() || !record.key().starts_with("user/") ||
        !change.ParseFromArray(record.value()->data(), static_cast<int>(record.value()->size()))) {
        return {};
    }
    for (const v1::Attribute& attribute : change.attributes()) {
        if (attribute.name() == "mail" && attribute.values_size() == 1) {
            return attribute.values(0);
        }
    }
    return {};
}

}  // namespace

std::vector<Figure> producer_latency() {
    const test::TempDir dir;
    const test::ServerSet server_set(test::ServerSet::Disk::not_waited_for);
    const test::ServersInfo servers = test::ServersInfo::from(server_set.environment());
    test::load_directory(servers, {.schools = 0, .people = changed_people, .seed = 1}, dir.path());
    test::DirectoryClient directory(servers.ldap_uri, servers.ldap_admin_dn, servers.ldap_admin_password);
    std::vector<std::string> dns;
    directory.search("ou=people," + servers.ldap_base, "(objectClass=ENTPerson)", {"uid"},
                     [&dns](const test::FoundEntry& entry) { dns.push_back(entry.dn); });

    ProducerRun producer(servers, "latency", region_searches(), dir.path());
    producer.start();
    producer.wait_until_committed();
    const std::string bare_topic = "entstream.bare.changes";
    kafka::TopicAdmin({.bootstrap_servers = servers.kafka_bootstrap,
                       .topic_prefix = "entstream",
                       .replication_factor = 1,
                       .properties = {}})
        .ensure({kafka::TopicSpec::compacted(bare_topic)});
    BareLoop loop(servers.kafka_bootstrap, bare_topic);
    Arrivals records(servers, Topics::of("entstream", "latency").changes, mail_of);
    Arrivals bare_records(servers, bare_topic, [](const kafka::Record& record) { return std::string(record.key()); });
    of_producer(directory, dns, records, rates.back());  // all programs have done it before
    of_bare_loop(loop, bare_records, rates.back());

    std::vector<Figure> figures;
    for (const Rate& rate : rates) {
        std::vector<double> p50;
        std::vector<double> p99;
        for (int run = 0; run < runs_at_each_rate; ++run) {
            const Latency peer = of_bare_loop(loop, bare_records, rate);
            const Latency ours = of_producer(directory, dns, records, rate);
            p50.push_back(ours.p50 / peer.p50);
            p99.push_back(ours.p99 / peer.p99);
            std::cerr << fmt::format(
                "producer-latency run {}, {} changes a second: bare loop p50 {:.1f} ms, p99 {:.1f} ms; producer p50 "
                "{:.1f} ms, p99 {:.1f} ms\n",
                run + 1, rate.a_second, peer.p50, peer.p99, ours.p50, ours.p99);
        }
        figures.push_back({fmt::format("p50_to_bare_loop_at_{}", rate.a_second), median(p50), most_p50});
        figures.push_back({fmt::format("p99_to_bare_loop_at_{}", rate.a_second), median(p99), most_p99});
    }
    producer.stop();
    return figures;
}

}  // namespace entstream::bench
