#pragma once

#include "producer/producer_config.hpp"
#include "producer/publish/publisher.hpp"
#include "producer/publish/restore.hpp"

namespace entstream::producer::publish {

/// What a start has to write before anything else: the identity of a new log, the description of the source where it
/// changed, tombstones that a former process died over. Nothing when all is there.
void publish_start_records(const ProducerConfig& config, const Restored& restored, Publisher& publisher);

}  // namespace entstream::producer::publish
