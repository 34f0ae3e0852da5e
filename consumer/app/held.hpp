#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "common/runtime/exit_code.hpp"
#include "common/runtime/stop_signal.hpp"
#include "consumer/consumer_config.hpp"

/// What the command line does about removals that the guard holds (docs/guard.md), beside a running consumer or without
/// one. Personal data goes to `out` only.
namespace entstream::consumer::app {

/// Whether a value of --approve or --reject says which held removals are meant: `held`, `held=user` ..., or a UUID.
/// \returns empty, or what is wrong with it
std::string check_held_choice(const std::string& value);

/// `--held`: the removals that are held, as a table or (json) one JSON object a line.
/// \throws as MoodleTarget::open_beside()
runtime::ExitCode print_held(const ConsumerConfig& config, bool json, std::ostream& out);

/// `--approve held...`. Waits for a consumer that has rows locked; tells what was done.
/// \returns refused where a UUID has nothing that is held, or the database refuses a removal
/// \throws as MoodleTarget::approve()
runtime::ExitCode approve_held(const ConsumerConfig& config, const std::vector<std::string>& values,
                               const runtime::StopSignal& stop, std::ostream& out);

/// `--approve`: what was planned (approve_planned()) and what is held.
runtime::ExitCode approve(const ConsumerConfig& config, const std::vector<std::string>& values,
                          const runtime::StopSignal& stop, std::ostream& out);

/// `--reject held...`, likewise.
runtime::ExitCode reject_held(const ConsumerConfig& config, const std::vector<std::string>& values,
                              const runtime::StopSignal& stop, std::ostream& out);

}  // namespace entstream::consumer::app
