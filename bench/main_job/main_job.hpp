#pragma once

#include <vector>

#include "bench/figure.hpp"

namespace entstream::bench {

/// The main job: 10 000 people from an LDAP server that has them to committed rows in Moodle, producer and consumer
/// started together, all servers on this machine, as a ratio to the time in which PostgreSQL takes the same rows of
/// Moodle's tables by COPY and INSERT ... SELECT alone (medians of the runs). And a restart of both with nothing
/// changed.
std::vector<Figure> main_job();

}  // namespace entstream::bench
