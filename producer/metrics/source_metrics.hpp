#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/metrics/metrics.hpp"
#include "entstream/v1/change.pb.h"

namespace entstream::producer {

/// The producer's numbers, resolved once: what is called for each record costs some nanoseconds. One thread, but for
/// those of the scrape, which see each number by itself.
class SourceMetrics {
  public:
    using Time = std::chrono::system_clock::time_point;

    /// \param source  as the configuration names it
    SourceMetrics(metrics::Metrics& metrics, const std::string& source);

    // --- the log ---

    /// A record of a change was made, in the open transaction. \param observed  now
    void change(const v1::Change& change, Time observed);
    void heartbeat(const std::optional<Time>& watermark);
    /// The open transaction is visible. \param took  since its first record
    void committed(std::size_t records, std::chrono::steady_clock::duration took);
    /// The open transaction is lost, and what was said of it since the last one does not count.
    void aborted();
    void log_end(std::int64_t offset) { log_end_offset_.Set(static_cast<double>(offset)); }
    void rebuilt() { rebuilds_.Increment(); }
    void fenced() { fenced_.Increment(); }

    // --- the directory ---

    void connected(bool is) { connected_.Set(is ? 1 : 0); }
    void contact() { last_contact_.Set(metrics::seconds_of(std::chrono::system_clock::now())); }
    /// A session has ended, or could not be begun. \param unreadable  what its last message was, if that could not be
    /// decoded
    void lost(metrics::LossReason reason, std::optional<metrics::UnreadableReason> unreadable = std::nullopt);

    /// \param expected  entries; 0: nobody knows
    void refresh_began(metrics::RefreshReason reason, std::size_t expected);
    void refresh_progress(std::size_t entries) { refresh_entries_.Set(static_cast<double>(entries)); }
    /// \param complete  else the session broke off
    void refresh_ended(bool complete);
    [[nodiscard]] bool refreshing() const { return refreshing_; }

    struct Reconcile {
        bool running = false;
        std::size_t entries = 0;        ///< compared, by the one that runs or the last one
        std::optional<Time> completed;  ///< the last one of all searches
    };
    void reconcile(const Reconcile& reconcile);

    /// What is on the log: entries by kind, and members.
    struct Content {
        std::array<std::size_t, metrics::source_entities> entries{};
        std::size_t withheld = 0;
        std::optional<Time> cookie;  ///< newest CSN that is stored
    };
    void content(const Content& content);

  private:
    struct Live {
        std::optional<Time> changed;
        Time observed;
    };
    struct Heartbeat {
        std::optional<Time> watermark;
    };
    using Counts = std::array<std::array<std::size_t, metrics::operations>, metrics::source_entities>;

    void forget_transaction();

    metrics::Source source_;

    // Of the open transaction.
    Counts counts_{};
    std::vector<Live> live_;  ///< changes of the stream
    std::optional<Time> last_observed_;
    std::optional<Heartbeat> heartbeat_;

    prometheus::Gauge& connected_;
    prometheus::Gauge& last_contact_;
    prometheus::Gauge& last_change_;
    prometheus::Gauge& watermark_;
    prometheus::Gauge& heartbeat_at_;
    prometheus::Gauge& cookie_;
    std::array<prometheus::Gauge*, metrics::source_entities> entries_{};
    std::array<std::array<prometheus::Counter*, metrics::operations>, metrics::source_entities> changes_{};
    std::array<prometheus::Counter*, metrics::refresh_reasons> refreshes_{};
    prometheus::Gauge& refresh_running_;
    prometheus::Gauge& refresh_started_;
    prometheus::Gauge& refresh_entries_;
    prometheus::Gauge& refresh_expected_;
    prometheus::Gauge& refresh_completed_;
    prometheus::Gauge& reconcile_running_;
    prometheus::Gauge& reconcile_entries_;
    prometheus::Gauge& reconcile_completed_;
    std::array<prometheus::Counter*, metrics::loss_reasons> lost_{};
    std::array<prometheus::Counter*, metrics::unreadable_reasons> unreadable_{};
    prometheus::Gauge& withheld_;
    prometheus::Counter& committed_;
    prometheus::Counter& aborted_;
    prometheus::Histogram& transaction_duration_;
    prometheus::Histogram& transaction_records_;
    prometheus::Counter& rebuilds_;
    prometheus::Counter& fenced_;
    prometheus::Gauge& log_end_offset_;
    prometheus::Histogram& to_observed_;
    prometheus::Histogram& to_committed_;
    bool refreshing_ = false;
};

}  // namespace entstream::producer
