#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace entstream::bench {

/// One measured figure against its goal.
struct Figure {
    enum class Goal { at_most, at_least };

    std::string name;
    double value{};
    double goal{};
    Goal kind = Goal::at_most;

    [[nodiscard]] bool ok() const { return kind == Goal::at_most ? value <= goal : value >= goal; }
};

/// The middle one; of an even count the upper of the two. \pre not empty
double median(std::vector<double> values);

/// Seconds since it was made.
class Stopwatch {
  public:
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace entstream::bench
