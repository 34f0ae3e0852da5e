#pragma once

#include <vector>

#include "bench/figure.hpp"

namespace entstream::bench {

/// What a consumer that compares log and Moodle by itself (`consumer.verify`) costs, with 100 000 people: the seconds
/// of one comparison beside the stream, and the milliseconds from the directory's answer to the committed row of
/// changes that come meanwhile. Medians; what they are without a comparison goes to standard error.
std::vector<Figure> verification();
/// The same with fewer people, and goals in proportion.
std::vector<Figure> verification_of_10000();

}  // namespace entstream::bench
