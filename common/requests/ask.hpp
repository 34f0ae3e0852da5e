#pragma once

#include <functional>
#include <optional>
#include <string>

#include "common/kafka/kafka_config.hpp"
#include "common/runtime/exit_code.hpp"
#include "common/runtime/stop_signal.hpp"
#include "entstream/v1/control.pb.h"

namespace entstream::requests {

/// Writes a request to the control topic of a source and waits for its producer to answer it. Needs the right to write
/// there and to read the state topic, no other.
/// \param request  id, asker and time are filled in
/// \param heard    gets each answer, the last one too
/// \returns the last answer, done or refused; nullopt: told to stop while waiting (the request goes on)
/// \throws runtime::ProgramError  unavailable: no producer answers; kafka::TopicMissing: none ever ran; kafka::Error
std::optional<v1::ControlAnswer> ask(const kafka::KafkaConfig& config, const std::string& source,
                                     v1::ControlRequest request, const runtime::StopSignal& stop,
                                     const std::function<void(const v1::ControlAnswer&)>& heard);

/// An answer as a line of text: "<id> reconcile: done, 4110 entries compared, …". Without personal data.
std::string describe(const v1::ControlAnswer& answer);

/// How a program ends that asked. \param answer  as ask() returns it
runtime::ExitCode exit_code_of(const std::optional<v1::ControlAnswer>& answer);

}  // namespace entstream::requests
