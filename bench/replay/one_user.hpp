#pragma once

#include <vector>

#include "bench/figure.hpp"

namespace entstream::bench {

/// `entstream-replay sync --user NAME --force` beside both programs, with 1 000 000 people in the directory and in
/// Moodle: seconds from the start of the program until the name that somebody changed in Moodle by hand is right again,
/// with the reconcile of his entry. Median of several people.
std::vector<Figure> one_user();
/// The same with fewer people; the goal stays.
std::vector<Figure> one_user_of_100000();
std::vector<Figure> one_user_of_10000();

}  // namespace entstream::bench
