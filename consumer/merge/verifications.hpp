#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "consumer/consumer_config.hpp"
#include "consumer/merge/target.hpp"

/// What comparisons of directory, log and Moodle have found: rows of entstream.run. Without personal data.
namespace entstream::consumer::merge {

/// How many objects of a source differ in the same way, seen from where the log leads to.
struct Difference {
    std::string source;
    std::string between;  ///< "directory_log", "log_moodle"
    std::string entity;   ///< "user", "cohort", "member", "role_assignment"
    std::string kind;     ///< "missing", "surplus", "different"
    std::int64_t objects{};
};

struct Verification {
    std::chrono::system_clock::time_point begun_at;
    std::string by;        ///< who did it
    std::string compared;  ///< "log and Moodle", "directory, log and Moodle"
    std::string outcome;   ///< "equal", "different"; "stopped", "too long", "failed": it says nothing
    std::int64_t records{};
    std::vector<Difference> differences;
};

/// The differences that a plan of a forced replay shows.
std::vector<Difference> differences_of(const std::string& source, const std::vector<PlanTotal>& totals);

/// Where there is no schema `entstream` yet, nothing is stored. One transaction on a connection of its own.
/// \throws Unreachable, AccessRefused, TargetError  the schema is not of this version
void store_verification(const ConsumerConfig& config, const Verification& verification);

}  // namespace entstream::consumer::merge
