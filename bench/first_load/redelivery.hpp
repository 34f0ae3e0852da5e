#pragma once

#include <vector>

#include "bench/figure.hpp"

namespace entstream::bench {

/// The same log once more, into a Moodle that has all of it: the rate to that of the first load in the same run, of
/// 100 000 users. Delivered again: only the position stands at the start again. Rebuilt: as docs/rebuild.md does it,
/// where everything that entstream remembers of the log is written anew: no slower than the first load.
std::vector<Figure> redelivery();
/// The same with a tenth of the people: for a first look.
std::vector<Figure> redelivery_of_10000();

}  // namespace entstream::bench
