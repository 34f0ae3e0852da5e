#include "tests/support/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "tests/support/wait.hpp"

namespace entstream::test {

namespace {

std::string read_file(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    result.reserve(texts.size() + 1);
    for (auto& text : texts) {
        result.push_back(text.data());
    }
    result.push_back(nullptr);
    return result;
}

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& added) {
    std::vector<std::string> result;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string line = *variable;
        if (!added.contains(line.substr(0, line.find('=')))) {
            result.push_back(line);
        }
    }
    for (const auto& [name, value] : added) {
        result.push_back(name);
        result.back() += '=' + value;
    }
    // Many of our programs run at the same time: none may take the default port.
    if (!added.contains("ENTSTREAM_METRICS_LISTEN") && std::getenv("ENTSTREAM_METRICS_LISTEN") == nullptr) {
        result.emplace_back("ENTSTREAM_METRICS_LISTEN=127.0.0.1:0");
    }
    return result;
}

int exit_status(int wait_status) {
    constexpr int killed_by = 128;
    return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : killed_by + WTERMSIG(wait_status);
}

}  // namespace

Process::Process(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment) {
    auto arguments = command;
    auto variables = merged_environment(environment);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    const auto redirect = [&](int descriptor, const char* name) {
        posix_spawn_file_actions_addopen(&actions, descriptor, (outputs_.path() / name).c_str(),
                                         O_WRONLY | O_CREAT | O_APPEND, 0600);
    };
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    redirect(STDOUT_FILENO, "out");
    redirect(STDERR_FILENO, "err");
    const int error = posix_spawnp(&pid_, command.at(0).c_str(), &actions, nullptr, pointers(arguments).data(),
                                   pointers(variables).data());
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        throw std::system_error(error, std::generic_category(), "cannot start " + command.at(0));
    }
}

Process::~Process() {
    if (running()) {
        kill();
        wait();
    }
}

void Process::signal(int number) const {
    if (!status_) {
        ::kill(pid_, number);
    }
}

bool Process::running() {
    int status = 0;
    if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_) {
        status_ = exit_status(status);
    }
    return !status_;
}

std::string Process::out() const {
    return read_file(outputs_.path() / "out");
}
std::string Process::err() const {
    return read_file(outputs_.path() / "err");
}

Exit Process::wait(std::chrono::milliseconds patience) {
    if (!wait_until([this] { return !running(); }, patience)) {
        kill();
        wait_until([this] { return !running(); });
    }
    return {.status = status_.value_or(-1), .out = out(), .err = err()};
}

Exit Process::run(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment,
                  std::chrono::milliseconds patience) {
    return Process(command, environment).wait(patience);
}

std::filesystem::path source_path(const std::string& relative) {
    return std::filesystem::path(ENTSTREAM_SOURCE_DIR) / relative;
}
std::filesystem::path program_path(const std::string& name) {
    return std::filesystem::path(ENTSTREAM_PROGRAM_DIR) / name;
}

}  // namespace entstream::test
