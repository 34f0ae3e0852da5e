#include "tests/support/servers.hpp"

#include <unistd.h>

#include <chrono>
#include <fstream>
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

Servers* Servers::install() {
    // GoogleTest owns and deletes its environments.
    auto* servers = new Servers;
    ::testing::AddGlobalTestEnvironment(servers);
    return servers;
}

void Servers::SetUp() {
    dir_ = std::make_unique<TempDir>();
    script("up", {"--owner", std::to_string(::getpid())});
    environment_ = read_environment(dir_->path() / "servers.env");
}

void Servers::TearDown() {
    if (dir_) {
        script("down", {"--remove"});
    }
    dir_.reset();
}

const std::string& Servers::get(const std::string& variable) const {
    return environment_.at(variable);
}

void Servers::stop(const std::string& name) const {
    script("stop", {name});
}
void Servers::start(const std::string& name) const {
    script("start", {name});
}
void Servers::restart(const std::string& name) const {
    script("restart", {name});
}
void Servers::kill(const std::string& name) const {
    script("kill", {name});
}
void Servers::load_ldif(const std::string& file) const {
    script("load-ldif", {file});
}

void Servers::script(const std::string& command, const std::vector<std::string>& arguments) const {
    std::vector<std::string> line{source_path("deploy/dev/servers.sh"), command};
    // `up DIR --owner PID`, but `stop NAME DIR`.
    const bool directory_first = command == "up" || command == "down";
    if (directory_first) {
        line.push_back(dir_->path());
    }
    line.insert(line.end(), arguments.begin(), arguments.end());
    if (!directory_first) {
        line.push_back(dir_->path());
    }
    const Exit result = Process::run(line, {}, script_patience);
    if (result.status != 0) {
        throw std::runtime_error("servers.sh " + command + " ended with " + std::to_string(result.status) + ": " +
                                 result.out + result.err);
    }
}

}  // namespace entstream::test
