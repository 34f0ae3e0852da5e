#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "producer/control/control_reader.hpp"
#include "producer/control/desk.hpp"
#include "producer/control/purge.hpp"
#include "producer/metrics/source_metrics.hpp"
#include "producer/producer_config.hpp"
#include "producer/publish/publisher.hpp"
#include "producer/publish/reconcile.hpp"
#include "producer/publish/restore.hpp"
#include "producer/publish/stream.hpp"
#include "producer/sync/full_reader.hpp"

namespace entstream::producer::control {

/// Does what is asked on the control topic, between the messages of the stream: what takes a moment at once, what takes
/// long one after the other and step by step. Reconciles everything, and purges old deletions, by itself when it is
/// due. One per life of the producer. Not thread-safe.
class Service {
  public:
    /// All references outlive the object.
    Service(const ProducerConfig& config, publish::Publisher& publisher, const publish::Restored& restored);

    /// Reads requests that have arrived. What it writes is in the publisher's open transaction.
    void read_requests();
    /// Goes on with what was asked, while the stream is in persist. \throws what the stream throws
    void work(publish::Stream& stream);
    /// The connection to the directory broke: a slapd that was killed may have forgotten deletions (its session log
    /// and, since the last checkpoint, its contextCSN), which only a reconcile finds.
    void provider_was_lost();
    /// How far a reconcile has got, and when the last one was complete.
    [[nodiscard]] SourceMetrics::Reconcile reconcile_report() const;
    /// Something is going on that wants the next call soon.
    [[nodiscard]] bool busy() const { return job_ != nullptr || purge_ != nullptr; }

  private:
    using Clock = std::chrono::steady_clock;

    void do_short(publish::Stream& stream);
    void do_long(publish::Stream& stream);
    void treat(publish::Stream& stream, const v1::ControlRequest& request);
    /// Whether the configuration still has what the request names; refuses it if not.
    bool still_makes_sense(const v1::ControlRequest& request);
    void work_on_resync(publish::Stream& stream, const v1::ControlRequest& request);

    /// A purge under way, for a request or (null) because it was due.
    void work_on_purge(publish::Stream& stream, const v1::ControlRequest* request);
    /// \returns whether one is under way now
    bool begin_purge(publish::Stream& stream, const v1::ControlRequest* request);
    void end_purge(publish::Stream& stream, const v1::ControlRequest* request);
    void store_purge_state(std::chrono::system_clock::time_point completed_at);
    bool purge_is_due();

    /// A reconcile under way, for a request or (null) because it was due.
    void work_on_reconcile(publish::Stream& stream, const v1::ControlRequest* request);
    void begin_reconcile(publish::Stream& stream, const v1::ControlRequest* request);
    void end_reconcile(const v1::ControlRequest* request);
    /// Reading broke off: it is begun again later.
    void break_off(const std::string& why);
    void report_progress(const v1::ControlRequest* request);
    void note_full_reads(publish::Stream& stream);
    void store_reconcile_state();
    [[nodiscard]] bool reconcile_is_due() const;

    const ProducerConfig* config_;
    publish::Publisher* publisher_;
    ControlReader reader_;
    Desk desk_;
    Clock::time_point retry_at_;    ///< of what the directory did not answer
    Clock::time_point old_sought_;  ///< answers to be dropped
    struct Resync {
        std::uint64_t generation;
        publish::Publisher::Written before;
    };
    std::optional<Resync> resync_;  ///< under way in this life

    struct Job {
        std::string request_id;  ///< empty: nobody asked, it was due
        std::uint64_t session;   ///< of the stream: with another one, the job is void
        bool everything;
        std::unique_ptr<publish::Reconcile> reconcile;
        std::unique_ptr<sync::FullReader> reader;  ///< null when all is read
        Clock::time_point reported;
    };
    std::unique_ptr<Job> job_;
    std::unique_ptr<Purge> purge_;  ///< under way
    bool purge_was_asked_for_ = false;
    std::uint64_t highest_purged_offset_;
    bool log_is_new_;
    v1::PurgeState purge_state_;
    v1::ReconcileState reconcile_state_;
    std::size_t reconciled_entries_ = 0;  ///< by the last reconcile that got to its end
    std::uint64_t session_noted_ = 0;     ///< whose full reads were looked at
    Clock::time_point reconcile_not_before_;
};

}  // namespace entstream::producer::control
