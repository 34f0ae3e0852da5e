#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace entstream::chaos {

struct Options {
    std::uint64_t seed = 1;
    std::size_t faults = 20;
    std::string only;  ///< a part of the kinds' names; empty: all kinds
    bool keep = false;
    bool list = false;
    int longest_hold_ms = 20000;
    int patience_s = 90;  ///< how long a system may take to heal
};

/// Injects the faults and prints a line for each and the table at the end. \returns 0: all healed, 1: not, 2: no kind
/// has such a name
int run(const Options& options);

}  // namespace entstream::chaos
