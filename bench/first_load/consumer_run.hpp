#pragma once

#include <functional>

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
    double processor_seconds{};  ///< of the consumer
};

/// Lets the consumer apply the whole log, and ends it.
/// \param started  called with the running consumer
/// \param ending   called before it is ended
/// \throws std::runtime_error with the consumer's words
ConsumerRun apply_log(const test::ServersInfo& servers, test::Pipeline& pipeline, const RegionLog& log,
                      const std::function<void(const test::Process&)>& started = {},
                      const std::function<void()>& ending = {});

}  // namespace entstream::bench
