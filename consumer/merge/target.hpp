#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "consumer/consumer_config.hpp"
#include "consumer/delta.hpp"
#include "consumer/merge/counts.hpp"
#include "consumer/merge/failure.hpp"
#include "consumer/merge/held.hpp"
#include "consumer/merge/pauses.hpp"
#include "consumer/merge/replay_scope.hpp"
#include "consumer/merge/sql_clock.hpp"

namespace entstream::consumer::merge {

struct PlannedObject;

/// Where one source stands in this Moodle: a row of entstream.position.
struct StoredPosition {
    std::string log_id;                                              ///< empty until the first batch is applied
    Offset next_offset{};                                            ///< first offset that is not applied yet
    std::uint64_t last_sequence{};                                   ///< of the last record applied
    std::int64_t owner_epoch{};                                      ///< raised by each claim()
    std::optional<std::chrono::system_clock::time_point> watermark;  ///< everything the directory said until then is in
    /// When reading of the log from its start began; given by claim() only, and if that is known.
    std::optional<std::chrono::system_clock::time_point> begun_at;
};

/// How many objects of a plan have the same entity, action and, where they wait, reason.
struct PlanTotal {
    std::string entity;  ///< as to_text(Entity)
    std::string action;  ///< as to_text(Action)
    std::string reason;
    std::int64_t objects{};
};

/// Whether a target may begin.
enum class FirstStart {
    free,      ///< the site has no content, or was served before
    approved,  ///< by an administrator
    waits,
};

/// What one committed batch did.
struct ApplySummary {
    Counts counts;
};

/// What the tables say after a sweep.
struct SweepSummary {
    Counts counts;                     ///< what the sweep could settle so far
    bool complete{};                   ///< everything was looked at: the rest is filled in, the next call begins anew
    std::int64_t parked_users{};       ///< conflicts of usernames left
    std::int64_t parked_cohorts{};     ///< conflicts of idnumbers left
    std::int64_t unresolved_roles{};   ///< role objects whose role or context Moodle lacks
    std::int64_t unmapped{};           ///< entries that cannot be mapped in full
    std::int64_t refused{};            ///< records that the database refuses
    std::int64_t held{};               ///< removals that wait for an approval
    std::int64_t profile_values{};     ///< values of profile fields that Moodle does not take
    std::int64_t misplaced_cohorts{};  ///< cohorts that are elsewhere, because Moodle lacks their course category
    std::int64_t role_candidates{};    ///< role assignments of other components that wait for an approval
    std::int64_t gone{};               ///< accounts and cohorts that somebody deleted in Moodle
};

/// How much waits, or what runs came to: a row of sql/status/counts.sql.
struct TargetCount {
    std::string what;
    std::string entity;
    std::string kind;
    std::int64_t objects{};
    std::optional<double> moment;  ///< seconds since 1970
};

/// One Moodle database that entstream writes. Everything a batch says goes in with one transaction, together with the
/// move of the position (entstream.position): a batch is in as a whole, once, or not at all.
///
/// Not thread-safe: one thread per target. Errors are exceptions; classify() says what to do about them. After a
/// transient or in-doubt failure call open() again; claims survive that (position() is then the truth).
///
/// The destructor gives the Moodle back, if the server answers.
///
/// A life: open(); claim(source); { apply(batch); settle(); }*; and sweep() every `check_interval`. Or, beside the
/// process that lives so: open_beside(); held(source) ...; approve(source) or reject(source).
class MoodleTarget {
  public:
    explicit MoodleTarget(const ConsumerConfig& config);
    ~MoodleTarget();
    MoodleTarget(MoodleTarget&& other) noexcept;
    MoodleTarget& operator=(MoodleTarget&& other) noexcept;

    /// Connects (anew), takes the Moodle for this process (entstream.lease), checks that this is a Moodle of a
    /// supported version with the columns that we write, creates or migrates the schema `entstream`, compares the
    /// positions with Moodle's own note of them (restored database), and settles what a former process left. \throws
    /// TargetError no Moodle there, wrong prefix, unsupported version, missing rights \throws TargetDiverged the
    /// database was restored in part \throws Paused Moodle runs an upgrade or is in maintenance mode; nothing was
    /// written \throws Unreachable the server does not answer \throws Occupied another process that lives serves this
    /// Moodle, under whatever name and with whatever sources
    void open();

    /// Takes ownership of a source: a former owner that is not dead after all is fenced at his next batch.
    /// \pre open()
    StoredPosition claim(const std::string& source);

    /// Whether what this target would do has to be approved first. \pre open()
    FirstStart first_start();

