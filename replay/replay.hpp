#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "consumer/map/mapper.hpp"
#include "consumer/merge/log_plan.hpp"
#include "consumer/merge/target.hpp"
#include "consumer/read/batch_builder.hpp"
#include "replay/command.hpp"
#include "replay/progress.hpp"
#include "replay/run_trace.hpp"
#include "replay/saved_objects.hpp"
#include "replay/unit_spool.hpp"

namespace entstream::replay {

/// An entry that is meant, and where the newest record of it that was applied stands.
struct ChosenObject {
    Uuid uuid;
    std::optional<consumer::Offset> applied;  ///< nullopt: none, or not known: the log is read from its start
};

/// What a replay is to look at.
struct Wish {
    consumer::merge::ReplayScope scope;
    std::optional<ChosenObject> object;  ///< as in scope
    /// Only records of this time or later: by their CSN, or, where they have none, by when they were observed.
    std::optional<std::chrono::system_clock::time_point> since;
};

/// What a plan came to.
struct Planned {
    std::vector<consumer::merge::PlanTotal> totals;
    std::int64_t records{};  ///< of the log that were read
    std::int64_t log_end{};  ///< behind the last of them
    bool is_complete{};      ///< the log says that the directory was read to its end
    bool stopped{};          ///< told to stop before the plan was whole: it says nothing

    [[nodiscard]] std::int64_t differences() const;
    [[nodiscard]] std::int64_t held() const;
};

/// What was carried out.
struct Done {
    consumer::merge::Counts counts;
    std::int64_t refused{};  ///< units that the database refuses for their data
    bool stopped{};          ///< told to stop: each portion so far is in as a whole
};

/// Applies the logs of a target once more: reads them, and gives them to the merge, which decides and writes. Works
/// beside the process that serves the Moodle, or while none does; moves no position.
///
/// Not thread-safe.
class Replay {
  public:
    /// \param context, progress  must live longer
    /// \param trace  the same; nullptr: nobody wants to know
    /// \throws merge::Unreachable, merge::AccessRefused
    Replay(const Context& context, Progress& progress, RunTrace* trace);

    /// Plans one source. Writes nothing anywhere. \param object  gets each object of the plan; may be empty \param
    /// spool  gets what carry_out() needs; nullptr: nothing will be carried out \throws what stops a consumer
    Planned plan(const std::string& source, const Wish& wish,
                 const std::function<void(const consumer::merge::PlannedObject&)>& object, UnitSpool* spool);

    /// Carries out a plan, portion by portion, each planned anew under the lock of the position row, and does what a
    /// running Moodle needs to see of it. \param shown  of a saved plan: what would be something else by now is left
    /// out; gets what was done \throws as MoodleTarget::replay()
    Done carry_out(const std::string& source, const consumer::merge::ReplayScope& scope, UnitSpool& spool,
                   const Planned& planned, SavedObjects* shown = nullptr);

  private:
    void read(const std::string& source, const Wish& wish, const consumer::merge::StoredPosition& start,
              const std::function<void(consumer::Batch&&)>& stage, Planned& planned);
    void read_from(const std::string& source, const consumer::read::StartPosition& start,
                   const std::function<void(consumer::Batch&&)>& stage, Planned& planned);
    /// Stages the record at an offset. \returns false: compaction has removed it
    bool read_at(const std::string& source, consumer::Offset offset,
                 const std::function<void(consumer::Batch&&)>& stage, Planned& planned);
    /// \returns nullopt: told to stop
    std::optional<consumer::merge::Counts> apply(const std::string& source, const consumer::merge::ReplayScope& scope,
                                                 const std::vector<consumer::merge::ReplayUnit>& units,
                                                 const consumer::merge::ReplayRemovals& remaining, Done& done);
    /// One transaction. Leaves out what `shown_` does not have. \param objects  gets what is done, where somebody asks
    consumer::merge::Counts apply_portion(const std::string& source, const consumer::merge::ReplayScope& scope,
                                          const std::vector<consumer::merge::ReplayUnit>& units,
                                          const consumer::merge::ReplayRemovals& remaining,
                                          SavedObjects::Objects& objects);
    /// Repeats what a running consumer is in the way of. \returns false: told to stop
    bool patiently(const std::function<void()>& work);

    const Context& context_;
    Progress& progress_;
    RunTrace* trace_;
    consumer::map::Mapper mapper_;
    consumer::merge::LogPlanner planner_;
    consumer::merge::MoodleTarget target_;
    SavedObjects* shown_ = nullptr;
    bool opened_ = false;
};

}  // namespace entstream::replay
