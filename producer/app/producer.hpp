#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "common/metrics/monitoring.hpp"
#include "common/runtime/backoff.hpp"
#include "common/runtime/stop_signal.hpp"
#include "producer/app/failures.hpp"
#include "producer/app/ownership.hpp"
#include "producer/app/stop_source.hpp"
#include "producer/control/service.hpp"
#include "producer/metrics/queue_report.hpp"
#include "producer/metrics/source_metrics.hpp"
#include "producer/producer_config.hpp"
#include "producer/publish/kafka_log_writer.hpp"
#include "producer/publish/stream.hpp"
#include "producer/sync/sync_reader.hpp"

namespace entstream::producer::app {

/// The running producer. It has one or several lives: each begins by taking the log over and restoring the index from
/// it, and ends when a transaction was lost or another process took the log over, which is then waited for
/// (Ownership); within a life, sessions with the provider follow each other.
class Producer {
  public:
    /// \param config      as load_config() gave it
    /// \param monitoring  is told what goes on; outlives this object
    Producer(const ProducerConfig& config, const runtime::StopSignal& stop, metrics::Monitoring& monitoring);

    /// Runs until the stop signal.
    /// \throws whatever ends the program: at the start any failure (an outage when it lasts), later what waiting does
    /// not mend: permanent kafka::Error, runtime::ProgramError
    void run();

  private:
    /// The first try: no topic is created for a source whose directory does not answer.
    void reach_provider();
    /// Repeats what fails because a server is away, for as long as a start may take.
    void patiently(const std::function<void()>& step);
    /// \throws what ended the life, unless it was the stop signal
    void live();
    /// \returns why the session ended; nullopt: told to stop
    std::optional<publish::SessionEnd> stream_session(publish::Stream& stream, sync::SyncReader& reader,
                                                      control::Service& requests, const publish::KafkaLogWriter& log);
    /// Tells the metrics that a session has begun.
    void begin_session(const publish::Stream& stream, const index::Index& index);
    /// Tells the metrics how far the session has got. \param log  is asked for its end after a sign of life
    void show(const publish::Stream& stream, const control::Service& requests, const publish::KafkaLogWriter& log);
    /// The session has ended, or could not be begun: told by the metrics, unless we were told to stop.
    void lost(const publish::SessionEnd& end);
    /// A sign of life, when it is due.
    void beat(publish::Stream& stream, publish::Stream::Clock::time_point now);
    /// Waits before the next session, with signs of life.
    void pause(const publish::SessionEnd& end, bool has_streamed, publish::Stream& stream, control::Service& requests);

    /// Not past a stop.
    void sleep(std::chrono::milliseconds duration) const { static_cast<void>(stop_.wait(duration)); }

    ProducerConfig config_;
    const runtime::StopSignal& stop_;
    metrics::Health& health_;
    SourceMetrics source_;
    QueueReport queue_;
    StopSource stop_source_;
    runtime::Backoff reconnect_;
    runtime::Backoff rebirth_;
    Failures failures_;
    Ownership ownership_;
    publish::Stream::Clock::time_point next_heartbeat_;
    publish::Stream::Clock::time_point next_show_;
    bool has_beaten_ = false;         ///< since the last look at the end of the log
    bool hurried_ = false;            ///< the last session ended before it streamed, and the next one was begun at once
    bool provider_was_lost_ = false;  ///< the connection broke since the last time that the stream was up
    bool settled_ = false;            ///< a session has begun: outages are waited for from then on
};

}  // namespace entstream::producer::app
