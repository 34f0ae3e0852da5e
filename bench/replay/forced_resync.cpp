#include "bench/replay/forced_resync.hpp"

#include <fmt/format.h>

#include <iostream>

#include "bench/replay/moodle_in_step.hpp"
#include "bench/replay/replay_program.hpp"

namespace entstream::bench {

namespace {

constexpr double most_seconds_of_50000 = 3;
constexpr int resyncs = 3;

std::vector<Figure> measure_resync(int people) {
    MoodleInStep& moodle = moodle_in_step(people);
    moodle.server_set().stop("ldap");
    std::vector<double> seconds;
    for (int run = 0; run < resyncs; ++run) {
        const ReplayProgram ours = run_replay(moodle.pipeline(), {"resync", "--no-reconcile", "--yes"});
        expect_no_differences(ours);
        seconds.push_back(ours.seconds);
        std::cerr << fmt::format(
            "forced-resync run {}: {} people, {} memberships and {} roles in {:.2f} s ({:.2f} s of CPU in the program, "
            "{:.0f} MB)\n",
            run + 1, moodle.log().users, moodle.log().members, moodle.log().role_members, ours.seconds,
            ours.cpu_seconds, ours.megabytes);
    }
    constexpr double people_of_goal = 50000;
    return {{"seconds_beyond_reconcile", median(seconds), most_seconds_of_50000 * people / people_of_goal}};
}

}  // namespace

std::vector<Figure> forced_resync() {
    return measure_resync(50000);
}

std::vector<Figure> forced_resync_of_10000() {
    return measure_resync(10000);
}

}  // namespace entstream::bench
