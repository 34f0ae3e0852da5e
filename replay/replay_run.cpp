#include "replay/replay_run.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <ostream>
#include <system_error>
#include <utility>

#include "common/runtime/file_descriptor.hpp"
#include "consumer/app/planning.hpp"
#include "consumer/app/progress.hpp"
#include "consumer/merge/object_lookup.hpp"
#include "consumer/merge/rebuild.hpp"
#include "consumer/merge/run_log.hpp"
#include "consumer/read/rejection.hpp"
#include "replay/confirm.hpp"
#include "replay/run_lock.hpp"

namespace entstream::replay {

using consumer::merge::PlannedObject;
using consumer::merge::PlanTotal;
using runtime::ExitCode;
using runtime::ProgramError;

namespace {

/// A word for entstream.run and the report.
std::string word_for(ExitCode code) {
    switch (code) {
        case ExitCode::ok:
            return "done";
        case ExitCode::differences:
            return "differences";
        case ExitCode::held:
            return "held";
        case ExitCode::incomplete:
            return "incomplete";
        case ExitCode::moved_on:
            return "moved on";
        case ExitCode::temporary:
            return "stopped";
        case ExitCode::refused:
        case ExitCode::no_such_entry:
            return "refused";
        default:
            return "failed";
    }
}

/// Readable by its owner only: it may have personal data.
void write_private_file(const std::string& name, const std::string& text) {
    constexpr mode_t owner_only = 0600;
    const runtime::FileDescriptor file(::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, owner_only));
    std::size_t written = 0;
    while (file.get() >= 0 && written < text.size()) {
        const ssize_t count = ::write(file.get(), text.data() + written, text.size() - written);
        if (count < 0) {
            break;
        }
        written += static_cast<std::size_t>(count);
    }
    if (file.get() < 0 || written < text.size()) {
        throw ProgramError(ExitCode::config, "--report " + name + ": " + std::generic_category().message(errno));
    }
}

}  // namespace

std::string name_of_operator() {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    const char* const user = std::getenv("USER");
    return fmt::format("{}@{}, pid {}", user == nullptr ? std::to_string(getuid()) : std::string(user), host.data(),
                       getpid());
}

ReplayRun::ReplayRun(const Context& context, RunOptions options)
    : context_(context),
      options_(std::move(options)),
      format_(format_of(options_.json)),
      progress_(true),
      output_(context.out, format_) {
    if (options_.trace.is_on()) {
        trace_.emplace(options_.trace, options_.json, context_, progress_);
    }
}

ExitCode ReplayRun::run(const std::vector<std::string>& sources, const Wish& wish) {
    if (options_.simulate) {
        if (!options_.save.empty()) {
            plan_.emplace(options_.save, context_.config);
        }
        const ExitCode code = run_sources(sources, wish);
        if (plan_) {
            plan_->close();
        }
        write_report(code);
        return code;
    }
    return run_alone([&] { return run_sources(sources, wish); });
}

ExitCode ReplayRun::run_saved(const std::string& plan_file) {
    return run_alone([&] {
        struct Saved {
            SavedPlan plan;
            UnitSpool units{};
            SavedObjects objects{};
            SavedDecisions decisions{};  ///< for a trace
        };
        std::vector<Saved> plans;
        const auto last = [&]() -> Saved& {
            if (plans.empty()) {
                throw ProgramError(ExitCode::bad_data, "plan " + plan_file + ": it is damaged: it names no source");
            }
            return plans.back();
        };
        read_plan_file(
            plan_file, context_.config, [&](const SavedPlan& plan) { plans.push_back({.plan = plan}); },
            [&](const PlannedObject& object) {
                last().objects.expect(object);
                if (trace_) {
                    last().decisions.add(object);
                }
            },
            [&](const consumer::merge::ReplayUnit& unit) {
                last().units.add(unit);
                if (trace_) {
                    last().decisions.add(unit);
                }
            });
        Replay replay(context_, progress_, trace());
        for (auto& [plan, units, objects, decisions] : plans) {
            options_.always_asks = options_.always_asks || plan.scope.lock != consumer::merge::CohortLock::keep;
            add(plan.planned);
            tell(plan, decisions);
            if (!confirmed(plan.planned)) {
                fmt::print(context_.out, "Nothing was done.\n");
                return ExitCode::refused;
            }
            if (plan.scope.anew) {
                begin_rebuild(plan.source);
            }
            const Done done = replay.carry_out(plan.source, plan.scope, units, plan.planned, &objects);
            counts_ += done.counts;
            refused_ += done.refused;
            if (done.stopped) {
                return ExitCode::temporary;
            }
            show_left(plan, objects);
        }
        show_end();
        return verdict();
    });
}

