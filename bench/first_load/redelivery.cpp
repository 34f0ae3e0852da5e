#include "bench/first_load/redelivery.hpp"

#include <fmt/format.h>
#include <pqxx/pqxx>

#include <iostream>
#include <stdexcept>

#include "bench/first_load/consumer_run.hpp"
#include "bench/first_load/region_log.hpp"
#include "tests/support/process.hpp"
#include "tests/support/server_set.hpp"
#include "tests/support/temp_dir.hpp"

namespace entstream::bench {

namespace {

constexpr double least_redelivery_rate = 5;
constexpr double least_rebuild_rate = 1;  // it writes every version anew

/// Sets the position back, and Moodle's note of it; versions stay.
void set_back_position(const test::ServersInfo& servers) {
    pqxx::connection database(servers.conninfo());
    pqxx::work work(database);
    work.exec0("UPDATE entstream.position SET next_offset = 0, last_sequence = 0");
    work.exec0(
        "UPDATE mdl_config_plugins SET value = (SELECT jsonb_object_agg(target || '/' || source, log_id || ':0') "
        "FROM entstream.position) WHERE plugin = 'local_entstream' AND name = 'position'");
    work.commit();
}

void begin_rebuild(const test::Pipeline& pipeline) {
    const test::Exit exit =
        test::Process::run({test::program_path("entstream-replay").string(), "--config",
                            pipeline.consumer_config().string(), "apply-config", "--again", pipeline.source(), "--yes"},
                           pipeline.environment(), std::chrono::minutes(5));
    if (exit.status != 0) {
        throw std::runtime_error("apply-config: " + exit.err);
    }
}

std::vector<Figure> measure_redelivery(int people) {
    const test::TempDir dir;
    const test::ServerSet server_set(test::ServerSet::Disk::waited_for);
    const test::ServersInfo servers = test::ServersInfo::from(server_set.environment());
    const test::RegionOptions region{.schools = 0, .people = people, .seed = 1};
    test::Pipeline pipeline(servers, "again", dir.path());
    const RegionLog log = publish_region(servers, pipeline, region, dir.path());
    server_set.stop("ldap");
    test::load_moodle(servers, region, dir.path());

    const ConsumerRun first = apply_log(servers, pipeline, log);
    set_back_position(servers);
    const ConsumerRun again = apply_log(servers, pipeline, log);
    begin_rebuild(pipeline);
    const ConsumerRun rebuilt = apply_log(servers, pipeline, log);
    for (const auto& [what, run] :
         {std::pair("first load", first), std::pair("again", again), std::pair("rebuild", rebuilt)}) {
        std::cerr << fmt::format(
            "redelivery: {}: {} users in {:.2f} s, {} memberships in {:.2f} s, {} roles in {:.2f} s, {:.0f} MB\n", what,
            log.users, run.users, log.members, run.members - run.users, log.role_members, run.everything - run.members,
            run.megabytes);
    }
    return {{"redelivery_rate_to_first_load", first.everything / again.everything, least_redelivery_rate,
             Figure::Goal::at_least},
            {"rebuild_rate_to_first_load", first.everything / rebuilt.everything, least_rebuild_rate,
             Figure::Goal::at_least}};
}

}  // namespace

std::vector<Figure> redelivery() {
    return measure_redelivery(100000);
}

std::vector<Figure> redelivery_of_10000() {
    return measure_redelivery(10000);
}

}  // namespace entstream::bench
