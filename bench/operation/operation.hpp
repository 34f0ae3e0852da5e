#pragma once

#include <vector>

#include "bench/figure.hpp"

namespace entstream::bench {

/// What metrics and logs cost: the consumer's processor time of a first load of 100 000 people with its log as JSON and
/// its metrics read every second, to that without a port and with a log of errors only. Runs of both kinds take turns;
/// the median of five pairs. Counting itself cannot be turned off, and is in both.
std::vector<Figure> operation();
/// The same with a tenth of the people: for a first look.
std::vector<Figure> operation_of_10000();

}  // namespace entstream::bench
