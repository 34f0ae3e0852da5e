#include "producer/metrics/queue_report.hpp"

namespace entstream::producer {

QueueReport::QueueReport(metrics::Metrics& metrics, const std::string& source)
    : collection_(metrics.at_scrape([this, name = metrics::Source{source}](metrics::Samples& samples) {
          const std::lock_guard lock(mutex_);
          const auto waiting = reader_ == nullptr ? sync::MessageQueue::Fill{} : reader_->waiting();
          samples.gauge<metrics::Id::source_queue_messages>(static_cast<double>(waiting.messages), name);
          samples.gauge<metrics::Id::source_queue_bytes>(static_cast<double>(waiting.octets), name);
      })) {}

void QueueReport::look_at(const sync::SyncReader* reader) {
    const std::lock_guard lock(mutex_);
    reader_ = reader;
}

}  // namespace entstream::producer
