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
constexpr std::size_t user_time = 11;
constexpr std::size_t system_time = 12;

}  // namespace

double processor_time_of(pid_t process) {
    const std::vector<std::string> fields = stat_of(process);
    return (std::stod(fields.at(user_time)) + std::stod(fields.at(system_time))) /
           static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace entstream::bench