    /// Stores what the logs would do, for who approves it. \param records  of the logs that were read
    void store_first_start(const std::vector<PlanTotal>& totals, std::int64_t records);

    /// The stored position, without taking ownership; nullopt: the source was never claimed.
    [[nodiscard]] std::optional<StoredPosition> position(const std::string& source);

    /// Applies a batch in one transaction. A batch without deltas moves the position only.
    /// \pre claim(batch.source)
    /// \throws Fenced another owner, or the stored position is not batch.first_offset
    /// \throws Paused Moodle runs an upgrade
    /// \throws TargetDiverged batch.log_id is not the log that was applied so far
    ApplySummary apply(const Batch& batch);

    /// Does what a running Moodle needs to see the changes (dirty flags, sessions, enrol_cohort's task), in a
    /// transaction of its own. Call it after each apply() and, while it returns true, about every second.
    /// \returns true while something waits (a run of enrol_cohort's task that has not ended yet)
    /// \throws Paused as apply()
    bool settle();

    /// Looks at a portion of our tables and Moodle's: conflicts and references that can be settled by now, and whether
    /// the database was restored from a backup. What the database refuses goes on waiting, with the reason. Until the
    /// summary is complete, call it again soon, with batches in between.
    /// \pre claim(source)
    /// \throws TargetDiverged the database was restored in part
    SweepSummary sweep(const std::string& source);

    /// Records of this source that the database refused, in the order of their keys. \param after  a key: those behind
    /// it
    std::vector<RefusedRecord> refused(const std::string& source, const std::string& after, int most);

    /// Applies such records again, where no newer one says more, in one transaction; they do not wait any more then.
    /// \pre claim(batch.source) or open_beside() \param batch  what the records say; its offsets have no meaning
    /// \throws as apply(); a permanent failure: one of them is still refused
    Counts retry(const Batch& batch, const std::vector<RefusedRecord>& records);

    /// A sign of life, for others who want this Moodle. apply() and sweep() give one too; while there is nothing to do,
    /// call it every few seconds.
    /// \throws Fenced another process serves this Moodle by now
    void renew_lease();

    /// What an operator has paused. The target itself does not look at it. \pre open()
    std::vector<Pause> pauses();

    /// How much waits in entstream's tables, for metrics. \pre open()
    std::vector<TargetCount> counts();

    /// Keeps that the database was found to be restored from a backup, for counts(). \pre open()
    void note_restored(const std::string& source);

    /// What this object has spent its time in the database for.
    [[nodiscard]] const SqlClock::Times& sql_times() const;

    /// Connects (anew) for a question or a decision, whether a process serves this Moodle or not: takes no lease,
    /// claims nothing and migrates nothing. Transactions take the position row's lock for a moment each, as sweeps do;
    /// what a running Moodle needs to see of them is done by the process that serves it, or by its next start. \throws
    /// as open(), but never Occupied \throws TargetError the schema `entstream` is not of this version
    void open_beside();

    /// Gives every removal of this source that is held. \pre open() or open_beside()
    void held(const std::string& source, const std::function<void(const HeldRemoval&)>& take);

    /// Plans the chosen removals anew, without the guard, and does those that the directory still wants; none of them
    /// is held any more, but those that the database refuses. In several transactions, each as a whole. \pre
    /// claim(source) or open_beside() \param decision  gets what was done added, also where an error ends it: it can be
    /// called again then \throws as apply()
    void approve(const std::string& source, const HeldChoice& choice, HeldDecision& decision);

    /// The chosen removals are not done: their objects stay until their entries change again.
    /// \pre claim(source) or open_beside() \returns how many there were
    std::int64_t reject(const std::string& source, const HeldChoice& choice);

    /// Carries out a portion of a plan of LogPlanner::replay(), planned anew under the lock of the position row: what
    /// the process that serves the Moodle has applied meanwhile counts. One transaction. \param remaining  removals
    /// that the plan has yet, this portion's included: the guard knows them from the first \pre open_beside() \throws
    /// as apply(); a permanent failure: the database refuses one of the units
    /// \param look  gets what is planned now before it is done, and may throw; may be empty
    Counts replay(const std::string& source, const ReplayScope& scope, const std::vector<ReplayUnit>& units,
                  const ReplayRemovals& remaining,
                  const std::function<void(const std::vector<PlannedObject>&)>& look = {});

    /// Does what a running Moodle needs to see of it, also where no process serves this Moodle. What waits for a run of
    /// Moodle's own task is left to the next sweep or start of that process. \pre open_beside()
    void settle_beside(const std::string& source);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace entstream::consumer::merge
