#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "common/model/uuid.hpp"
#include "consumer/consumer_config.hpp"

/// The right to erasure, in entstream's own tables (docs/operating.md). What Moodle has of a person is a matter of
/// Moodle's own privacy tools.
namespace entstream::consumer::merge {

/// What keeps an entry from being forgotten, and what Moodle still has of it.
struct ErasureLook {
    std::string obstacle;                 ///< with the remedy; empty: none
    std::optional<std::int64_t> account;  ///< that Moodle still has of it
    std::optional<std::int64_t> cohort;   ///< likewise
};

/// \throws Unreachable, AccessRefused, TargetError  no server, no right, another version's tables
ErasureLook look_before_erasure(const ConsumerConfig& config, const Uuid& entry);

/// Deletes what entstream's tables have of an entry that has left, in one transaction beside a process that serves the
/// Moodle. \returns how many rows of each table
/// \throws TargetError  the entry is not gone: the obstacle. Others as look_before_erasure(); pqxx: a lock is not had
std::map<std::string, std::int64_t> erase(const ConsumerConfig& config, const Uuid& entry);

}  // namespace entstream::consumer::merge
