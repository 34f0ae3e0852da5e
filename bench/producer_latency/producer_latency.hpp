#pragma once

#include <vector>

#include "bench/figure.hpp"

namespace entstream::bench {

/// From the LDAP server's answer to a change until a reader of committed records has its record, at 20, 200 and 500
/// changes a second, to the latency of a bare librdkafka loop (begin, produce what is due, commit) that writes records
/// of the same size at the same rate to a topic of its own. Medians of the ratios of alternating runs.
std::vector<Figure> producer_latency();

}  // namespace entstream::bench
