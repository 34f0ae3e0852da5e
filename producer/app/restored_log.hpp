#pragma once

#include <functional>

#include "producer/index/index.hpp"
#include "producer/producer_config.hpp"
#include "producer/publish/restore.hpp"

namespace entstream::producer::app {

/// Reads both topics of the source into an empty index.
/// \param keep_on  false ends the reading early; the result is then of no use
/// \pre this process has taken the log over (KafkaLogWriter::take_over)
/// \throws kafka::Error; runtime::ProgramError when a record cannot be read
publish::Restored restore_from_topics(const ProducerConfig& config, index::Index& index,
                                      const std::function<bool()>& keep_on);

}  // namespace entstream::producer::app
