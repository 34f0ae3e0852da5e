#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/metrics/labels.hpp"

/// What a metric of the catalogue is described by.
namespace entstream::metrics {

enum class Type : std::uint8_t { counter, gauge, histogram };

/// Which programs have it.
enum class Programs : std::uint8_t { both, producer, consumer };

/// Upper bounds of a histogram.
enum class Buckets : std::uint8_t {
    none,
    stages,   ///< 5 ms to an hour: from a change to where it is seen
    moments,  ///< 1 ms to 5 min: transactions, batches
    records,  ///< 1 to 100 000
};

enum class Id : std::uint8_t {
    build_info,
    state,
    state_since,
    log_lines,
    log_lines_suppressed,
    certificate_expiry,
    process_resident_memory,
    process_cpu,
    process_start_time,
    process_open_fds,
    process_max_fds,

    source_connected,
    source_last_contact,
    source_last_change,
    source_watermark,
    source_heartbeat,
    source_cookie,
    source_entries,
    source_changes,
    source_unreadable_entries,
    source_refreshes,
    source_refresh_running,
    source_refresh_started,
    source_refresh_entries,
    source_refresh_expected_entries,
    source_refresh_completed,
    source_reconcile_running,
    source_reconcile_entries,
    source_reconcile_completed,
    source_connections_lost,
    source_withheld_entries,
    source_queue_messages,
    source_queue_bytes,
    source_transactions,
    source_transaction_duration,
    source_transaction_records,
    source_rebuilds,
    source_fenced,
    source_log_end_offset,
    source_stage_duration,

    target_connected,
    target_watermark,
    target_position_offset,
    target_end_offset,
    target_last_applied,
    target_last_change,
    target_stage_duration,
    target_applied,
    target_skipped,
    target_batches,
    target_batch_records,
    target_batch_duration,
    target_sql,
    target_prefetched_records,
    target_parked,
    target_held,
    target_held_oldest,
    target_spared,
    target_pending_members,
    target_dead_letters,
    target_dead_letters_waiting,
    target_paused,
    target_reconnects,
    target_retries,
    target_fenced,
    target_position_restored,
    target_runs,
    target_run_completed,
    target_run_failed,
    target_verify_completed,
    target_verify_differences,
};

/// Labels of a metric, at most four.
using Labels = std::array<const LabelDescription*, 4>;

struct Description {
    Id id{};
    std::string_view name;
    Type type{};
    std::string_view unit;  ///< of the value; empty: a number of what the name says, or 0 and 1
    Programs programs{};
    Labels labels{};
    std::string_view help;
    Buckets buckets = Buckets::none;
};

}  // namespace entstream::metrics
