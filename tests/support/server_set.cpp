#include "tests/support/server_set.hpp"

#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "tests/support/process.hpp"

namespace entstream::test {

namespace {

// Longer than any start: the script has deadlines of its own and says which server missed it.
constexpr std::chrono::minutes script_patience{8};

std::map<std::string, std::string> read_environment(const std::filesystem::path& file) {
    std::map<std::string, std::string> environment;
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
        if (const auto equals = line.find('='); equals != std::string::npos) {
            environment[line.substr(0, equals)] = line.substr(equals + 1);
        }
    }
    return environment;
}

}  // namespace

ServerSet::ServerSet(Disk disk, const std::vector<std::string>& options) {
    std::vector<std::string> arguments{"--owner", std::to_string(::getpid())};
    if (disk == Disk::not_waited_for) {
        arguments.emplace_back("--no-fsync");
    }
    arguments.insert(arguments.end(), options.begin(), options.end());
    script("up", arguments);
    environment_ = read_environment(dir_.path() / "servers.env");
}

ServerSet::~ServerSet() {
    try {
        script("down", {"--remove"});
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';  // the script's watch on this process is the second line of defence
    }
}

void ServerSet::stop(const std::string& name) const {
    script("stop", {name});
}
void ServerSet::start(const std::string& name) const {
    script("start", {name});
}
void ServerSet::restart(const std::string& name) const {
    script("restart", {name});
}
void ServerSet::kill(const std::string& name) const {
    script("kill", {name});
}
void ServerSet::observe() {
    script("up", {"--observe"});
    environment_ = read_environment(dir_.path() / "servers.env");
}
void ServerSet::load_ldif(const std::string& file) const {
    script("load-ldif", {file});
}

void ServerSet::script(const std::string& command, const std::vector<std::string>& arguments) const {
    std::vector<std::string> line{source_path("deploy/dev/servers.sh"), command};
    // `up DIR --owner PID`, but `stop NAME DIR`.
    const bool directory_first = command == "up" || command == "down";
    if (directory_first) {
        line.push_back(dir_.path());
    }
    line.insert(line.end(), arguments.begin(), arguments.end());
    if (!directory_first) {
        line.push_back(dir_.path());
    }
    const Exit result = Process::run(line, {}, script_patience);
    if (result.status != 0) {
        throw std::runtime_error("servers.sh " + command + " ended with " + std::to_string(result.status) + ": " +
                                 result.out + result.err);
    }
}

}  // namespace entstream::test