ExitCode ReplayRun::run_alone(const std::function<ExitCode()>& work) {
    const RunLock lock(context_);
    const std::int64_t id =
        consumer::merge::begin_run(context_.config, options_.kind, name_of_operator(), options_.options);
    const auto end = [&](const std::string& outcome) {
        consumer::merge::end_run(context_.config, id, records_, totals_as_json(), outcome);
    };
    try {
        const ExitCode code = work();
        end(word_for(code));
        write_report(code);
        return code;
    } catch (const std::exception& failure) {
        try {
            end("failed");
        } catch (const std::exception& again) {
            spdlog::debug("the run's row stays without an end: {}", again.what());
        }
        throw;
    }
}

ExitCode ReplayRun::run_sources(const std::vector<std::string>& sources, const Wish& wish) {
    if (trace_ && wish.scope.is_single()) {
        trace_->tell_all();
    }
    Replay replay(context_, progress_, trace());
    for (const std::string& source : sources) {
        const ExitCode code = run_source(replay, source, wish);
        if (code != ExitCode::ok) {
            return code;
        }
    }
    show_end();
    return verdict();
}

ExitCode ReplayRun::run_source(Replay& replay, const std::string& source, const Wish& wish) {
    std::optional<UnitSpool> spool;
    UnitSpool objects;  // that a saved plan shows
    if (!options_.simulate || plan_) {
        spool.emplace();
    }
    const bool shows = options_.simulate || options_.json || options_.shows_objects;
    bool creates_person = false;
    Wish own = wish;
    own.scope.anew = std::find(options_.remapped.begin(), options_.remapped.end(), source) != options_.remapped.end();
    const Planned planned = plan(
        replay, source, own,
        [&](const PlannedObject& object) {
            creates_person = creates_person || (object.entity == "user" && object.action == "created");
            if (plan_ && is_difference(object.action)) {
                objects.add(object_as_text(object));
            }
            if (shows) {
                progress_.clear();
                output_.add(source, object);
            }
        },
        spool ? &*spool : nullptr);
    if (planned.stopped) {
        return ExitCode::temporary;
    }
    if (options_.needs_complete && !planned.is_complete) {
        throw ProgramError(ExitCode::incomplete,
                           "source " + source +
                               ": its log does not say yet that the directory was read to its end; what it does not "
                               "name may be there: wait until entstream-producer has read all of it");
    }
    add(planned);
    if (plan_) {
        plan_->begin(source, own.scope, planned);
        for (auto lines = objects.next(1); !lines.empty(); lines = objects.next(1)) {
            plan_->add_object(lines.front());
        }
        for (auto units = spool->next(1); !units.empty(); units = spool->next(1)) {
            plan_->add(units.front());
        }
    }
    if (options_.simulate || (spool->size() == 0 && !own.scope.anew)) {
        return ExitCode::ok;
    }
    if (creates_person && !options_.creates_person) {
        fmt::print(context_.out, "Moodle has no account for this person; --create makes it. Nothing was done.\n");
        return ExitCode::no_such_entry;
    }
    if (!confirmed(planned)) {
        fmt::print(context_.out, "Nothing was done.\n");
        return ExitCode::refused;
    }
    if (own.scope.anew) {
        begin_rebuild(source);
    }
    const Done done = replay.carry_out(source, own.scope, *spool, planned);
    counts_ += done.counts;
    refused_ += done.refused;
    if (done.stopped) {
        progress_.clear();
        fmt::print(context_.out, "Told to stop: what was written so far is whole; start again to go on.\n");
        return ExitCode::temporary;
    }
    return ExitCode::ok;
}

