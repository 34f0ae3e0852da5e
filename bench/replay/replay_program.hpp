#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/support/pipeline.hpp"

namespace entstream::bench {

/// One run of entstream-replay.
struct ReplayProgram {
    double seconds{};      ///< from its start to its end
    double cpu_seconds{};  ///< of its own, without the servers'
    double megabytes{};    ///< the most that it had in memory
    std::string out;       ///< standard output
};

/// Runs a command of entstream-replay with the configuration of the pipeline's consumer.
/// \param meanwhile  called again and again until it ends
/// \throws std::runtime_error with the program's words: it did not end with status 0
ReplayProgram run_replay(
    const test::Pipeline& pipeline, const std::vector<std::string>& arguments,
    const std::function<void()>& meanwhile = [] {});

/// \throws std::runtime_error with what the run said: it found differences
void expect_no_differences(const ReplayProgram& run);

}  // namespace entstream::bench
