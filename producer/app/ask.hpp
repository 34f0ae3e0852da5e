#pragma once

#include <string>
#include <vector>

#include "common/runtime/exit_code.hpp"
#include "common/runtime/stop_signal.hpp"
#include "entstream/v1/control.pb.h"
#include "producer/producer_config.hpp"

namespace entstream::producer::app {

/// What the words of --ask mean (docs/log_format.md), without id and names.
/// \throws runtime::ProgramError  usage: they mean nothing
v1::ControlRequest request_of(const std::vector<std::string>& words);

/// Writes a request to the control topic, waits for the producer of this source to answer it, and prints each answer
/// on standard output, a line each.
/// \returns ok: done; refused: the answer says why; temporary: told to stop while waiting (the request goes on)
/// \throws runtime::ProgramError  unavailable: no producer answers; kafka::Error
runtime::ExitCode ask(const ProducerConfig& config, const std::vector<std::string>& words,
                      const runtime::StopSignal& stop);

}  // namespace entstream::producer::app
