#pragma once

#include "bench/first_load/region_log.hpp"
#include "tests/support/pipeline.hpp"
#include "tests/support/servers_info.hpp"

namespace entstream::bench {

/// Seconds from the start of the consumer until the position in Moodle's database stood behind a part of the log, and
/// the most memory that the consumer had by then.
struct ConsumerRun {
    double users{};
    double members{};
    double everything{};
    double megabytes{};
};

/// Lets the consumer apply the whole log, and ends it.
/// \throws std::runtime_error with the consumer's words
ConsumerRun apply_log(const test::ServersInfo& servers, test::Pipeline& pipeline, const RegionLog& log);

}  // namespace entstream::bench
