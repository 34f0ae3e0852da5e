#pragma once

#include <string>
#include <vector>

#include "common/runtime/exit_code.hpp"
#include "common/runtime/stop_signal.hpp"
#include "producer/producer_config.hpp"

namespace entstream::producer::app {

/// `--ask`: asks the producer of this source, waits, and prints each answer on standard output, a line each.
/// \param words  what they mean: docs/log_format.md
/// \returns ok: done; refused: the answer says why; temporary: told to stop while waiting (the request goes on)
/// \throws runtime::ProgramError  usage: the words mean nothing; unavailable: no producer answers; kafka::Error
runtime::ExitCode ask(const ProducerConfig& config, const std::vector<std::string>& words,
                      const runtime::StopSignal& stop);

}  // namespace entstream::producer::app
