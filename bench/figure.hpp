#pragma once

#include <string>
#include <vector>

namespace entstream::bench {

/// One measured figure against its goal: the value must not be above it.
struct Figure {
    std::string name;
    double value{};
    double goal{};

    [[nodiscard]] bool ok() const { return value <= goal; }
};

/// The middle one; of an even count the upper of the two. \pre not empty
double median(std::vector<double> values);

}  // namespace entstream::bench
