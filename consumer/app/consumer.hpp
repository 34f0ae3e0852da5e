#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/kafka/topic_check.hpp"
#include "common/runtime/side_thread.hpp"
#include "common/runtime/stop_signal.hpp"
#include "consumer/app/applier.hpp"
#include "consumer/app/consumer_metrics.hpp"
#include "consumer/app/progress.hpp"
#include "consumer/app/recovery.hpp"
#include "consumer/app/retry_refused.hpp"
#include "consumer/app/self_verification.hpp"
#include "consumer/app/source_feed.hpp"
#include "consumer/app/target.hpp"
#include "consumer/app/waiting.hpp"
#include "consumer/consumer_config.hpp"
#include "consumer/map/mapper.hpp"
#include "consumer/read/batch_size.hpp"
#include "consumer/read/dead_letters.hpp"

namespace entstream::consumer::app {

/// The consumer at work: the logs of all sources into one target, one transaction at a time. A batch is what has
/// arrived while the former one was committed, never more than `batch_records` and never waited for. Where more is
/// there than one batch takes, the next one is decoded and mapped while the database works on this one.
class Consumer {
  public:
    /// \param monitoring  must live longer, like the others
    Consumer(const ConsumerConfig& config, const runtime::StopSignal& stop, metrics::Monitoring& monitoring);

    enum class Until {
        stopped,     ///< by a signal
        end_of_log,  ///< or when every record that the logs have is applied
    };

    /// Opens the target, claims the sources, applies their logs.
    /// \throws merge::Unreachable, kafka::Error  a server did not answer for ten seconds at the start
    /// \throws what stops the program: merge::Fenced, merge::TargetError, read::LogRefused, read::MappingRefused,
    ///         kafka::TopicRefused, config::ConfigError
    void run(Until until);

  private:
    using Clock = std::chrono::steady_clock;

    void apply_logs(Until until);
    /// Topics, database, ownership. \returns false: told to stop
    bool start();
    /// Waits without limit for the end of a maintenance: somebody is at work there.
    bool open_target();
    /// A Moodle that has people already is planned once; then somebody has to approve it. \returns false: told to stop
    bool await_first_start();
    /// The two take about as long, one at the broker, the other at the database. \returns false: told to stop
    bool make_topics_and_claim(const std::vector<kafka::TopicSpec>& topics);
    bool claim_sources();
    /// One batch of one source. \returns whether one was applied
    bool step(SourceFeed& feed);
    /// Tells, and keeps, that the database was restored from a backup.
    void look_for_setback(SourceFeed& feed, Offset stands_at);
    /// \returns as Applier::apply()
    std::optional<merge::ApplySummary> apply_and_prepare(const Batch& batch, SourceFeed& feed);
    /// How much of this source a batch takes: less once people may be working with what it changes, more in a stretch
    /// that changes nothing.
    [[nodiscard]] read::BatchSize batch_size(const std::string& source) const;
    void settle_when_due();
    void renew_lease_when_due();
    /// What an operator has paused is not applied, and neither swept.
    void look_at_pauses_when_due();
    [[nodiscard]] bool is_paused(const std::string& source) const;
    /// What waits in entstream's tables, for metrics.
    void count_when_due();
    /// How the sources stand, and what the program waits for.
    void tell_state();
    void sweep_when_due();
    void verify_when_due();
    void log_sweep(const std::string& source, const merge::SweepSummary& summary);
    void wait_for_news() const;
    /// But for those that are paused.
    [[nodiscard]] bool all_at_end() const;

    const ConsumerConfig& config_;
    const runtime::StopSignal& stop_;
    map::Mapper mapper_;
    ConsumerMetrics metrics_;
    MoodleDatabase target_;
    Recovery recovery_;
    read::KafkaDeadLetters letters_;
    CountedDeadLetters dead_letters_;
    Applier applier_;
    RefusedRetries refused_;
    Progress progress_;
    Waiting waiting_;
    std::vector<std::unique_ptr<SourceFeed>> feeds_;
    SelfVerification verification_;
    runtime::SideThread side_thread_;
    bool unsettled_ = true;
    std::set<std::string> first_loads_;  ///< sources of which not everything has been in once
    std::set<std::string> unchanging_;   ///< sources whose last batch was full and changed nothing in Moodle
    Clock::time_point next_settle_{};
    Clock::time_point next_sweep_{};
    Clock::time_point next_renewal_{};
    Clock::time_point next_look_at_pauses_{};
    Clock::time_point next_count_{};
    std::map<std::string, std::string> pauses_;  ///< as it was said, by source; of all sources: under ""
    std::map<std::string, std::string> swept_;   ///< last line about a sweep, by source
};

}  // namespace entstream::consumer::app
