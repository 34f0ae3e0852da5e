#pragma once

#include <vector>

#include "bench/figure.hpp"

namespace entstream::bench {

/// `entstream-replay sync users cohorts roles --force --simulate` over 1 000 000 people and their 2 150 000
/// memberships, whom Moodle has as the directory says: its seconds; the same as times of what it cannot do without, a
/// bare read of the topic and COPY out of the tables that are compared, in the same run; the most memory of the
/// program.
std::vector<Figure> dry_run();
/// The same with fewer people, and as many fewer seconds.
std::vector<Figure> dry_run_of_100000();
std::vector<Figure> dry_run_of_10000();

}  // namespace entstream::bench
