#include "replay/replay.hpp"

#include <google/protobuf/util/time_util.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <unordered_map>
#include <utility>

#include "common/kafka/log_reader.hpp"
#include "common/model/topics.hpp"
#include "consumer/app/cancels_at_stop.hpp"
#include "consumer/app/log_to_end.hpp"
#include "consumer/merge/pauses.hpp"
#include "consumer/read/decode.hpp"
#include "replay/objects_output.hpp"

namespace entstream::replay {

using consumer::Batch;
using consumer::Offset;
using consumer::merge::Action;
using consumer::merge::Counts;
using consumer::merge::Entity;
using consumer::merge::PlanTotal;
using consumer::merge::ReplayRemovals;
using consumer::merge::ReplayScope;
using consumer::merge::ReplayUnit;
using consumer::merge::StoredPosition;

namespace {

/// Units that one transaction carries out: the live stream waits for a moment only.
constexpr std::size_t portion = 500;
constexpr std::chrono::seconds patience_with_consumer{60};
constexpr std::chrono::milliseconds pause_with_consumer{200};

std::int64_t objects(const Planned& planned, const std::string& entity, std::initializer_list<const char*> actions) {
    std::int64_t sum = 0;
    for (const PlanTotal& total : planned.totals) {
        const bool meant =
            std::any_of(actions.begin(), actions.end(), [&](const char* action) { return total.action == action; });
        sum += total.entity == entity && meant ? total.objects : 0;
    }
    return sum;
}

/// What the guard is to expect, held removals included: they would be done otherwise.
ReplayRemovals removals_of(const Planned& planned) {
    return {.users = objects(planned, "user", {"suspended", "held"}),
            .cohorts = objects(planned, "cohort", {"released", "held"}),
            .members = objects(planned, "member", {"removed", "held"}),
            .role_assignments = objects(planned, "role_assignment", {"removed", "held"})};
}

void subtract(ReplayRemovals& remaining, const Counts& done) {
    const auto rest = [&](std::int64_t& left, Entity entity, Action removal) {
        left = std::max<std::int64_t>(left - done(entity, removal) - done(entity, Action::held), 0);
    };
    rest(remaining.users, Entity::user, Action::suspended);
    rest(remaining.cohorts, Entity::cohort, Action::released);
    rest(remaining.members, Entity::member, Action::removed);
    rest(remaining.role_assignments, Entity::role_assignment, Action::removed);
}

std::chrono::system_clock::time_point time_of(const v1::Change& change) {
    const google::protobuf::Timestamp& time =
        change.has_changed_at() && !change.csn().empty() ? change.changed_at() : change.observed_at();
    return std::chrono::system_clock::time_point(
        std::chrono::microseconds(google::protobuf::util::TimeUtil::TimestampToMicroseconds(time)));
}

/// Offsets of the newest records of their keys, where these are of the time that is asked for.
class Recent {
  public:
    Recent(const Context& context, const std::string& source, std::chrono::system_clock::time_point since) {
        consumer::read::DecodedRecord decoded;
        kafka::read_to_end(
            context.config.kafka, Topics::of(context.config.kafka.topic_prefix, source).changes,
            [&](const kafka::Record& record) {
                const auto view = consumer::read::LogRecord::of(record);
                if (!view.value || view.key.starts_with("meta/") || !consumer::read::decode(view, decoded)) {
                    return;
                }
                if (time_of(decoded.change) >= since) {
                    offsets_[std::string(view.key)] = view.offset;
                } else {
                    offsets_.erase(std::string(view.key));
                }
            },
            [&] { return !context.stop.requested(); });
        for (const auto& [key, offset] : offsets_) {
            recent_.push_back(offset);
        }
        std::sort(recent_.begin(), recent_.end());
        offsets_.clear();
    }

    void keep(Batch& batch) const {
        const auto drop = [this](const auto& delta) {
            return !std::binary_search(recent_.begin(), recent_.end(), delta.version);
        };
        std::erase_if(batch.users, drop);
        std::erase_if(batch.cohorts, drop);
        std::erase_if(batch.roles, drop);
        std::erase_if(batch.members, drop);
    }

