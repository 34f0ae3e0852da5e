#pragma once

#include <vector>

#include "bench/figure.hpp"

namespace entstream::bench {

/// Memory and time of the producer when it starts again with a log that has everything and a directory in which nothing
/// changed: 200 000 users with 474 000 members, and a fifth of the goals for a million.
std::vector<Figure> producer_memory();
/// The same with 1 000 000 users and 2 370 000 members.
std::vector<Figure> producer_memory_of_a_million();

}  // namespace entstream::bench
