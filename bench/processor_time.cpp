#include "bench/processor_time.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace entstream::bench {

namespace {

/// The fields of /proc/PID/stat from the third on: what stands before is a name that may hold anything.
std::vector<std::string> stat_of(pid_t process) {
    std::ifstream file(fmt::format("/proc/{}/stat", process));
    std::string text;
    if (!std::getline(file, text) || text.rfind(')') == std::string::npos) {
        throw std::runtime_error(fmt::format("the processor time of process {} cannot be read", process));
    }
    std::istringstream rest(text.substr(text.rfind(')') + 1));
    std::vector<std::string> fields;
    for (std::string field; rest >> field;) {
        fields.push_back(field);
    }
    return fields;
}

// Their places among those: proc(5).
constexpr std::size_t parent = 1;
constexpr std::size_t user_time = 11;
constexpr std::size_t system_time = 12;
constexpr std::size_t children_user_time = 13;
constexpr std::size_t children_system_time = 14;

}  // namespace

ProcessorTime processor_time_of(pid_t process) {
    const std::vector<std::string> fields = stat_of(process);
    const auto seconds = [&](std::size_t one, std::size_t other) {
        return (std::stod(fields.at(one)) + std::stod(fields.at(other))) / static_cast<double>(sysconf(_SC_CLK_TCK));
    };
    return {.own = seconds(user_time, system_time), .children = seconds(children_user_time, children_system_time)};
}

pid_t parent_of(pid_t process) {
    return std::stoi(stat_of(process).at(parent));
}

}  // namespace entstream::bench
