#pragma once

#include <vector>

#include "bench/figure.hpp"

namespace entstream::bench {

/// The consumer's first load of 100 000 users, 216 000 memberships and 21 000 roles from the log into an empty Moodle,
/// against the time in which PostgreSQL takes every row that this leaves, of Moodle's tables and of entstream's, by
/// COPY and INSERT ... SELECT alone. Both in one run, medians of the runs; and the most memory of the consumer.
std::vector<Figure> first_load();
/// The same once, with a tenth of the people: for a first look.
std::vector<Figure> first_load_of_10000();

}  // namespace entstream::bench
