#include "consumer/app/consumer_metrics.hpp"

#include <pqxx/except>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "common/metrics/by_label.hpp"
#include "consumer/app/source_feed.hpp"
#include "consumer/merge/failure.hpp"

namespace entstream::consumer::app {

using metrics::ByLabel;
using metrics::ByLabels;
using metrics::Id;
using metrics::RetryClass;
using metrics::State;
using metrics::TargetEntity;
using metrics::value_named;
using std::chrono::system_clock;

namespace {

std::optional<TargetEntity> entity_of(merge::Entity entity) {
    switch (entity) {
        case merge::Entity::user:
            return TargetEntity::user;
        case merge::Entity::cohort:
            return TargetEntity::cohort;
        case merge::Entity::member:
            return TargetEntity::member;
        case merge::Entity::role_assignment:
            return TargetEntity::role_assignment;
        case merge::Entity::enrolment:
            return TargetEntity::enrolment;
        case merge::Entity::role:
            break;
    }
    return std::nullopt;
}

/// nullopt: nothing was done in Moodle.
std::optional<metrics::Action> action_of(merge::Entity entity, merge::Action action) {
    const bool assigns = entity == merge::Entity::role_assignment;
    switch (action) {
        case merge::Action::created:
            return assigns ? metrics::Action::assign : metrics::Action::create;
        case merge::Action::updated:
            return metrics::Action::update;
        case merge::Action::suspended:
            return metrics::Action::suspend;
        case merge::Action::revived:
            return metrics::Action::revive;
        case merge::Action::released:
            return metrics::Action::release;
        case merge::Action::removed:
            return assigns ? metrics::Action::unassign : metrics::Action::remove;
        case merge::Action::adopted:
            return metrics::Action::adopt;
        default:
            return std::nullopt;
    }
}

std::int64_t actions_on(const merge::Counts& counts, std::initializer_list<merge::Entity> entities) {
    std::int64_t sum = 0;
    for (const merge::Entity entity : entities) {
        for (std::size_t action = 0; action < merge::action_count; ++action) {
            sum += counts(entity, static_cast<merge::Action>(action));
        }
    }
    return sum;
}

RetryClass class_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const merge::Unreachable&) {
        return RetryClass::connection;
    } catch (const pqxx::deadlock_detected&) {
        return RetryClass::deadlock;
    } catch (const pqxx::sql_error& failure) {
        const std::string& state = failure.sqlstate();
        if (state == "55P03" || state == "57014") {  // lock_timeout, statement_timeout
            return RetryClass::timeout;
        }
        const bool lost = state.empty() || state.starts_with("08") || state.starts_with("57P");
        return lost ? RetryClass::connection : RetryClass::transient;
    } catch (const pqxx::failure&) {
        return RetryClass::connection;
    } catch (...) {
        return RetryClass::transient;
    }
}

metrics::RunResult result_of(std::string_view outcome) {
    if (outcome == "done" || outcome == "equal") {
        return metrics::RunResult::ok;
    }
    if (outcome == "differences" || outcome == "different") {
        return metrics::RunResult::differences;
    }
    return outcome == "held" ? metrics::RunResult::held : metrics::RunResult::failed;
}

/// Whether somebody should look at a run: it was neither stopped nor refused as it was asked for.
bool is_failure(std::string_view outcome) {
    return outcome == "failed" || outcome == "incomplete";
}

double now() {
    return metrics::seconds_of(system_clock::now());
}

}  // namespace

struct ConsumerMetrics::OfSource {
    OfSource(metrics::Metrics& all, const metrics::Target& target, const metrics::Source& source)
        : watermark(all.gauge<Id::target_watermark>(target, source)),
          position(all.gauge<Id::target_position_offset>(target, source)),
          end(all.gauge<Id::target_end_offset>(target, source)),
          last_applied(all.gauge<Id::target_last_applied>(target, source)),
          last_change(all.gauge<Id::target_last_change>(target, source)),
          batches(all.counter<Id::target_batches>(target, source)),
          batch_records(all.histogram<Id::target_batch_records>(target, source)),
          batch_duration(all.histogram<Id::target_batch_duration>(target, source)),
          prefetched(all.gauge<Id::target_prefetched_records>(target, source)),
          is_paused(all.gauge<Id::target_paused>(target, source)),
          restored(all.gauge<Id::target_position_restored>(target, source)),
          stages([&](auto stage) -> auto& { return all.histogram<Id::target_stage_duration>(target, source, stage); }),
          applied([&](auto entity, auto action) -> auto& {
              return all.counter<Id::target_applied>(target, source, entity, action);
          }),
          skipped([&](auto reason) -> auto& { return all.counter<Id::target_skipped>(target, source, reason); }),
          letters([&](auto reason) -> auto& { return all.counter<Id::target_dead_letters>(target, source, reason); }) {}

