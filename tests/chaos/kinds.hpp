#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "tests/chaos/oracle.hpp"
#include "tests/chaos/random.hpp"
#include "tests/chaos/system.hpp"
#include "tests/chaos/writer.hpp"

namespace entstream::chaos {

/// What a fault works with. Its choices come from `random`, which is made of the seed and the fault's number alone.
struct Round {
    System& system;
    Writer& writer;
    Random& random;
    std::chrono::milliseconds longest_hold;
    /// Waits until Moodle equals the directory: for faults that need an undisturbed state in their middle.
    /// \throws std::runtime_error it does not
    std::function<void()> settle;

    /// How long a fault lasts: mostly short, sometimes longer than the programs' own limits.
    std::chrono::milliseconds some_time();
    void change(std::size_t most = 6) { writer.some_changes(random, 1 + random.below(most)); }
};

/// A kind of fault: when run() returns the fault is over, and the system has to heal by itself.
struct Kind {
    std::string name;
    std::function<void(Round&)> run;
};

/// Kills, stops and restarts of each process; each link cut, silent and half open.
std::vector<Kind> process_and_link_kinds();
/// Restores, and what administrators do to people, containers, groups and role objects.
std::vector<Kind> directory_kinds();
/// What happens in PostgreSQL, in Moodle and in Kafka beside outages.
std::vector<Kind> neighbour_kinds();

std::vector<Kind> all_kinds();

}  // namespace entstream::chaos
