#include "tests/support/region.hpp"

#include <chrono>
#include <stdexcept>
#include <vector>

#include "tests/support/process.hpp"

namespace entstream::test {

namespace {

// A million people on a busy machine.
constexpr std::chrono::minutes loading_patience{30};

void run(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment = {}) {
    const Exit exit = Process::run(command, environment, loading_patience);
    if (exit.status != 0) {
        throw std::runtime_error(command.front() + " ended with status " + std::to_string(exit.status) + ": " +
                                 exit.err + exit.out);
    }
}

std::vector<std::string> generator(const RegionOptions& options) {
    std::vector<std::string> command = {program_path("entgen").string(), "--seed", std::to_string(options.seed)};
    if (options.people > 0) {
        command.insert(command.end(), {"--people", std::to_string(options.people)});
    } else {
        command.insert(command.end(), {"--schools", std::to_string(options.schools)});
    }
    return command;
}

}  // namespace

std::filesystem::path write_region_ldif(const RegionOptions& options, const std::filesystem::path& dir) {
    std::filesystem::path file = dir / "region.ldif";
    auto command = generator(options);
    command.insert(command.end(), {"--output", file.string()});
    run(command);
    return file;
}

void load_directory(const ServersInfo& servers, const RegionOptions& options, const std::filesystem::path& dir) {
    const auto file = write_region_ldif(options, dir);
    run({source_path("deploy/dev/servers.sh").string(), "load-ldif", file.string(), servers.dir});
}

void load_moodle(const ServersInfo& servers, const RegionOptions& options, const std::filesystem::path& dir) {
    const std::filesystem::path file = dir / "region.sql";
    auto command = generator(options);
    command.insert(command.end(), {"--moodle-sql", "--output", file.string()});
    run(command);
    const auto environment = servers.pg_environment();
    const std::string empty_database =
        "SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public; "
        "DROP SCHEMA IF EXISTS entstream CASCADE";
    run({"psql", "-qX", "-v", "ON_ERROR_STOP=1", "-c", empty_database}, environment);
    run({source_path("schemas/moodle/load.sh").string()}, environment);
    run({"psql", "-qX", "-1", "-v", "ON_ERROR_STOP=1", "-f", file.string()}, environment);
}

}  // namespace entstream::test