  private:
    std::unordered_map<std::string, Offset> offsets_;
    std::vector<Offset> recent_;
};

/// A portion of a saved plan would do something else than was shown.
struct ShownOtherwise {};

/// Whether a unit is what one of these objects is planned for.
bool asks_for(const ReplayUnit& text, const SavedObjects::Objects& objects) {
    if (objects.empty()) {
        return false;
    }
    const auto unit = nlohmann::json::parse(text);
    const std::string kind = unit.at("kind");
    const auto& row = unit.at("row");
    const auto is = [&row](const char* column, const std::string& value) {
        const auto found = row.find(column);
        return found != row.end() && found->is_string() && *found == value;
    };
    return std::any_of(objects.begin(), objects.end(), [&](const consumer::merge::PlannedObject& object) {
        if (object.entity == "user") {
            return (kind == "user" || kind == "profile") && is("uuid", object.uuid);
        }
        if (object.entity == "cohort") {
            return (kind == "cohort" || kind == "lock") && is("uuid", object.uuid);
        }
        // The record of a value that is gone does not say whose it was.
        const bool is_his = is("member", object.uuid) || (kind == "member" && row.at("member").is_null());
        if (object.entity == "member") {
            return (kind == "pair" || kind == "member") && is("parent", object.parent) && is_his;
        }
        return (kind == "triple" && is("user_uuid", object.uuid)) ||
               ((kind == "pair" || kind == "member") && is("parent_kind", "role") && is_his);
    });
}

}  // namespace

std::int64_t Planned::differences() const {
    std::int64_t sum = 0;
    for (const PlanTotal& total : totals) {
        sum += is_difference(total.action) ? total.objects : 0;
    }
    return sum;
}

std::int64_t Planned::held() const {
    std::int64_t sum = 0;
    for (const PlanTotal& total : totals) {
        sum += total.action == "held" ? total.objects : 0;
    }
    return sum;
}

Replay::Replay(const Context& context, Progress& progress, RunTrace* trace)
    : context_(context),
      progress_(progress),
      trace_(trace),
      mapper_(context.config.mapping),
      planner_(context.config),
      target_(context.config) {}

Planned Replay::plan(const std::string& source, const Wish& wish,
                     const std::function<void(const consumer::merge::PlannedObject&)>& object, UnitSpool* spool) {
    Planned planned;
    consumer::merge::LogPlanner::Takers takers{.object = object, .unit = {}};
    if (spool != nullptr) {
        takers.unit = [spool](const ReplayUnit& unit) { spool->add(unit); };
    }
    if (trace_ != nullptr) {
        takers.decision = [&](const consumer::merge::Decision& decision) { trace_->decided(source, decision); };
    }
    try {
        const consumer::app::CancelsAtStop cancels(planner_, context_.stop);
        planned.totals = planner_.replay(
            source, wish.scope,
            [&](const StoredPosition& start, const std::function<void(Batch &&)>& stage) {
                read(source, wish, start, stage, planned);
                progress_.begin("planning");
                progress_.say("source " + source + ": comparing with Moodle");
            },
            takers);
    } catch (const std::exception& failure) {
        if (!context_.stop.requested()) {
            throw;
        }
        spdlog::debug("{}", failure.what());
        planned.stopped = true;
    }
    if (trace_ != nullptr) {
        trace_->flush();
    }
    return planned;
}

void Replay::read(const std::string& source, const Wish& wish, const StoredPosition& start,
                  const std::function<void(Batch&&)>& stage, Planned& planned) {
    progress_.begin("reading the log of " + source);
    const consumer::read::StartPosition position{
        .log_id = start.log_id, .next_offset = start.next_offset, .last_sequence = start.last_sequence, .begun_at = {}};
    const consumer::read::StartPosition beginning{
        .log_id = start.log_id,
        .next_offset = 0,
        .last_sequence = 0,
        .begun_at = {},
        // Those that the target has applied it knows better than the log.
        .members_from = wish.scope.force && !wish.scope.by_records ? start.next_offset : 0};
    const bool from_start = wish.scope.force || (wish.object && !wish.object->applied);
    if (wish.since) {
        const Recent recent(context_, source, *wish.since);
        read_from(
            source, from_start ? beginning : position,
            [&](Batch&& batch) {
                recent.keep(batch);
                stage(std::move(batch));
            },
            planned);
        return;
    }
    if (wish.object && wish.object->applied && wish.scope.force) {
        const bool tail_only = read_at(source, *wish.object->applied, stage, planned);
        read_from(source, tail_only ? position : beginning, stage, planned);
        return;
    }
    read_from(source, from_start ? beginning : position, stage, planned);
}

void Replay::read_from(const std::string& source, const consumer::read::StartPosition& start,
                       const std::function<void(Batch&&)>& stage, Planned& planned) {
    const consumer::app::LogRead log = consumer::app::read_to_present_end(
        context_.config, source, mapper_, start, context_.stop,
        [this](std::int64_t offset, std::int64_t end) { progress_.show(offset, end); },
        [&](Batch&& batch) {
            planned.log_end = std::max(planned.log_end, batch.next_offset);
            stage(std::move(batch));
        });
    planned.records += log.records;
    planned.log_end = std::max(planned.log_end, start.next_offset);
    planned.is_complete = planned.is_complete || log.has_watermark;
    planned.stopped = planned.stopped || log.stopped;
}

bool Replay::read_at(const std::string& source, Offset offset, const std::function<void(Batch&&)>& stage,
                     Planned& planned) {
    constexpr std::chrono::seconds patience{10};
    const std::string topic = Topics::of(context_.config.kafka.topic_prefix, source).changes;
    kafka::LogReader reader(context_.config.kafka, topic, offset);
    const auto record = reader.poll(patience);
    if (!record || record->offset() != offset) {
        return false;
    }
    consumer::read::BatchBuilder builder(mapper_, source, topic, {.log_id = {}, .next_offset = offset});
    if (const auto added = builder.add(consumer::read::LogRecord::of(*record)); !added) {
        spdlog::warn("source {}: offset {}: {}", source, offset, added.error().reason);
    }
    stage(builder.take());
    ++planned.records;
    return true;
}

bool Replay::patiently(const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    while (!context_.stop.requested()) {
        try {
            if (!opened_) {
                target_.open_beside();
                opened_ = true;
            }
            work();
            return true;
        } catch (const std::exception& failure) {
            const auto kind = consumer::merge::classify(std::current_exception());
            if (kind == consumer::merge::Failure::permanent) {
                throw;
            }
            const bool passes =
                kind == consumer::merge::Failure::transient || kind == consumer::merge::Failure::in_doubt;
            if (!passes || std::chrono::steady_clock::now() - begin >= patience_with_consumer) {
                throw;
            }
            spdlog::debug("{}", failure.what());
            opened_ = false;
            static_cast<void>(context_.stop.wait(pause_with_consumer));
        }
    }
    return false;
}

std::optional<Counts> Replay::apply(const std::string& source, const ReplayScope& scope,
                                    const std::vector<ReplayUnit>& units, const ReplayRemovals& remaining, Done& done) {
    Counts counts;
    std::vector<consumer::merge::PlannedObject> objects;
    try {
        // A portion whose commit is in doubt is planned anew: what is done already is no difference any more.
        const bool applied = patiently([&] { counts = apply_portion(source, scope, units, remaining, objects); });
        if (applied && trace_ != nullptr) {
            // What is left alone of a saved plan is told at its end, each object with its reason.
            trace_->written(source, shown_ == nullptr ? units : std::vector<ReplayUnit>(), objects);
        }
        return applied ? std::optional(counts) : std::nullopt;
    } catch (const std::exception& failure) {
        if (consumer::merge::classify(std::current_exception()) != consumer::merge::Failure::permanent) {
            throw;
        }
        if (units.size() == 1) {
            spdlog::warn("source {}: the database refuses one change for its data; it stays as it is", source);
            spdlog::debug("source {}: {}: {}", source, units.front(), failure.what());
            if (trace_ != nullptr) {
                trace_->refused(source, units.front(), failure.what());
            }
            ++done.refused;
            return Counts();
        }
    }
    const auto middle = units.begin() + static_cast<std::ptrdiff_t>(units.size() / 2);
    const auto first = apply(source, scope, {units.begin(), middle}, remaining, done);
    if (!first) {
        return std::nullopt;
    }
    counts = *first;
    const auto second = apply(source, scope, {middle, units.end()}, remaining, done);
    if (second) {
        counts += *second;
    }
    return second ? std::optional(counts) : std::nullopt;
}

Counts Replay::apply_portion(const std::string& source, const ReplayScope& scope, const std::vector<ReplayUnit>& units,
                             const ReplayRemovals& remaining, SavedObjects::Objects& objects) {
    if (shown_ == nullptr && trace_ == nullptr) {
        return target_.replay(source, scope, units, remaining);
    }
    std::vector<ReplayUnit> rest = units;
    while (!rest.empty()) {
        SavedObjects::Objects others;
        const auto look = [&](const SavedObjects::Objects& now) {
            objects = now;
            others = shown_ == nullptr ? SavedObjects::Objects() : shown_->unexpected(now);
            // What no unit asks for follows from what is done.
            if (std::any_of(rest.begin(), rest.end(), [&](const ReplayUnit& unit) { return asks_for(unit, others); })) {
                throw ShownOtherwise();
            }
        };
        try {
            const Counts counts = target_.replay(source, scope, rest, remaining, look);
            if (shown_ != nullptr) {
                shown_->done();
            }
            return counts;
        } catch (const ShownOtherwise&) {
            std::erase_if(rest, [&](const ReplayUnit& unit) { return asks_for(unit, others); });
        }
    }
    objects.clear();
    return {};
}

Done Replay::carry_out(const std::string& source, const ReplayScope& scope, UnitSpool& spool, const Planned& planned,
                       SavedObjects* shown) {
    shown_ = shown;
    Done done;
    std::vector<consumer::merge::Pause> pauses;
    patiently([&] { pauses = target_.pauses(); });
    for (const consumer::merge::Pause& pause : pauses) {
        if (pause.source.empty() || pause.source == source) {
            throw runtime::ProgramError(runtime::ExitCode::refused, consumer::merge::to_text(pause) +
                                                                        "; nothing was done; entstream-replay resume "
                                                                        "ends it");
        }
    }
    ReplayRemovals remaining = removals_of(planned);
    std::int64_t passed = 0;
    progress_.begin("writing to Moodle");
    for (auto units = spool.next(portion); !units.empty(); units = spool.next(portion)) {
        const auto counts = apply(source, scope, units, remaining, done);
        if (!counts) {
            done.stopped = true;
            break;
        }
        done.counts += *counts;
        subtract(remaining, *counts);
        passed += static_cast<std::int64_t>(units.size());
        progress_.show(passed, spool.size());
    }
    if (passed > 0) {
        patiently([&] { target_.settle_beside(source); });
    }
    return done;
}

}  // namespace entstream::replay