    prometheus::Gauge& watermark;
    prometheus::Gauge& position;
    prometheus::Gauge& end;
    prometheus::Gauge& last_applied;
    prometheus::Gauge& last_change;
    prometheus::Counter& batches;
    prometheus::Histogram& batch_records;
    prometheus::Histogram& batch_duration;
    prometheus::Gauge& prefetched;
    prometheus::Gauge& is_paused;
    prometheus::Gauge& restored;
    ByLabel<metrics::TargetStage, prometheus::Histogram> stages;
    ByLabels<TargetEntity, metrics::Action, prometheus::Counter> applied;
    ByLabel<metrics::SkipReason, prometheus::Counter> skipped;
    ByLabel<metrics::DeadLetterReason, prometheus::Counter> letters;
};

struct ConsumerMetrics::OfTarget {
    OfTarget(metrics::Metrics& all, const metrics::Target& target)
        : connected(all.gauge<Id::target_connected>(target)),
          held_oldest(all.gauge<Id::target_held_oldest>(target)),
          pending(all.gauge<Id::target_pending_members>(target)),
          letters_waiting(all.gauge<Id::target_dead_letters_waiting>(target)),
          reconnects(all.counter<Id::target_reconnects>(target)),
          fenced(all.counter<Id::target_fenced>(target)),
          verified(all.gauge<Id::target_verify_completed>(target)),
          sql([&](auto step) -> auto& { return all.counter<Id::target_sql>(target, step); }),
          parked([&](auto entity, auto reason) -> auto& {
              return all.gauge<Id::target_parked>(target, entity, reason);
          }),
          held([&](auto entity) -> auto& { return all.gauge<Id::target_held>(target, entity); }),
          spared([&](auto entity) -> auto& { return all.counter<Id::target_spared>(target, entity); }),
          retries([&](auto kind) -> auto& { return all.counter<Id::target_retries>(target, kind); }),
          runs([&](auto command, auto result) -> auto& {
              return all.counter<Id::target_runs>(target, command, result);
          }),
          run_completed([&](auto command) -> auto& { return all.gauge<Id::target_run_completed>(target, command); }),
          run_failed([&](auto command) -> auto& { return all.gauge<Id::target_run_failed>(target, command); }),
          differences([&](auto entity, auto kind) -> auto& {
              return all.gauge<Id::target_verify_differences>(target, entity, kind);
          }) {}

    prometheus::Gauge& connected;
    prometheus::Gauge& held_oldest;
    prometheus::Gauge& pending;
    prometheus::Gauge& letters_waiting;
    prometheus::Counter& reconnects;
    prometheus::Counter& fenced;
    prometheus::Gauge& verified;
    ByLabel<metrics::SqlStep, prometheus::Counter> sql;
    ByLabels<TargetEntity, metrics::ParkedReason, prometheus::Gauge> parked;
    ByLabel<TargetEntity, prometheus::Gauge> held;
    ByLabel<TargetEntity, prometheus::Counter> spared;
    ByLabel<RetryClass, prometheus::Counter> retries;
    ByLabels<metrics::Command, metrics::RunResult, prometheus::Counter> runs;
    ByLabel<metrics::Command, prometheus::Gauge> run_completed;
    ByLabel<metrics::Command, prometheus::Gauge> run_failed;
    std::optional<std::map<prometheus::Counter*, double>> runs_before;  // this process
    ByLabels<TargetEntity, metrics::DifferenceKind, prometheus::Gauge> differences;
};

ConsumerMetrics::ConsumerMetrics(metrics::Monitoring& monitoring, const std::string& target,
                                 const std::vector<std::string>& sources)
    : health_(monitoring.health()), target_(std::make_unique<OfTarget>(monitoring.metrics(), metrics::Target{target})) {
    for (const std::string& source : sources) {
        sources_.emplace(
            source, std::make_unique<OfSource>(monitoring.metrics(), metrics::Target{target}, metrics::Source{source}));
    }
}

ConsumerMetrics::~ConsumerMetrics() = default;

ConsumerMetrics::OfSource& ConsumerMetrics::of(const std::string& source) {
    return *sources_.at(source);
}

void ConsumerMetrics::enter(State state, const std::string& reason) {
    if (state == state_ && reason == reason_) {
        health_.alive();
        return;
    }
    state_ = state;
    reason_ = reason;
    health_.enter(state, reason);
}

