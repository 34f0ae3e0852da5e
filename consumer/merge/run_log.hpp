#pragma once

#include <cstdint>
#include <string>

#include "consumer/consumer_config.hpp"

/// What replays have done to a Moodle: rows of entstream.run. Each call connects by itself and is one transaction.
namespace entstream::consumer::merge {

/// \param kind     "sync", "resync", "apply"
/// \param owner    who does it
/// \param options  of the command line, without personal data
/// \returns the row's id
/// \throws Unreachable, AccessRefused, TargetError  the schema `entstream` is not of this version
std::int64_t begin_run(const ConsumerConfig& config, const std::string& kind, const std::string& owner,
                       const std::string& options);

/// \param totals   JSON: what was done
/// \param outcome  "done", "held", "stopped", "failed" ...
void end_run(const ConsumerConfig& config, std::int64_t id, std::int64_t records, const std::string& totals,
             const std::string& outcome);

}  // namespace entstream::consumer::merge
