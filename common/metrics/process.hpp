#pragma once

#include "common/metrics/metrics.hpp"

namespace entstream::metrics {

/// build_info, process_* and the lines of the log, computed at each scrape (Linux: /proc/self).
[[nodiscard]] Metrics::Collection collect_process(Metrics& metrics);

}  // namespace entstream::metrics