void ConsumerMetrics::claimed(const std::string& source, const merge::StoredPosition& position) {
    OfSource& its = of(source);
    its.position.Set(static_cast<double>(position.next_offset));
    if (position.watermark) {
        its.watermark.Set(metrics::seconds_of(*position.watermark));
    }
}

void ConsumerMetrics::applied(const Batch& batch, const merge::Counts& counts, std::chrono::steady_clock::duration took,
                              bool live) {
    OfSource& its = of(batch.source);
    const auto moment = system_clock::now();
    if (batch.watermark) {
        its.watermark.Set(metrics::seconds_of(*batch.watermark));
    }
    its.last_applied.Set(metrics::seconds_of(moment));
    if (batch.reading.newest_change) {
        its.last_change.Set(std::max(its.last_change.Value(), metrics::seconds_of(*batch.reading.newest_change)));
    }
    its.batches.Increment();
    its.batch_records.Observe(static_cast<double>(batch.reading.records));
    its.batch_duration.Observe(metrics::seconds_of(took));
    if (live) {
        const auto observe = [&](metrics::TargetStage stage, system_clock::time_point since) {
            its.stages[stage].Observe(std::max(0.0, metrics::seconds_of(moment - since)));
        };
        for (const RecordTimes& times : batch.reading.times) {
            observe(metrics::TargetStage::committed_to_applied, times.committed);
            if (times.changed) {
                observe(metrics::TargetStage::csn_to_applied, *times.changed);
            }
        }
    }
    done(batch.source, counts);
    const auto unchanged = [&](std::size_t deltas, std::initializer_list<merge::Entity> entities) {
        return std::max<std::int64_t>(0, static_cast<std::int64_t>(deltas) - actions_on(counts, entities));
    };
    // Who is not known yet waits.
    const auto known = static_cast<std::size_t>(std::count_if(
        batch.members.begin(), batch.members.end(), [](const MemberDelta& each) { return each.member.has_value(); }));
    const std::int64_t idle = unchanged(batch.users.size(), {merge::Entity::user}) +
                              unchanged(batch.cohorts.size(), {merge::Entity::cohort}) +
                              unchanged(known, {merge::Entity::member, merge::Entity::role_assignment});
    const std::int64_t unselected = std::min(idle, batch.reading.unselected);
    its.skipped[metrics::SkipReason::not_newer].Increment(static_cast<double>(batch.reading.superseded));
    its.skipped[metrics::SkipReason::not_selected].Increment(static_cast<double>(unselected));
    its.skipped[metrics::SkipReason::unchanged].Increment(static_cast<double>(idle - unselected));
}

void ConsumerMetrics::done(const std::string& source, const merge::Counts& counts) {
    const OfSource& its = of(source);
    for (std::size_t e = 0; e < merge::entity_count; ++e) {
        const auto entity = entity_of(static_cast<merge::Entity>(e));
        for (std::size_t a = 0; entity && a < merge::action_count; ++a) {
            const auto objects = counts(static_cast<merge::Entity>(e), static_cast<merge::Action>(a));
            const auto action = action_of(static_cast<merge::Entity>(e), static_cast<merge::Action>(a));
            if (objects > 0 && action) {
                its.applied(*entity, *action).Increment(static_cast<double>(objects));
            } else if (objects > 0 && static_cast<merge::Action>(a) == merge::Action::spared) {
                target_->spared[*entity].Increment(static_cast<double>(objects));
            }
        }
    }
}

void ConsumerMetrics::feed(const SourceFeed& feed) {
    OfSource& its = of(feed.source());
    const std::int64_t position = feed.position();
    its.position.Set(static_cast<double>(position));
    its.end.Set(static_cast<double>(std::max(position, feed.end())));
    its.prefetched.Set(static_cast<double>(feed.waiting()));
}

void ConsumerMetrics::log_goes_on(const SourceFeed& feed) {
    OfSource& its = of(feed.source());
    its.end.Set(std::max(its.end.Value(), static_cast<double>(feed.known_end())));
}

void ConsumerMetrics::paused(const std::string& source, bool paused) {
    of(source).is_paused.Set(paused ? 1 : 0);
}

void ConsumerMetrics::sql(const merge::SqlClock::Times& times) {
    for (std::size_t i = 0; i < times.size(); ++i) {
        static_assert(static_cast<int>(merge::SqlStep::sweep) == static_cast<int>(metrics::SqlStep::sweep));
        prometheus::Counter& counter = target_->sql[static_cast<metrics::SqlStep>(i)];
        counter.Increment(std::max(0.0, metrics::seconds_of(times.at(i)) - counter.Value()));
    }
}

