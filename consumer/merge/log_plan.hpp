#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "consumer/consumer_config.hpp"
#include "consumer/delta.hpp"
#include "consumer/merge/plan.hpp"
#include "consumer/merge/replay_scope.hpp"
#include "consumer/merge/target.hpp"

namespace entstream::consumer::merge {

/// What is on a log and not applied yet, planned as a whole: what it would do, of which nothing is done. Needs no
/// schema `entstream`, and takes no lease: it can be asked beside a process that serves this Moodle.
///
/// Not thread-safe, but for cancel().
class LogPlanner {
  public:
    /// Gives batch after batch of the log from its start position on to the function.
    using Read = std::function<void(const StoredPosition& start, const std::function<void(Batch&&)>& stage)>;

    /// Connects. \throws Unreachable, AccessRefused
    explicit LogPlanner(const ConsumerConfig& config);
    ~LogPlanner();
    LogPlanner(const LogPlanner&) = delete;
    LogPlanner& operator=(const LogPlanner&) = delete;

    /// What becomes of a plan, beside its totals; what is empty is not asked for.
    struct Takers {
        std::function<void(const PlannedObject&)> object;  ///< gets each object of the plan, users first
        std::function<void(const ReplayUnit&)> unit;       ///< gets what MoodleTarget::replay() carries out
        /// Of a replay: gets what becomes of everything that was looked at, in the order of the log; with --update-only
        /// first what is left out. Comes before the objects.
        std::function<void(const Decision&)> decision{};
    };

    /// Plans what `read` gives, in one transaction that the server keeps read-only and that is rolled back. What is
    /// staged is in the database's temporary tables only. \param take  gets each object of the plan, users first; may
    /// be empty \throws TargetError no Moodle there, unsupported version, missing rights, settings that do not fit
    /// \throws Paused
    std::vector<PlanTotal> plan(const std::string& source, const Read& read,
                                const std::function<void(const PlannedObject&)>& take);

    /// The same for a replay, with the guard: of what `read` gives, what the scope leaves. \param read  gets the
    /// position of the target; a forced replay reads before it
    std::vector<PlanTotal> replay(const std::string& source, const ReplayScope& scope, const Read& read,
                                  const Takers& takers);

    /// Ends the statement that plan() waits for, which then throws. For another thread; may be repeated.
    void cancel() noexcept;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace entstream::consumer::merge