Planned ReplayRun::plan(Replay& replay, const std::string& source, Wish& wish,
                        const std::function<void(const PlannedObject&)>& object, UnitSpool* spool) {
    if (wish.scope.anew && !options_.simulate) {
        refuse_while_served(consumer::merge::config_changes(context_.config));
    }
    try {
        return replay.plan(source, wish, object, spool);
    } catch (const consumer::read::LogRefused& refused) {
        if (!options_.rebuilds || wish.scope.anew) {
            throw;
        }
        // It is refused while it is read: nothing is planned yet.
        spdlog::info("source {}: {}", source, refused.what());
        spdlog::info("source {}: all of its log is applied anew", source);
    }
    if (!options_.simulate) {
        refuse_while_served(consumer::merge::config_changes(context_.config));
    }
    wish.scope.anew = true;
    return replay.plan(source, wish, object, spool);
}

void refuse_while_served(const consumer::merge::ConfigChanges& changes) {
    if (!changes.served_by.empty()) {
        throw ProgramError(ExitCode::refused,
                           changes.served_by +
                               " serves this Moodle with its former mapping or log: stop entstream-consumer "
                               "first, and start it when this is done");
    }
}

void ReplayRun::begin_rebuild(const std::string& source) {
    refuse_while_served(consumer::merge::config_changes(context_.config));
    // All that are mapped in another way: what is written must fit the configuration of all sources.
    for (const std::string& one : options_.remapped) {
        if (rebuilt_.insert(one).second) {
            consumer::merge::begin_rebuild(context_.config, one, consumer::merge::ReleaseFormerYear::now);
        }
    }
    if (rebuilt_.insert(source).second) {
        consumer::merge::begin_rebuild(context_.config, source, consumer::merge::ReleaseFormerYear::now);
    }
    note("Start entstream-consumer with this configuration now: it reads the log of " + source +
         " once more, and finds it applied.");
}

void ReplayRun::tell(const SavedPlan& saved, const SavedDecisions& decisions) {
    if (!trace_) {
        return;
    }
    if (saved.scope.is_single()) {
        trace_->tell_all();
    }
    for (const auto& decision : decisions.decisions(saved.source, consumer::merge::ObjectLookup(context_.config))) {
        trace_->decided(saved.source, decision);
    }
    trace_->flush();
}

void ReplayRun::show_left(const SavedPlan& saved, const SavedObjects& objects) {
    constexpr std::size_t shown_at_once = 1000;
    const SavedObjects::Objects left = objects.left();
    const consumer::merge::ObjectLookup lookup(context_.config);
    progress_.clear();
    for (std::size_t begin = 0; begin < left.size(); begin += shown_at_once) {
        SavedObjects::Objects some(
            left.begin() + static_cast<std::ptrdiff_t>(begin),
            left.begin() + static_cast<std::ptrdiff_t>(std::min(begin + shown_at_once, left.size())));
        const std::vector<std::string> reasons = lookup.why_left(saved.source, saved.planned.log_end, some);
        for (std::size_t i = 0; i < some.size(); ++i) {
            PlannedObject& object = some[i];
            const bool is_so = object.reason.empty() && reasons.at(i).empty();
            const bool is_held = object.reason.starts_with("held") || reasons[i].starts_with("its removal is held");
            moved_on_ += is_so || is_held ? 0 : 1;
            held_ += is_held ? 1 : 0;
            object.reason = !object.reason.empty() ? object.reason : is_so ? "Moodle has it so by now" : reasons[i];
            if (trace_) {
                trace_->left(saved.source, object);
            }
            object.reason = "left alone: " + object.reason;
            output_.add(saved.source, object);
        }
    }
    if (trace_) {
        trace_->flush();
    }
}

void ReplayRun::add(const Planned& planned) {
    differences_ += planned.differences();
    held_ += planned.held();
    records_ += planned.records;
    consumer::app::add_totals(totals_, planned.totals);
}

