#include "bench/first_load/first_load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "bench/first_load/consumer_run.hpp"
#include "bench/first_load/limit.hpp"
#include "bench/first_load/region_log.hpp"
#include "tests/support/server_set.hpp"
#include "tests/support/temp_dir.hpp"

namespace entstream::bench {

namespace {

constexpr double least_users_rate = 0.6;
constexpr double least_members_rate = 0.5;
constexpr double least_roles_rate = 0.5;
constexpr double most_megabytes = 300;
/// What takes less came with the last batch of the stage before.
constexpr double shortest_stage = 0.05;

std::vector<Figure> measure_first_load(int people, int runs) {
    const test::TempDir dir;
    const test::ServerSet server_set(test::ServerSet::Disk::waited_for);
    const test::ServersInfo servers = test::ServersInfo::from(server_set.environment());
    const test::RegionOptions region{.schools = 0, .people = people, .seed = 1};
    test::Pipeline pipeline(servers, "first", dir.path());
    const RegionLog log = publish_region(servers, pipeline, region, dir.path());
    server_set.stop("ldap");

    std::vector<double> users;
    std::vector<double> members;
    std::vector<double> roles;
    std::vector<double> megabytes;
    for (int run = 0; run < runs; ++run) {
        test::load_moodle(servers, region, dir.path());
        const HighestIds before = highest_ids(servers);
        const ConsumerRun ours = apply_log(servers, pipeline, log);
        const LoadedRows rows = export_rows(servers, before);
        test::load_moodle(servers, region, dir.path());
        const LimitSeconds limit = write_rows(servers, rows);

        const double our_members = ours.members - ours.users;
        const double our_roles = ours.everything - ours.members;
        const bool are_one_stage = our_members < shortest_stage || our_roles < shortest_stage;
        const double together = (limit.members + limit.roles) / (ours.everything - ours.users);
        users.push_back(limit.users / ours.users);
        members.push_back(are_one_stage ? together : limit.members / our_members);
        roles.push_back(are_one_stage ? together : limit.roles / our_roles);
        megabytes.push_back(ours.megabytes);
        std::cerr << fmt::format(
            "first-load run {}: {} users in {:.2f} s (the rows alone {:.2f} s), {} memberships in {:.2f} s ({:.2f} s), "
            "{} roles in {:.2f} s ({:.2f} s), {:.0f} MB\n",
            run + 1, log.users, ours.users, limit.users, log.members, our_members, limit.members, log.role_members,
            our_roles, limit.roles, ours.megabytes);
    }
    return {{"users_rate_to_limit", median(users), least_users_rate, Figure::Goal::at_least},
            {"members_rate_to_limit", median(members), least_members_rate, Figure::Goal::at_least},
            {"roles_rate_to_limit", median(roles), least_roles_rate, Figure::Goal::at_least},
            {"highest_megabytes", *std::max_element(megabytes.begin(), megabytes.end()), most_megabytes}};
}

}  // namespace

std::vector<Figure> first_load() {
    return measure_first_load(100000, 3);
}

std::vector<Figure> first_load_of_10000() {
    return measure_first_load(10000, 1);
}

}  // namespace entstream::bench
