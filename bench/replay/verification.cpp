#include "bench/replay/verification.hpp"

#include <fmt/format.h>
#include <pqxx/pqxx>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bench/replay/moodle_in_step.hpp"
#include "tests/support/directory_client.hpp"

namespace entstream::bench {

namespace {

using std::chrono::system_clock;

constexpr double most_seconds_of_million = 90;
constexpr double most_milliseconds = 1000;
constexpr std::size_t changes = 60;

double seconds_of(system_clock::time_point time) {
    return std::chrono::duration<double>(time.time_since_epoch()).count();
}

struct Change {
    double begun_at;  ///< seconds since 1970
    double milliseconds;
};

/// Gives somebody another name, and waits until Moodle has it.
Change change_one(test::DirectoryClient& directory, pqxx::connection& database, const std::string& dn,
                  const std::string& username, const std::string& name) {
    constexpr double patience = 120;
    Change change{.begun_at = seconds_of(system_clock::now()), .milliseconds = 0};
    directory.replace(dn, "sn", {name});
    const Stopwatch watch;
    const auto has_it = [&] {
        pqxx::nontransaction work(database);
        return work
            .exec1("SELECT lastname = " + work.quote(name) +
                   " FROM mdl_user WHERE username = " + work.quote(username))[0]
            .as<bool>();
    };
    while (!has_it()) {
        if (watch.seconds() > patience) {
            throw std::runtime_error("Moodle does not get the name " + name);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    change.milliseconds = watch.seconds() * 1000;
    return change;
}

/// Changes one after the other, each some time after the former, as many as are asked for.
std::vector<Change> change_some(const test::ServersInfo& servers, pqxx::connection& database, const std::string& mark) {
    constexpr std::chrono::milliseconds between{200};
    test::DirectoryClient directory(servers.ldap_uri, servers.ldap_admin_dn, servers.ldap_admin_password);
    const auto people = directory.find(servers.ldap_base, "(uid=f26*1)", {"uid"});
    std::vector<Change> made;
    for (std::size_t i = 0; i < changes; ++i) {
        const auto& person = people.at(i % people.size());
        std::string username = person.values.at(0).front();
        std::transform(username.begin(), username.end(), username.begin(),
                       [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
        made.push_back(change_one(directory, database, person.dn, username, fmt::format("{} {}", mark, i)));
        std::this_thread::sleep_for(between);
    }
    return made;
}

std::string told(const std::vector<double>& milliseconds) {
    return fmt::format("median {:.0f} ms, at most {:.0f} ms of {}", median(milliseconds),
                       *std::max_element(milliseconds.begin(), milliseconds.end()), milliseconds.size());
}

std::vector<Figure> measure_verification(int people) {
    MoodleInStep& moodle = moodle_in_step(people);
    pqxx::connection database(moodle.servers().conninfo());
    moodle.start_both();
    std::vector<double> alone;
    for (const Change& change : change_some(moodle.servers(), database, "Alone")) {
        alone.push_back(change.milliseconds);
    }
    moodle.pipeline().stop();
    std::ofstream(moodle.pipeline().consumer_config(), std::ios::app) << "[consumer]\nverify = \"1s\"\n";
    moodle.start_both();
    const std::vector<Change> made = change_some(moodle.servers(), database, "Beside");
    std::vector<double> seconds;
    std::vector<double> beside;
    {
        pqxx::nontransaction work(database);
        const Stopwatch watch;
        constexpr double patience = 600;
        const auto verified = [&] {
            return work.exec(
                fmt::format("SELECT extract(epoch FROM planned_at), extract(epoch FROM ended_at) FROM "
                            "entstream.run WHERE kind = 'verify' AND outcome = 'equal' ORDER BY id"));
        };
        while (verified().empty() && watch.seconds() < patience) {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        for (const auto& run : verified()) {
            const auto begun = run[0].as<double>();
            const auto ended = run[1].as<double>();
            seconds.push_back(ended - begun);
            for (const Change& change : made) {
                if (change.begun_at >= begun && change.begun_at < ended) {
                    beside.push_back(change.milliseconds);
                }
            }
        }
    }
    moodle.pipeline().stop();
    if (seconds.empty() || beside.empty()) {
        throw std::runtime_error("no comparison came to its end beside the changes");
    }
    std::cerr << fmt::format(
        "verification: {} people: {} comparisons, {:.2f} s (median); changes without one: {}; beside one: {}\n", people,
        seconds.size(), median(seconds), told(alone), told(beside));
    return {{"seconds_of_comparison", median(seconds), most_seconds_of_million * people / 1e6},
            {"milliseconds_of_a_change_beside", median(beside), most_milliseconds}};
}

}  // namespace

std::vector<Figure> verification() {
    return measure_verification(100000);
}

std::vector<Figure> verification_of_10000() {
    return measure_verification(10000);
}

}  // namespace entstream::bench
