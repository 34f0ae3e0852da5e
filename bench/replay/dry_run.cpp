#include "bench/replay/dry_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iostream>

#include "bench/plain_database.hpp"
#include "bench/replay/moodle_in_step.hpp"
#include "bench/replay/replay_program.hpp"
#include "tests/support/changes_log.hpp"

namespace entstream::bench {

namespace {

constexpr double most_dry_seconds_of_a_million = 90;
constexpr double most_times_of_bare = 2;
constexpr double most_megabytes_of_dry_run = 1000;
constexpr int dry_runs = 3;

/// What a simulation has to know of the database.
constexpr std::array compared_tables = {
    "mdl_user",       "mdl_cohort",           "mdl_cohort_members",   "mdl_role_assignments",
    "entstream.link", "entstream.membership", "entstream.role_object"};

struct Bare {
    double log{};
    double tables{};
};

Bare read_bare(const MoodleInStep& moodle, const std::string& source) {
    Bare bare;
    {
        const Stopwatch watch;
        test::read_changes(moodle.servers(), source, [](const kafka::Record&) {});
        bare.log = watch.seconds();
    }
    PlainDatabase database(moodle.servers());
    const Stopwatch watch;
    for (const char* const table : compared_tables) {
        database.read_out(fmt::format("TABLE {}", table));
    }
    bare.tables = watch.seconds();
    return bare;
}

std::vector<Figure> measure_dry_run(int people) {
    MoodleInStep& moodle = moodle_in_step(people);
    moodle.server_set().stop("ldap");
    std::vector<double> seconds;
    std::vector<double> times;
    double megabytes = 0;
    for (int run = 0; run < dry_runs; ++run) {
        const Bare bare = read_bare(moodle, moodle.pipeline().source());
        const ReplayProgram ours =
            run_replay(moodle.pipeline(), {"sync", "users", "cohorts", "roles", "--force", "--simulate"});
        expect_no_differences(ours);
        seconds.push_back(ours.seconds);
        times.push_back(ours.seconds / (bare.log + bare.tables));
        megabytes = std::max(megabytes, ours.megabytes);
        std::cerr << fmt::format(
            "dry-run run {}: {} people and {} memberships in {:.2f} s ({:.2f} s of CPU in the program, {:.0f} MB); the "
            "topic alone {:.2f} s, the tables alone {:.2f} s\n",
            run + 1, moodle.log().users, moodle.log().members, ours.seconds, ours.cpu_seconds, ours.megabytes, bare.log,
            bare.tables);
    }
    constexpr double people_of_the_goal = 1e6;
    return {{"seconds", median(seconds), most_dry_seconds_of_a_million * people / people_of_the_goal},
            {"times_of_bare_read_and_copy", median(times), most_times_of_bare},
            {"highest_megabytes", megabytes, most_megabytes_of_dry_run}};
}

}  // namespace

std::vector<Figure> dry_run() {
    return measure_dry_run(1000000);
}

std::vector<Figure> dry_run_of_100000() {
    return measure_dry_run(100000);
}

std::vector<Figure> dry_run_of_10000() {
    return measure_dry_run(10000);
}

}  // namespace entstream::bench
