#include "bench/demo/replay.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pqxx/pqxx>

#include <chrono>
#include <sstream>
#include <vector>

#include "tests/support/process.hpp"

namespace entstream::demo {

namespace {

constexpr int found_differences = 10;

/// Runs one command and shows what it says. \returns what is wrong with its end; empty: nothing
std::string run_replay(const test::Pipeline& pipeline, const std::vector<std::string>& options, int expected,
                       const std::function<void(const std::string&)>& say) {
    std::vector<std::string> command = {test::program_path("entstream-replay").string(), "--config",
                                        pipeline.consumer_config().string()};
    command.insert(command.end(), options.begin(), options.end());
    say(fmt::format("  $ entstream-replay {}", fmt::join(options, " ")));
    const auto begin = std::chrono::steady_clock::now();
    const test::Exit exit = test::Process::run(command, pipeline.environment());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    std::istringstream lines(exit.out);
    for (std::string line; std::getline(lines, line);) {
        say(line.empty() ? line : "    " + line);
    }
    say(fmt::format("    ({:.2f} s)\n", seconds.count()));
    return exit.status == expected ? std::string()
                                   : fmt::format("entstream-replay ended with status {} instead of {}:\n{}",
                                                 exit.status, expected, exit.err);
}

}  // namespace

std::string show_replay(const test::ServersInfo& servers, const test::Pipeline& pipeline,
                        const std::function<void(const std::string&)>& say) {
    const std::vector<std::string> simulation = {"sync", "users", "cohorts", "roles", "--force", "--simulate"};
    say("A simulation beside the running consumer: every entry is examined, nothing is written");
    std::string wrong = run_replay(pipeline, simulation, 0, say);

    say("Somebody changes Moodle by hand: a name, a membership, a role");
    {
        pqxx::connection database(servers.conninfo());
        pqxx::work work(database);
        work.exec0(
            "UPDATE mdl_user SET lastname = 'BY HAND' WHERE id = (SELECT min(id) FROM mdl_user WHERE auth = 'ldap' "
            "AND suspended = 0)");
        work.exec0("DELETE FROM mdl_cohort_members WHERE id = (SELECT min(id) FROM mdl_cohort_members)");
        work.exec0(
            "DELETE FROM mdl_role_assignments WHERE id = (SELECT min(id) FROM mdl_role_assignments WHERE "
            "component = 'local_entstream')");
        work.commit();
    }
    wrong += run_replay(pipeline, simulation, found_differences, say);
    wrong += run_replay(pipeline, {"sync", "users", "cohorts", "roles", "--force", "--yes"}, 0, say);
    wrong += run_replay(pipeline, simulation, 0, say);
    return wrong;
}

}  // namespace entstream::demo
