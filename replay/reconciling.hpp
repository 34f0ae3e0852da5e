#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/runtime/exit_code.hpp"
#include "consumer/consumer_config.hpp"
#include "replay/command.hpp"
#include "replay/progress.hpp"

/// What the producer is asked for before a forced replay.
namespace entstream::replay {

/// Asks the producers of sources to compare the directory with the log, or one entry of it, and waits.
/// \param entry  UUID or DN; nullopt: everything
/// \returns false: told to stop \throws runtime::ProgramError  unavailable: no producer answers; refused
bool reconcile(const Context& context, const std::vector<std::string>& sources, const std::optional<std::string>& entry,
               Progress& progress);

/// "rennes: 2026-11-26 05:12 UTC, 3 h ago": when each source was last compared as a whole with its log.
std::string ages_of_refreshes(const consumer::ConsumerConfig& config);

}  // namespace entstream::replay
