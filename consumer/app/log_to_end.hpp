#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "common/runtime/stop_signal.hpp"
#include "consumer/consumer_config.hpp"
#include "consumer/delta.hpp"
#include "consumer/map/mapper.hpp"
#include "consumer/read/batch_builder.hpp"

namespace entstream::consumer::app {

/// What came of reading a log to its present end.
struct LogRead {
    std::int64_t records{};      ///< that were read
    bool topic_is_there = true;  ///< false: nothing was read
    bool has_watermark{};        ///< a heartbeat said that the directory was read to its end
    bool stopped{};              ///< told to stop before the end
};

/// Reads and maps the log of a source from a position to its present end, without a trace: no position moves, and what
/// cannot be mapped goes to no dead letters.
/// \param busy   called often, with the offset that was reached and the end; may be empty
/// \param stage  gets batch after batch
/// \throws as SourceFeed::collect()
LogRead read_to_present_end(const ConsumerConfig& config, const std::string& source, const map::Mapper& mapper,
                            const read::StartPosition& start, const runtime::StopSignal& stop,
                            const std::function<void(std::int64_t, std::int64_t)>& busy,
                            const std::function<void(Batch&&)>& stage);

}  // namespace entstream::consumer::app
