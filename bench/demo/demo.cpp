#include "bench/demo/demo.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <pqxx/pqxx>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <iostream>
#include <thread>

#include "bench/demo/live_changes.hpp"
#include "bench/demo/replay.hpp"
#include "common/model/topics.hpp"
#include "tests/support/changes_log.hpp"
#include "tests/support/pipeline.hpp"
#include "tests/support/prometheus.hpp"
#include "tests/support/region.hpp"
#include "tests/support/server_set.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/world.hpp"

namespace entstream::demo {

namespace {

using Clock = std::chrono::steady_clock;
using test::Pipeline;
using test::ServersInfo;
using test::World;

constexpr auto load_patience = std::chrono::minutes(3);
constexpr auto change_patience = std::chrono::seconds(30);
using Milliseconds = std::chrono::duration<double, std::milli>;
constexpr Milliseconds usual_goal = std::chrono::seconds(1);
constexpr const char* source = "demo";

constexpr int interrupted_status = 130;

volatile std::sig_atomic_t interrupted = 0;

struct Interrupted {};

void check_interrupt() {
    if (interrupted != 0) {
        throw Interrupted{};
    }
}

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

void say(const std::string& text) {
    std::cout << text << std::endl;
}

/// Both programs must live as long as the demo: a dead one is an answer, not a time-out.
void check_alive(Pipeline& pipeline) {
    if (!pipeline.producer().running()) {
        throw std::runtime_error("entstream-producer ended:\n" + pipeline.producer().err());
    }
    if (!pipeline.consumer().running()) {
        throw std::runtime_error("entstream-consumer ended:\n" + pipeline.consumer().err());
    }
}

struct Counts {
    long users{};
    long cohorts{};
    long memberships{};
    long roles{};

