#pragma once

#include <vector>

#include "bench/figure.hpp"

namespace entstream::bench {

/// `entstream-replay resync` of a region of 50 000 people whom Moodle has as the directory says, with all that hangs on
/// them: its seconds beyond the reconcile, which the producer does (--no-reconcile leaves it out, and nothing else).
std::vector<Figure> forced_resync();
/// The same with fewer people, and as many fewer seconds.
std::vector<Figure> forced_resync_of_10000();

}  // namespace entstream::bench
