#pragma once

#include <mutex>
#include <string>

#include "common/metrics/metrics.hpp"
#include "producer/sync/sync_reader.hpp"

namespace entstream::producer {

/// What waits in the queue of the session at hand, looked at when somebody asks: the thread that empties the queue may
/// be waiting for Kafka. 0 while there is no session.
class QueueReport {
  public:
    QueueReport(metrics::Metrics& metrics, const std::string& source);

    /// For as long as it lives, the queue of this session.
    class Watch {
      public:
        Watch(QueueReport& report, const sync::SyncReader& reader) : report_(report) { report_.look_at(&reader); }
        ~Watch() { report_.look_at(nullptr); }
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;

      private:
        QueueReport& report_;
    };

  private:
    void look_at(const sync::SyncReader* reader);

    std::mutex mutex_;
    const sync::SyncReader* reader_ = nullptr;
    metrics::Metrics::Collection collection_;  ///< last: it uses the others
};

}  // namespace entstream::producer
