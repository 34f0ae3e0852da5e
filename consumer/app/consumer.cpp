#include "consumer/app/consumer.hpp"

#include <poll.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <utility>

#include "common/log/context.hpp"
#include "common/log/log.hpp"
#include "common/model/topics.hpp"
#include "consumer/merge/lease.hpp"

namespace entstream::consumer::app {

namespace {

constexpr std::chrono::seconds tick{1};
constexpr std::chrono::seconds count_interval{10};
constexpr std::chrono::seconds renewal_interval{merge::lease_patience / 3};

/// Looks one record up again, on a reader of its own.
FetchRecord fetch_from(const kafka::KafkaConfig& config) {
    return [config](const std::string& topic, Offset offset, const std::function<void(const read::LogRecord&)>& use) {
        constexpr std::chrono::seconds patience{10};
        kafka::LogReader reader(config, topic, offset);
        const auto record = reader.poll(patience);
        if (!record && !reader.at_end()) {
            kafka::raise("read topic " + topic, RD_KAFKA_RESP_ERR__TIMED_OUT, "");
        }
        if (!record || record->offset() != offset) {
            return false;
        }
        use(read::LogRecord::of(*record));
        return true;
    };
}

std::map<std::string, std::string> sources_by_topic(const ConsumerConfig& config) {
    std::map<std::string, std::string> sources;
    for (const std::string& source : config.sources) {
        sources[Topics::of(config.kafka.topic_prefix, source).changes] = source;
    }
    return sources;
}

}  // namespace

Consumer::Consumer(const ConsumerConfig& config, const runtime::StopSignal& stop, metrics::Monitoring& monitoring)
    : config_(config),
      stop_(stop),
      mapper_(config.mapping),
      metrics_(monitoring, config.target, config.sources),
      target_(config),
      recovery_(
          target_,
          [this](std::chrono::milliseconds pause) {
              for (const auto& feed : feeds_) {
                  metrics_.log_goes_on(*feed);
              }
              return stop_.wait(pause);
          },
          Recovery::usual_backoff(), &metrics_),
      letters_(config.kafka, config.target),
      dead_letters_(letters_, metrics_, sources_by_topic(config)),
      applier_(target_, recovery_, dead_letters_, fetch_from(config.kafka)),
      refused_(config.check_interval),
      verification_(config, stop) {}

void Consumer::run(Until until) {
    try {
        apply_logs(until);
    } catch (const merge::Fenced&) {
        metrics_.fenced();
        throw;
    }
    metrics_.enter(metrics::State::stopping);
    spdlog::info("stopped");
}

void Consumer::apply_logs(Until until) {
    if (!start()) {
        return;
    }
    if (!config_.guard.enabled) {
        spdlog::warn("the guard is off ([guard] enabled = false): removals are done at once, however many they are");
    }
    next_sweep_ = Clock::now() + config_.check_interval;
    while (!stop_.requested()) {
        look_at_pauses_when_due();
        bool progressed = false;
        for (const auto& feed : feeds_) {
            progressed = (!is_paused(feed->source()) && step(*feed)) || progressed;
        }
        if (!progressed && until == Until::end_of_log && all_at_end()) {
            break;
        }
        settle_when_due();
        sweep_when_due();
        verify_when_due();
        renew_lease_when_due();
        progress_.report();
        waiting_.report();
        log::tell_left_out();
        count_when_due();
        tell_state();
        if (!progressed) {
            wait_for_news();
        }
    }
}

void Consumer::look_for_setback(SourceFeed& feed, Offset stands_at) {
    const auto was_at = feed.take_setback();
    if (!was_at) {
        return;
    }
    spdlog::warn(
        "source {}: Moodle's database stands at offset {}, but this target had come to offset {}: it was restored from "
        "a "
        "backup; what the log says since is applied again. What people did in Moodle meanwhile is as in the backup",
        feed.source(), stands_at, *was_at);
    metrics_.restored(feed.source());
    recovery_.on_target([&] { target_.note_restored(feed.source()); });
}

bool Consumer::step(SourceFeed& feed) {
    const log::Context of_source({.source = feed.source(), .offset = feed.offset()});
    const auto batch = feed.collect(batch_size(feed.source()));
    if (!batch) {
        if (feed.looks_ahead()) {
            return true;  // its log is read: there is no news to wait for
        }
        if (feed.at_end()) {
            progress_.caught_up(feed.source(), feed.offset());
        }
        feed.hint();
        return false;
    }
    look_for_setback(feed, batch->first_offset);
    const auto began = Clock::now();
    const bool is_full = feed.more_waits();
    const auto summary = apply_and_prepare(*batch, feed);
    if (!summary) {
        return false;  // told to stop
    }
    if (is_full && summary->counts.total() == 0) {
        unchanging_.insert(feed.source());
    } else {
        unchanging_.erase(feed.source());
    }
    metrics_.applied(*batch, summary->counts, Clock::now() - began, !first_loads_.contains(feed.source()));
    if (batch->watermark) {
        first_loads_.erase(feed.source());
    }
    progress_.applied(feed.source(), *summary, feed.offset(), feed.end_at_open());
    waiting_.done(summary->counts);
    feed.hint();
    if (batch->has_deltas()) {
        unsettled_ = true;
        next_settle_ = Clock::now();
    }
    return true;
}

std::optional<merge::ApplySummary> Consumer::apply_and_prepare(const Batch& batch, SourceFeed& feed) {
    if (!feed.more_waits()) {
        return applier_.apply(batch, feed.topic());
    }
    const auto preparing = side_thread_.run([&feed, size = batch_size(feed.source())] { feed.prepare(size); });
    return applier_.apply(batch, feed.topic());
}

read::BatchSize Consumer::batch_size(const std::string& source) const {
    return read::batch_size(config_.batch_records, first_loads_.contains(source), unchanging_.contains(source));
}

void Consumer::settle_when_due() {
    if (unsettled_ && Clock::now() >= next_settle_) {
        recovery_.on_target([this] { unsettled_ = target_.settle(); });
        next_settle_ = Clock::now() + tick;
    }
}

void Consumer::renew_lease_when_due() {
    if (Clock::now() >= next_renewal_) {
        recovery_.on_target([this] { target_.renew_lease(); });
        next_renewal_ = Clock::now() + renewal_interval;
    }
}

void Consumer::look_at_pauses_when_due() {
    if (Clock::now() < next_look_at_pauses_) {
        return;
    }
    next_look_at_pauses_ = Clock::now() + tick;
    std::map<std::string, std::string> pauses;
    const auto look = [&] {
        pauses.clear();
        for (const merge::Pause& pause : target_.pauses()) {
            pauses[pause.source] = to_text(pause);
        }
    };
    if (!recovery_.on_target(look)) {
        return;
    }
    for (const auto& [source, words] : pauses) {
        if (!pauses_.contains(source)) {
            spdlog::warn("{}; nothing is applied until entstream-replay resume", words);
        }
    }
    for (const auto& [source, words] : pauses_) {
        if (!pauses.contains(source)) {
            spdlog::info("{} resumed", source.empty() ? "all sources are" : "source " + source + " is");
        }
    }
    pauses_ = std::move(pauses);
    for (const std::string& source : config_.sources) {
        metrics_.paused(source, is_paused(source));
    }
}

void Consumer::count_when_due() {
    if (Clock::now() < next_count_) {
        return;
    }
    std::vector<merge::TargetCount> counts;
    if (recovery_.on_target([&] { counts = target_.counts(); })) {
        metrics_.counted(counts);
    }
    next_count_ = Clock::now() + count_interval;
}

void Consumer::tell_state() {
    metrics_.sql(target_.sql_times());
    std::string absence;
    bool all_paused = true;
    for (const auto& feed : feeds_) {
        metrics_.feed(*feed);
        all_paused = all_paused && is_paused(feed->source());
        if (!feed->absence().empty() && !is_paused(feed->source())) {
            absence = "source " + feed->source() + ": " + feed->absence();
        }
    }
    if (all_paused) {
        metrics_.enter(metrics::State::paused, "paused by an operator: entstream-replay status says who and why");
    } else {
        metrics_.enter(absence.empty() ? metrics::State::running : metrics::State::waiting_kafka, absence);
    }
}

bool Consumer::is_paused(const std::string& source) const {
    return pauses_.contains("") || pauses_.contains(source);
}

void Consumer::sweep_when_due() {
    if (Clock::now() < next_sweep_) {
        return;
    }
    bool complete = true;
    for (const auto& feed : feeds_) {
        if (is_paused(feed->source())) {
            continue;
        }
        const log::Context of_source({.source = feed->source(), .offset = feed->offset()});
        merge::SweepSummary summary;
        merge::Counts taken_now;
        if (!recovery_.on_target(
                [&] { taken_now = refused_.try_due(target_, mapper_, feed->source(), Clock::now()); }) ||
            !recovery_.on_target([&] { summary = target_.sweep(feed->source()); })) {
            return;
        }
        if (summary.complete) {
            summary.counts += taken_now;
            metrics_.done(feed->source(), summary.counts);
            log_sweep(feed->source(), summary);
            waiting_.swept(feed->source(), summary);
        }
        complete = complete && summary.complete;
    }
    unsettled_ = true;
    // The rest of a large sweep follows in portions, between batches.
    next_sweep_ = Clock::now() + (complete ? Clock::duration(config_.check_interval) : Clock::duration::zero());
}

void Consumer::verify_when_due() {
    // What is not applied yet would be a difference.
    if (verification_.is_due() && first_loads_.empty() && pauses_.empty() && all_at_end()) {
        verification_.begin();
    }
}

void Consumer::log_sweep(const std::string& source, const merge::SweepSummary& summary) {
    std::string line = to_text(summary.counts);
    const auto append = [&line](std::int64_t count, const char* what) {
        if (count > 0) {
            line += fmt::format("{}{} {}", line.empty() ? "" : "; ", count, what);
        }
    };
    append(summary.parked_users, "users wait for a username or an account (entstream.parked says why)");
    append(summary.parked_cohorts,
           "cohorts wait for an idnumber, a course category or an approval (entstream.parked says why)");
    append(summary.misplaced_cohorts, "cohorts are not in their course category, which Moodle lacks");
    append(summary.unresolved_roles, "role objects name a role or context that Moodle lacks");
    append(summary.role_candidates, "role assignments of other components wait for --approve adopt");
    append(summary.held, "removals are held (entstream-consumer --held)");
    append(summary.profile_values,
           "values of profile fields are not taken by Moodle (entstream.profile_value says why)");
    append(summary.refused, "records are refused by the database (entstream.refused says why)");
    append(summary.unmapped, "entries cannot be mapped in full (entstream.unmapped says why)");
    if (line != swept_[source] && !line.empty()) {
        spdlog::info("source {}: sweep: {}", source, line);
    }
    swept_[source] = line;
}

void Consumer::wait_for_news() const {
    std::vector<pollfd> waiting = {{.fd = stop_.fd(), .events = POLLIN, .revents = 0}};
    for (const auto& feed : feeds_) {
        if (is_paused(feed->source())) {
            continue;  // its news wait
        }
        waiting.push_back({.fd = feed->event_fd(), .events = POLLIN, .revents = 0});  // poll(2) passes over -1
    }
    ::poll(waiting.data(), waiting.size(), static_cast<int>(std::chrono::milliseconds(tick).count()));
}

bool Consumer::all_at_end() const {
    return std::all_of(feeds_.begin(), feeds_.end(),
                       [this](const auto& feed) { return feed->at_end() || is_paused(feed->source()); });
}

}  // namespace entstream::consumer::app