    bool operator==(const Counts&) const = default;
};

Counts count_moodle(pqxx::connection& database) {
    pqxx::nontransaction work(database);
    const auto row = work.exec1(
        "SELECT (SELECT count(*) FROM mdl_user WHERE auth = 'ldap'), (SELECT count(*) FROM mdl_cohort), "
        "(SELECT count(*) FROM mdl_cohort_members), (SELECT count(*) FROM mdl_role_assignments WHERE component = "
        "'local_entstream')");
    return {row[0].as<long>(), row[1].as<long>(), row[2].as<long>(), row[3].as<long>()};
}

/// Shows the load as it goes. \returns the seconds it took
double wait_for_load(const ServersInfo& servers, Pipeline& pipeline, const Counts& expected, Clock::time_point start) {
    pqxx::connection database(servers.conninfo());
    auto shown = start;
    Counts last;
    while (true) {
        check_interrupt();
        check_alive(pipeline);
        const Counts counts = count_moodle(database);
        const double seconds = seconds_since(start);
        const bool loaded = counts == expected;
        if (loaded || (counts != last && Clock::now() - shown >= std::chrono::milliseconds(250))) {
            shown = Clock::now();
            last = counts;
            say(fmt::format(
                "  {:5.2f} s  {:6} users  {:5} cohorts  {:6} memberships  {:5} role assignments  {:7.0f} rows/s",
                seconds, counts.users, counts.cohorts, counts.memberships, counts.roles,
                static_cast<double>(counts.users + counts.cohorts + counts.memberships + counts.roles) / seconds));
        }
        if (loaded) {
            return seconds;
        }
        if (Clock::now() - start > load_patience) {
            throw std::runtime_error("Moodle does not hold the directory after three minutes:\n" +
                                     test::difference(test::read_directory(servers), test::read_moodle(servers)) +
                                     pipeline.consumer().err());
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

long count_objects(const ServersInfo& servers) {
    test::DirectoryClient client(servers.ldap_uri, servers.ldap_admin_dn, servers.ldap_admin_password);
    long objects = 0;
    client.search(servers.ldap_base, "(objectClass=*)", {"1.1"}, [&](const test::FoundEntry&) { ++objects; });
    return objects;
}

long count_records(const ServersInfo& servers) {
    long records = 0;
    test::read_changes(servers, source, [&](const kafka::Record&) { ++records; });
    return records;
}

bool holds(pqxx::connection& database, const std::string& query) {
    pqxx::nontransaction work(database);
    return work.exec1(query)[0].as<bool>();
}

/// Polls every millisecond. \returns the milliseconds until the query was true, or a negative number when it never was
double wait_for(pqxx::connection& database, const std::string& query, Clock::time_point start) {
    while (!holds(database, query)) {
        check_interrupt();
        if (Clock::now() - start > change_patience) {
            return -1;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return seconds_since(start) * 1000;
}

/// \returns how many changes did not arrive, or took longer than `goal`
int show_live_changes(const ServersInfo& servers, Pipeline& pipeline, Milliseconds goal) {
    test::DirectoryClient client(servers.ldap_uri, servers.ldap_admin_dn, servers.ldap_admin_password);
    pqxx::connection database(servers.conninfo());
    int failures = 0;
    for (const LiveChange& change : live_changes(servers, client)) {
        check_alive(pipeline);
        if (change.prepare) {
            change.prepare();
        }
        if (!change.prepared.empty() && wait_for(database, change.prepared, Clock::now()) < 0) {
            throw std::runtime_error("the preparation of '" + change.title + "' did not arrive in Moodle");
        }
        change.change();
        const double milliseconds = wait_for(database, change.expected, Clock::now());
        if (milliseconds < 0) {
            ++failures;
            say(fmt::format("  {}\n      NOT in Moodle after {} s", change.title, change_patience.count()));
            continue;
        }
        failures += milliseconds > goal.count() ? 1 : 0;
        pqxx::nontransaction work(database);
        say(fmt::format("  {}\n      {:6.1f} ms  {}", change.title, milliseconds,
                        work.exec1(change.shown)[0].as<std::string>()));
        if (change.afterwards) {
            change.afterwards();
        }
    }
    return failures;
}

/// Waits until Moodle equals the directory. \returns what is wrong; empty when nothing is
std::string final_check(const ServersInfo& servers) {
    std::string wrong;
    const auto start = Clock::now();
    do {
        check_interrupt();
        wrong = test::difference(test::read_directory(servers), test::read_moodle(servers));
        for (const std::string& violation : test::moodle_violations(servers)) {
            wrong += violation + '\n';
        }
    } while (!wrong.empty() && Clock::now() - start < change_patience);
    return wrong;
}

void print_how_to_look(const ServersInfo& servers, const Pipeline& pipeline) {
    const Topics topics = Topics::of("entstream", source);
    say(fmt::format(R"(
The servers and both programs stay up; Ctrl-C ends them. To look (paste into another terminal):
  PGPASSWORD={} psql -h {} -p {} -U {} {} -c "SELECT username, lastname, suspended FROM mdl_user LIMIT 5"
  kcat -b {} -t {} -C -e -q -f '%o %k %S bytes\n' | tail -5
  ldapsearch -x -LLL -H {} -D {} -w {} -b {} '(uid=f26demo1)'
  curl -s http://{}/metrics; curl -s http://{}/metrics
  deploy/grafana/render.py {} /tmp/dashboards
Prometheus, with the alerts: {}/alerts
Configuration files: {} {})",
                    servers.pg_password, servers.pg_host, servers.pg_port, servers.pg_user, servers.pg_database,
                    servers.kafka_bootstrap, topics.changes, servers.ldap_uri, servers.ldap_bind_dn,
                    servers.ldap_bind_password, servers.ldap_base, pipeline.producer_metrics(),
                    pipeline.consumer_metrics(), servers.prometheus_url, servers.prometheus_url,
                    pipeline.producer_config().string(), pipeline.consumer_config().string()));
}

struct Options {
    test::RegionOptions region{.schools = 5, .people = 0, .seed = 1};
    bool keep = false;
    bool any_speed = false;
};

int show(const Options& options) {
    const test::RegionOptions& region = options.region;
    const test::TempDir dir;
    say(options.keep ? "Starting slapd, Kafka, PostgreSQL and Prometheus ..."
                     : "Starting slapd, Kafka and PostgreSQL ...");
    const test::ServerSet server_set(test::ServerSet::Disk::waited_for,
                                     options.keep ? std::vector<std::string>{"--observe"} : std::vector<std::string>{});
    const ServersInfo servers = ServersInfo::from(server_set.environment());
    say("Generating the region and the Moodle ...");
    test::load_directory(servers, region, dir.path());
    test::load_moodle(servers, region, dir.path());
    const World directory = test::read_directory(servers);
    const Counts expected{static_cast<long>(directory.people.size()), static_cast<long>(directory.cohorts.size()),
                          static_cast<long>(directory.memberships()), static_cast<long>(directory.roles.size())};

    say("Loading: directory -> Kafka -> Moodle");
    Pipeline pipeline(servers, source, dir.path());
    if (options.keep) {
        pipeline.expose_metrics();
        test::Prometheus(servers).watch(pipeline);
    }
    const auto start = Clock::now();
    pipeline.start_producer();
    pipeline.start_consumer();
    const double seconds = wait_for_load(servers, pipeline, expected, start);
    pqxx::connection database(servers.conninfo());
    const Counts moodle = count_moodle(database);
    say("");
    const auto say_row = [](const char* what, auto value) { say(fmt::format("  {:<28}{:>8}", what, value)); };
    say_row("objects in the directory", count_objects(servers));
    say_row("people among them", directory.people.size());
    say_row("records in Kafka", count_records(servers));
    say_row("users in Moodle", moodle.users);
    say_row("cohorts", moodle.cohorts);
    say_row("memberships", moodle.memberships);
    say_row("role assignments", moodle.roles);
    say_row("seconds", fmt::format("{:.2f}", seconds));
    say("");

    say("Live changes (milliseconds from the directory's answer to the committed row in Moodle)");
    const int failures =
        show_live_changes(servers, pipeline, options.any_speed ? Milliseconds(change_patience) : usual_goal);
    std::string wrong = final_check(servers);
    if (wrong.empty()) {
        say("");
        wrong = show_replay(servers, pipeline, say);
        wrong += final_check(servers);
    }
    say(wrong.empty() ? "Moodle equals the directory." : "\nMoodle differs from the directory:\n" + wrong);
    if (options.keep) {
        print_how_to_look(servers, pipeline);
        while (interrupted == 0) {
            ::pause();
        }
    }
    return failures == 0 && wrong.empty() ? 0 : 1;
}

}  // namespace

int run(int argc, char** argv) {
    CLI::App app{"A directory flows through Kafka into Moodle, on real servers in a temporary directory"};
    Options options;
    app.add_flag("--keep", options.keep, "leave everything up at the end and print how to look, until Ctrl-C");
    app.add_flag("--any-speed", options.any_speed, "a change that takes longer than a second is no failure");
    app.add_option("--schools", options.region.schools, "size of the region")->check(CLI::PositiveNumber);
    app.add_option("--seed", options.region.seed, "another seed, another region");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    for (const int number : {SIGINT, SIGTERM}) {
        struct sigaction action {};
        action.sa_handler = [](int) { interrupted = 1; };
        sigaction(number, &action, nullptr);
    }
    try {
        return show(options);
    } catch (const Interrupted&) {
        return interrupted_status;
    } catch (const std::exception& error) {
        if (interrupted != 0) {
            return interrupted_status;  // what we had started was interrupted too, and said so to us
        }
        std::cerr << "demo: " << error.what() << '\n';
        return 1;
    }
}

}  // namespace entstream::demo
