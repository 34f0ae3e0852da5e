#include "producer/metrics/source_metrics.hpp"

#include <algorithm>
#include <utility>

namespace entstream::producer {

namespace {

using metrics::Id;
using metrics::seconds_of;

/// One counter for each value of an enumeration.
template <typename Value, std::size_t count, typename Resolve>
void resolve_all(std::array<prometheus::Counter*, count>& counters, const Resolve& resolve) {
    for (std::size_t i = 0; i < count; ++i) {
        counters[i] = &resolve(static_cast<Value>(i));
    }
}

SourceMetrics::Time time_of(const google::protobuf::Timestamp& time) {
    return SourceMetrics::Time(std::chrono::duration_cast<std::chrono::system_clock::duration>(
        std::chrono::seconds(time.seconds()) + std::chrono::nanoseconds(time.nanos())));
}

/// Clocks of two machines may differ: nothing takes less than no time.
double seconds_between(SourceMetrics::Time from, SourceMetrics::Time to) {
    return std::max(0.0, seconds_of(to - from));
}

}  // namespace

SourceMetrics::SourceMetrics(metrics::Metrics& metrics, const std::string& source)
    : source_{source},
      connected_(metrics.gauge<Id::source_connected>(source_)),
      last_contact_(metrics.gauge<Id::source_last_contact>(source_)),
      last_change_(metrics.gauge<Id::source_last_change>(source_)),
      watermark_(metrics.gauge<Id::source_watermark>(source_)),
      heartbeat_at_(metrics.gauge<Id::source_heartbeat>(source_)),
      cookie_(metrics.gauge<Id::source_cookie>(source_)),
      refresh_running_(metrics.gauge<Id::source_refresh_running>(source_)),
      refresh_started_(metrics.gauge<Id::source_refresh_started>(source_)),
      refresh_entries_(metrics.gauge<Id::source_refresh_entries>(source_)),
      refresh_expected_(metrics.gauge<Id::source_refresh_expected_entries>(source_)),
      refresh_completed_(metrics.gauge<Id::source_refresh_completed>(source_)),
      reconcile_running_(metrics.gauge<Id::source_reconcile_running>(source_)),
      reconcile_entries_(metrics.gauge<Id::source_reconcile_entries>(source_)),
      reconcile_completed_(metrics.gauge<Id::source_reconcile_completed>(source_)),
      withheld_(metrics.gauge<Id::source_withheld_entries>(source_)),
      committed_(metrics.counter<Id::source_transactions>(source_, metrics::TransactionResult::committed)),
      aborted_(metrics.counter<Id::source_transactions>(source_, metrics::TransactionResult::aborted)),
      transaction_duration_(metrics.histogram<Id::source_transaction_duration>(source_)),
      transaction_records_(metrics.histogram<Id::source_transaction_records>(source_)),
      rebuilds_(metrics.counter<Id::source_rebuilds>(source_)),
      fenced_(metrics.counter<Id::source_fenced>(source_)),
      log_end_offset_(metrics.gauge<Id::source_log_end_offset>(source_)),
      to_observed_(metrics.histogram<Id::source_stage_duration>(source_, metrics::SourceStage::csn_to_observed)),
      to_committed_(
          metrics.histogram<Id::source_stage_duration>(source_, metrics::SourceStage::observed_to_committed)) {
    for (std::size_t i = 0; i < metrics::source_entities; ++i) {
        const auto entity = static_cast<metrics::SourceEntity>(i);
        entries_[i] = &metrics.gauge<Id::source_entries>(source_, entity);
        resolve_all<metrics::Operation>(changes_[i], [&](metrics::Operation operation) -> prometheus::Counter& {
            return metrics.counter<Id::source_changes>(source_, entity, operation);
        });
    }
    resolve_all<metrics::RefreshReason>(refreshes_, [&](metrics::RefreshReason reason) -> prometheus::Counter& {
        return metrics.counter<Id::source_refreshes>(source_, reason);
    });
    resolve_all<metrics::LossReason>(lost_, [&](metrics::LossReason reason) -> prometheus::Counter& {
        return metrics.counter<Id::source_connections_lost>(source_, reason);
    });
    resolve_all<metrics::UnreadableReason>(unreadable_, [&](metrics::UnreadableReason reason) -> prometheus::Counter& {
        return metrics.counter<Id::source_unreadable_entries>(source_, reason);
    });
}

void SourceMetrics::change(const v1::Change& change, Time observed) {
    // Both enumerations of records begin with 1.
    ++counts_.at(static_cast<std::size_t>(change.kind()) - 1).at(static_cast<std::size_t>(change.operation()) - 1);
    last_observed_ = observed;
    if (change.phase() == v1::PHASE_PERSIST) {
        live_.push_back(
            {.changed = change.has_changed_at() ? std::optional(time_of(change.changed_at())) : std::nullopt,
             .observed = observed});
    }
}

void SourceMetrics::heartbeat(const std::optional<Time>& watermark) {
    heartbeat_ = Heartbeat{.watermark = watermark};
}

void SourceMetrics::committed(std::size_t records, std::chrono::steady_clock::duration took) {
    const Time now = std::chrono::system_clock::now();
    committed_.Increment();
    transaction_duration_.Observe(seconds_of(took));
    transaction_records_.Observe(static_cast<double>(records));
    for (std::size_t entity = 0; entity < counts_.size(); ++entity) {
        for (std::size_t operation = 0; operation < counts_[entity].size(); ++operation) {
            if (counts_[entity][operation] > 0) {
                changes_[entity][operation]->Increment(static_cast<double>(counts_[entity][operation]));
            }
        }
    }
    for (const Live& each : live_) {
        if (each.changed) {
            to_observed_.Observe(seconds_between(*each.changed, each.observed));
        }
        to_committed_.Observe(seconds_between(each.observed, now));
    }
    if (last_observed_) {
        last_change_.Set(seconds_of(*last_observed_));
    }
    if (heartbeat_) {
        heartbeat_at_.Set(seconds_of(now));
        if (heartbeat_->watermark) {
            watermark_.Set(seconds_of(*heartbeat_->watermark));
        }
    }
    forget_transaction();
}

void SourceMetrics::aborted() {
    aborted_.Increment();
    forget_transaction();
}

void SourceMetrics::forget_transaction() {
    counts_ = {};
    live_.clear();
    last_observed_.reset();
    heartbeat_.reset();
}

void SourceMetrics::lost(metrics::LossReason reason, std::optional<metrics::UnreadableReason> unreadable) {
    lost_.at(static_cast<std::size_t>(reason))->Increment();
    if (unreadable) {
        unreadable_.at(static_cast<std::size_t>(*unreadable))->Increment();
    }
}

void SourceMetrics::refresh_began(metrics::RefreshReason reason, std::size_t expected) {
    refreshes_.at(static_cast<std::size_t>(reason))->Increment();
    refresh_running_.Set(1);
    refresh_started_.Set(seconds_of(std::chrono::system_clock::now()));
    refresh_entries_.Set(0);
    refresh_expected_.Set(static_cast<double>(expected));
    refreshing_ = true;
}

void SourceMetrics::refresh_ended(bool complete) {
    refresh_running_.Set(0);
    refreshing_ = false;
    if (complete) {
        refresh_completed_.Set(seconds_of(std::chrono::system_clock::now()));
    }
}

void SourceMetrics::reconcile(const Reconcile& reconcile) {
    reconcile_running_.Set(reconcile.running ? 1 : 0);
    reconcile_entries_.Set(static_cast<double>(reconcile.entries));
    if (reconcile.completed) {
        reconcile_completed_.Set(seconds_of(*reconcile.completed));
    }
}

void SourceMetrics::content(const Content& content) {
    for (std::size_t i = 0; i < content.entries.size(); ++i) {
        entries_[i]->Set(static_cast<double>(content.entries[i]));
    }
    withheld_.Set(static_cast<double>(content.withheld));
    if (content.cookie) {
        cookie_.Set(seconds_of(*content.cookie));
    }
}

}  // namespace entstream::producer
