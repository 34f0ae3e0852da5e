#include "bench/memory.hpp"

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>

namespace entstream::bench {

double memory_of(pid_t process, const std::string& field) {
    std::ifstream lines(fmt::format("/proc/{}/status", process));
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(field + ':')) {
            return std::stod(line.substr(field.size() + 1)) * 1024 / 1e6;
        }
    }
    throw std::runtime_error(fmt::format("the memory of process {} cannot be read", process));
}

}  // namespace entstream::bench
