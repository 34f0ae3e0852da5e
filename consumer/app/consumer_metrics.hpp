#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/metrics/monitoring.hpp"
#include "consumer/app/recovery.hpp"
#include "consumer/delta.hpp"
#include "consumer/merge/counts.hpp"
#include "consumer/merge/sql_clock.hpp"
#include "consumer/merge/target.hpp"
#include "consumer/read/dead_letters.hpp"

namespace entstream::consumer::app {

class SourceFeed;

/// What a running consumer tells of itself: entstream_target_* (docs/metrics.md), and the state it is in. Every series
/// is there from the start; a time that is not known yet is 0.
///
/// One thread calls it.
class ConsumerMetrics final : public OutageWatch {
  public:
    /// \param monitoring  must live longer
    ConsumerMetrics(metrics::Monitoring& monitoring, const std::string& target,
                    const std::vector<std::string>& sources);
    ~ConsumerMetrics() override;
    ConsumerMetrics(const ConsumerMetrics&) = delete;
    ConsumerMetrics& operator=(const ConsumerMetrics&) = delete;

    /// What the program does or waits for, unless it said the same last; a sign of life. \param reason  without
    /// personal data
    void enter(metrics::State state, const std::string& reason = {});

    /// Where a source stands at the start.
    void claimed(const std::string& source, const merge::StoredPosition& position);
    /// \param took  in the database \param live  no first load, no rebuild: how long its changes took counts
    void applied(const Batch& batch, const merge::Counts& counts, std::chrono::steady_clock::duration took, bool live);
    /// What sweeps and retries did.
    void done(const std::string& source, const merge::Counts& counts);
    void feed(const SourceFeed& feed);
    /// During an outage of the database: where the log ends meanwhile.
    void log_goes_on(const SourceFeed& feed);
    void paused(const std::string& source, bool paused);
    void sql(const merge::SqlClock::Times& times);
    void counted(const std::vector<merge::TargetCount>& counts);
    void dead_letter(const std::string& source, read::Stage stage);
    void restored(const std::string& source);
    void fenced();
    void connected();

    void failed(Server server, const std::exception_ptr& error, const std::string& words) override;
    void reopened() override;
    void over() override;

  private:
    struct OfSource;
    struct OfTarget;

    [[nodiscard]] OfSource& of(const std::string& source);

    metrics::Health& health_;
    metrics::State state_ = metrics::State::starting;
    metrics::State before_outage_ = metrics::State::starting;
    std::string reason_;
    std::map<std::string, std::unique_ptr<OfSource>> sources_;
    std::unique_ptr<OfTarget> target_;
};

/// Dead letters that are counted on their way.
class CountedDeadLetters final : public read::DeadLetters {
  public:
    /// \param sources  by their topics
    CountedDeadLetters(read::DeadLetters& letters, ConsumerMetrics& metrics,
                       std::map<std::string, std::string> sources);

    void add(const std::string& topic, const read::LogRecord& record, const read::Rejection& rejection) override;
    void flush() override { letters_.flush(); }

  private:
    read::DeadLetters& letters_;
    ConsumerMetrics& metrics_;
    std::map<std::string, std::string> sources_;
};

}  // namespace entstream::consumer::app
