#include "bench/refresh/refresh.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <stdexcept>

#include "bench/producer_run.hpp"
#include "tests/support/region.hpp"
#include "tests/support/server_set.hpp"
#include "tests/support/temp_dir.hpp"

namespace entstream::bench {

namespace {

constexpr double least_users_rate = 0.6;
constexpr double least_region_rate = 0.35;

/// \returns seconds
double ldapsearch(const test::ServersInfo& servers, const std::vector<Search>& searches,
                  const std::filesystem::path& password_file) {
    const Stopwatch watch;
    for (const Search& search : searches) {
        std::vector<std::string> command = {"sh",
                                            "-c",
                                            "exec ldapsearch \"$@\" >/dev/null",
                                            "ldapsearch",
                                            "-x",
                                            "-LLL",
                                            "-E",
                                            "sync=ro",
                                            "-H",
                                            servers.ldap_uri,
                                            "-D",
                                            servers.ldap_bind_dn,
                                            "-y",
                                            password_file.string(),
                                            "-b",
                                            search.branch + ',' + servers.ldap_base,
                                            search.filter};
        command.insert(command.end(), search.attributes.begin(), search.attributes.end());
        command.insert(command.end(), {"entryCSN", "createTimestamp", "hasSubordinates"});
        if (search.kind != "user") {
            command.emplace_back("member");
        }
        const test::Exit exit = test::Process::run(command, {}, std::chrono::minutes(10));
        if (exit.status != 0) {
            throw std::runtime_error("ldapsearch: " + exit.err);
        }
    }
    return watch.seconds();
}

/// \returns seconds
double publish_all(const test::ServersInfo& servers, const std::string& source, const std::vector<Search>& searches,
                   const std::filesystem::path& dir) {
    const Stopwatch watch;
    ProducerRun run(servers, source, searches, dir);
    run.start();
    run.wait_until_committed();
    const double seconds = watch.seconds();
    run.stop();
    return seconds;
}

std::vector<Figure> measure_refresh(int users_wanted, int times) {
    const test::TempDir dir;
    const test::ServerSet server_set(test::ServerSet::Disk::not_waited_for);
    const test::ServersInfo servers = test::ServersInfo::from(server_set.environment());
    test::load_directory(servers, {.schools = 0, .people = users_wanted, .seed = 1}, dir.path());
    const std::filesystem::path password_file = dir.path() / "password";
    std::ofstream(password_file) << servers.ldap_bind_password;
    ldapsearch(servers, region_searches(), password_file);  // slapd has read its database once

    struct Part {
        const char* name;
        std::vector<Search> searches;
        std::vector<double> ratios;
    };
    Part users{.name = "users", .searches = people_searches(), .ratios = {}};
    Part region{.name = "region", .searches = region_searches(), .ratios = {}};
    for (int run = 0; run < times; ++run) {
        for (Part* part : {&users, &region}) {
            const double peer = ldapsearch(servers, part->searches, password_file);
            const double ours = publish_all(servers, fmt::format("{}{}", part->name, run), part->searches, dir.path());
            part->ratios.push_back(peer / ours);
            std::cerr << fmt::format("refresh run {}: {} of {} people: ldapsearch {:.2f} s, producer {:.2f} s\n",
                                     run + 1, part->name, users_wanted, peer, ours);
        }
    }
    return {{"users_rate_to_ldapsearch", median(users.ratios), least_users_rate, Figure::Goal::at_least},
            {"region_rate_to_ldapsearch", median(region.ratios), least_region_rate, Figure::Goal::at_least}};
}

}  // namespace

std::vector<Figure> refresh() {
    return measure_refresh(100000, 5);
}

std::vector<Figure> refresh_of_a_million() {
    return measure_refresh(1000000, 1);
}

}  // namespace entstream::bench
