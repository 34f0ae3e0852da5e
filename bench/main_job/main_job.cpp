#include "bench/main_job/main_job.hpp"

#include <fmt/format.h>
#include <pqxx/pqxx>

#include <chrono>
#include <iostream>
#include <stdexcept>
#include <thread>

#include "bench/main_job/floor.hpp"
#include "tests/support/changes_log.hpp"
#include "tests/support/pipeline.hpp"
#include "tests/support/region.hpp"
#include "tests/support/server_set.hpp"
#include "tests/support/temp_dir.hpp"

namespace entstream::bench {

namespace {

using Clock = std::chrono::steady_clock;
using test::Pipeline;
using test::ServersInfo;

constexpr int people = 10000;
constexpr int runs = 3;
constexpr double most_ratio = 4;
constexpr double most_restart_seconds = 1;
constexpr auto patience = std::chrono::minutes(3);

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Asks every few milliseconds; a program that ended, or a wait without end, is an error with the program's words.
void wait_for(Pipeline& pipeline, const char* what, const std::function<bool()>& condition) {
    const auto start = Clock::now();
    while (!condition()) {
        if (!pipeline.producer().running() || !pipeline.consumer().running() || Clock::now() - start > patience) {
            throw std::runtime_error(std::string("waiting for ") + what + ":\n" + pipeline.producer().err() +
                                     pipeline.consumer().err());
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

/// \returns seconds from the start of both programs to the last committed account
double load(const ServersInfo& servers, Pipeline& pipeline) {
    pqxx::connection database(servers.conninfo());
    const auto start = Clock::now();
    pipeline.start_producer();
    pipeline.start_consumer();
    wait_for(pipeline, "the load", [&] {
        pqxx::nontransaction work(database);
        return work.exec1("SELECT count(*) FROM mdl_user WHERE auth = 'ldap'")[0].as<int>() == people;
    });
    return seconds_since(start);
}

bool says(const test::Process& process, const char* word) {
    return process.err().find(word) != std::string::npos;
}

/// Whether everything that is on the log now is in Moodle.
bool everything_is_applied(const ServersInfo& servers, const std::string& source) {
    std::int64_t last = -1;
    test::read_changes(servers, source, [&](const kafka::Record& record) { last = record.offset(); });
    pqxx::connection database(servers.conninfo());
    pqxx::work work(database);
    return work.exec1("SELECT next_offset FROM entstream.position")[0].as<std::int64_t>() > last;
}

/// Changes whenever any row of these tables is written: xmin names the transaction that wrote a row.
std::string row_versions(const ServersInfo& servers) {
    pqxx::connection database(servers.conninfo());
    pqxx::work work(database);
    std::string versions;
    for (const char* table : {"mdl_user", "mdl_context", "mdl_cohort", "mdl_cohort_members", "mdl_role_assignments",
                              "mdl_logstore_standard_log", "mdl_cache_flags"}) {
        versions += work.exec1(fmt::format("SELECT count(*) || '/' || coalesce(max(xmin::text::bigint), 0) || '/' || "
                                           "coalesce(sum(xmin::text::bigint), 0) FROM {}",
                                           table))[0]
                        .as<std::string>() +
                    ' ';
    }
    return versions;
}

}  // namespace

std::vector<Figure> main_job() {
    const test::TempDir dir;
    const test::ServerSet server_set(test::ServerSet::Disk::waited_for);
    const ServersInfo servers = ServersInfo::from(server_set.environment());
    const test::RegionOptions region{.schools = 0, .people = people, .seed = 1};
    test::load_directory(servers, region, dir.path());

    std::vector<double> loads;
    std::vector<double> floors;
    std::vector<double> restarts;
    double published = 0;
    double written = 0;
    for (int run = 0; run < runs; ++run) {
        const std::string source = fmt::format("bench{}", run);
        test::load_moodle(servers, region, dir.path());
        Pipeline pipeline(servers, source, dir.path());
        loads.push_back(load(servers, pipeline));

        const auto both_say = [&] {
            return says(pipeline.producer(), "streaming") && says(pipeline.consumer(), "caught up");
        };
        wait_for(pipeline, "both programs to reach the end", both_say);
        wait_for(pipeline, "the whole log in Moodle", [&] { return everything_is_applied(servers, source); });
        pipeline.stop();
        const long records = test::count_changes(servers, source);
        const std::string versions = row_versions(servers);
        const auto start = Clock::now();
        pipeline.start_producer();
        pipeline.start_consumer();
        wait_for(pipeline, "both programs to reach the end again", both_say);
        restarts.push_back(seconds_since(start));
        pipeline.stop();
        published += static_cast<double>(test::count_changes(servers, source) - records);
        written += row_versions(servers) == versions ? 0 : 1;

        const MoodleRows rows = export_rows(servers);
        test::load_moodle(servers, region, dir.path());
        floors.push_back(write_rows(servers, rows));
        std::cerr << fmt::format(
            "main-job run {}: {} people in {:.2f} s, the same rows alone in {:.2f} s, restart in {:.2f} s\n", run + 1,
            people, loads.back(), floors.back(), restarts.back());
    }
    return {{"time_to_copy_alone_ratio", median(loads) / median(floors), most_ratio},
            {"restart_seconds", median(restarts), most_restart_seconds},
            {"restart_records_published", published, 0},
            {"restarts_that_wrote_rows", written, 0}};
}

}  // namespace entstream::bench