void ConsumerMetrics::counted(const std::vector<merge::TargetCount>& counts) {
    // Set at the end, for a scrape may come at any moment.
    std::map<prometheus::Gauge*, double> wanted;
    const auto zero = [&wanted](const auto& gauges) {
        for (prometheus::Gauge* const gauge : gauges) {
            wanted[gauge] = 0;
        }
    };
    zero(target_->parked);
    zero(target_->held);
    zero(target_->differences);
    wanted[&target_->held_oldest] = 0;
    std::map<prometheus::Counter*, double> runs;
    for (const merge::TargetCount& count : counts) {
        const auto objects = static_cast<double>(count.objects);
        const double moment = count.moment.value_or(0);
        const auto entity = value_named<TargetEntity>(count.entity);
        if (count.what == "parked" && entity) {
            const auto reason = value_named<metrics::ParkedReason>(count.kind);
            wanted[&target_->parked(*entity, reason.value_or(metrics::ParkedReason::other))] += objects;
        } else if (count.what == "held" && entity) {
            wanted[&target_->held[*entity]] += objects;
            double& oldest = wanted[&target_->held_oldest];
            oldest = oldest == 0 ? moment : std::min(oldest, moment);
        } else if (count.what == "difference" && entity) {
            const auto kind = value_named<metrics::DifferenceKind>(count.kind);
            wanted[&target_->differences(*entity, kind.value_or(metrics::DifferenceKind::different))] += objects;
        } else if (count.what == "pending") {
            wanted[&target_->pending] = objects;
        } else if (count.what == "dead_letters") {
            wanted[&target_->letters_waiting] = objects;
        } else if (count.what == "verified") {
            wanted[&target_->verified] = moment;
        } else if (count.what == "run") {
            const auto command = value_named<metrics::Command>(count.entity).value_or(metrics::Command::other);
            runs[&target_->runs(command, result_of(count.kind))] += objects;
            double& ended = wanted[&target_->run_completed[command]];
            ended = std::max(ended, moment);
            if (is_failure(count.kind)) {
                double& failed = wanted[&target_->run_failed[command]];
                failed = std::max(failed, moment);
            }
        } else if (const auto source = sources_.find(count.entity);
                   count.what == "restored" && source != sources_.end()) {
            wanted[&source->second->restored] = moment;
        }
    }
    for (const auto& [gauge, value] : wanted) {
        gauge->Set(value);
    }
    // What was there before this process is no run that anybody should see now.
    if (!target_->runs_before) {
        target_->runs_before = runs;
    }
    for (const auto& [counter, value] : runs) {
        const auto before = target_->runs_before->find(counter);
        const double ended = value - (before == target_->runs_before->end() ? 0 : before->second);
        counter->Increment(std::max(0.0, ended - counter->Value()));
    }
}

void ConsumerMetrics::dead_letter(const std::string& source, read::Stage stage) {
    const auto reason = stage == read::Stage::value_converter  ? metrics::DeadLetterReason::undecodable
                        : stage == read::Stage::transformation ? metrics::DeadLetterReason::unmappable
                                                               : metrics::DeadLetterReason::refused;
    of(source).letters[reason].Increment();
}

void ConsumerMetrics::restored(const std::string& source) {
    of(source).restored.Set(now());
}

void ConsumerMetrics::fenced() {
    target_->fenced.Increment();
}

void ConsumerMetrics::connected() {
    target_->connected.Set(1);
}

void ConsumerMetrics::failed(Server server, const std::exception_ptr& error, const std::string& words) {
    const bool of_database = server == Server::database;
    if (state_ != State::waiting_database && state_ != State::waiting_kafka) {
        before_outage_ = state_;
    }
    if (of_database) {
        const RetryClass kind = class_of(error);
        target_->retries[kind].Increment();
        if (kind == RetryClass::connection) {
            target_->connected.Set(0);
        }
    }
    enter(of_database ? State::waiting_database : State::waiting_kafka, words);
}

void ConsumerMetrics::reopened() {
    target_->reconnects.Increment();
    target_->connected.Set(1);
}

void ConsumerMetrics::over() {
    enter(before_outage_);
}

CountedDeadLetters::CountedDeadLetters(read::DeadLetters& letters, ConsumerMetrics& metrics,
                                       std::map<std::string, std::string> sources)
    : letters_(letters), metrics_(metrics), sources_(std::move(sources)) {}

void CountedDeadLetters::add(const std::string& topic, const read::LogRecord& record,
                             const read::Rejection& rejection) {
    letters_.add(topic, record, rejection);
    metrics_.dead_letter(sources_.at(topic), rejection.stage);
}

}  // namespace entstream::consumer::app
