#pragma once

#include <string>

namespace entstream::metrics {

/// docs/metrics.md, made from the catalogue.
std::string documentation();

}  // namespace entstream::metrics