bool ReplayRun::confirmed(const Planned& planned) const {
    if (options_.always_asks) {
        context_.out.flush();
        confirm(fmt::format("make {} changes to Moodle, the lock of cohorts among them", planned.differences()),
                options_.yes);
        return true;
    }
    if (options_.yes || isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0) {
        return true;
    }
    fmt::print(context_.out, "{} changes to Moodle. Carry them out? [y/N] ", planned.differences());
    context_.out.flush();
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

void ReplayRun::show_end() {
    progress_.clear();
    output_.totals(totals_);
    if (format_ == Format::json) {
        return;
    }
    if (options_.simulate) {
        fmt::print(context_.out, "\n{} records of the log were read; nothing was written.\n", records_);
    } else {
        const std::string done = consumer::app::to_text(counts_);
        fmt::print(context_.out, "\n{} records of the log were read. Done: {}.\n", records_,
                   done.empty() ? "nothing" : done);
    }
    if (moved_on_ > 0) {
        fmt::print(context_.out, "{} changes of the plan were left out: their objects have moved on since.\n",
                   moved_on_);
    }
    if (refused_ > 0) {
        fmt::print(context_.out, "{} changes were refused by the database; entstream-replay has logged them.\n",
                   refused_);
    }
    if (held_ > 0) {
        fmt::print(context_.out, "{} removals are held by the guard{}.\n", held_,
                   options_.simulate ? " when this is carried out" : ": entstream-consumer --held shows them");
    }
    for (const std::string& sentence : notes_) {
        fmt::print(context_.out, "{}\n", sentence);
    }
}

ExitCode ReplayRun::verdict() const {
    if (options_.simulate && differences_ > 0) {
        return ExitCode::differences;
    }
    if (held_ > 0) {
        return ExitCode::held;
    }
    if (moved_on_ > 0) {
        return ExitCode::moved_on;
    }
    return refused_ > 0 ? ExitCode::refused : ExitCode::ok;
}

std::string ReplayRun::totals_as_json() const {
    nlohmann::json all = nlohmann::json::array();
    for (std::size_t e = 0; e < consumer::merge::entity_count; ++e) {
        for (std::size_t a = 0; a < consumer::merge::action_count; ++a) {
            const auto entity = static_cast<consumer::merge::Entity>(e);
            const auto action = static_cast<consumer::merge::Action>(a);
            if (const std::int64_t count = counts_(entity, action); count > 0) {
                all.push_back({{"entity", std::string(consumer::merge::to_text(entity))},
                               {"action", std::string(consumer::merge::to_text(action))},
                               {"objects", count}});
            }
        }
    }
    return all.dump();
}

void ReplayRun::write_report(ExitCode code) const {
    if (options_.report.empty()) {
        return;
    }
    const auto time = [](std::chrono::system_clock::time_point point) {
        return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(point)));
    };
    nlohmann::json planned = nlohmann::json::array();
    for (const PlanTotal& total : totals_) {
        planned.push_back({{"entity", total.entity}, {"action", total.action}, {"objects", total.objects}});
        if (!total.reason.empty()) {
            planned.back()["reason"] = total.reason;
        }
    }
    const nlohmann::json report = {{"command", options_.kind},
                                   {"options", options_.options},
                                   {"target", context_.config.target},
                                   {"by", name_of_operator()},
                                   {"begun_at", time(begun_)},
                                   {"ended_at", time(std::chrono::system_clock::now())},
                                   {"simulated", options_.simulate},
                                   {"records", records_},
                                   {"planned", planned},
                                   {"differences", differences_},
                                   {"done", nlohmann::json::parse(totals_as_json())},
                                   {"held", held_},
                                   {"refused", refused_},
                                   {"moved_on", moved_on_},
                                   {"outcome", word_for(code)},
                                   {"status", static_cast<int>(code)},
                                   {"notes", notes_}};
    write_private_file(options_.report, report.dump(2) + "\n");
}

}  // namespace entstream::replay
