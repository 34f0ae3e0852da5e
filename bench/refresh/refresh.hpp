#pragma once

#include <vector>

#include "bench/figure.hpp"

namespace entstream::bench {

/// The producer's rate from an empty log until all is committed, from the start of the program on, to that of
/// `ldapsearch -E sync=ro` of the same searches in the same run: for the users alone, and for the whole region with its
/// groups and role objects, whose members are records of their own (2.4 for each person). Medians of alternating runs.
std::vector<Figure> refresh();
/// The same once, with 1 000 000 users.
std::vector<Figure> refresh_of_a_million();

}  // namespace entstream::bench
