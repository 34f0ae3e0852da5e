#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "consumer/merge/rebuild.hpp"
#include "replay/command.hpp"
#include "replay/objects_output.hpp"
#include "replay/plan_file.hpp"
#include "replay/progress.hpp"
#include "replay/replay.hpp"
#include "replay/run_trace.hpp"
#include "replay/saved_decisions.hpp"
#include "replay/unit_spool.hpp"

namespace entstream::replay {

/// What an operator wants of a run beside its wish.
struct RunOptions {
    std::string kind;     ///< the command: "sync", "resync"
    std::string options;  ///< of the command line, without personal data: for entstream.run
    bool simulate = false;
    bool json = false;
    bool yes = false;                     ///< do not ask at a terminal
    bool always_asks = false;             ///< refused where there is no terminal, but for `yes`
    bool shows_objects = false;           ///< each object, though it is no simulation
    bool creates_person = true;           ///< false: somebody who has no account is only reported
    bool needs_complete = false;          ///< refused where the log does not have the whole directory
    std::vector<std::string> remapped{};  ///< sources that were applied with another mapping: they are rebuilt
    bool rebuilds = false;                ///< also a source whose log is another one than was applied
    std::string report{};                 ///< file for a report in JSON; empty: none
    std::string save{};                   ///< file for the plan of a simulation; empty: none
    TraceOptions trace{};
};

/// One run of a command that plans and carries out: shows what it finds, asks, writes, and tells what was done.
class ReplayRun {
  public:
    /// \param context  must live longer
    ReplayRun(const Context& context, RunOptions options);

    [[nodiscard]] Progress& progress() { return progress_; }
    /// A sentence for the end of the output.
    void note(const std::string& sentence) { notes_.push_back(sentence); }

    /// \throws whatever ends the program; what was carried out by then is whole
    runtime::ExitCode run(const std::vector<std::string>& sources, const Wish& wish);

    /// Carries out a saved plan. \throws runtime::ProgramError  bad_data: the file is no plan for this target
    runtime::ExitCode run_saved(const std::string& plan_file);

  private:
    /// Does it as the only replay of this Moodle, with a row in entstream.run.
    runtime::ExitCode run_alone(const std::function<runtime::ExitCode()>& work);
    RunTrace* trace() { return trace_ ? &*trace_ : nullptr; }
    runtime::ExitCode run_sources(const std::vector<std::string>& sources, const Wish& wish);
    runtime::ExitCode run_source(Replay& replay, const std::string& source, const Wish& wish);
    /// Plans; where the log is not the one that was applied, once more, as for a rebuild. \param wish  says so
    /// afterwards
    Planned plan(Replay& replay, const std::string& source, Wish& wish,
                 const std::function<void(const consumer::merge::PlannedObject&)>& object, UnitSpool* spool);
    /// Makes what was applied of a source older than all of its log, once. \throws runtime::ProgramError  refused: a
    /// consumer serves the Moodle
    void begin_rebuild(const std::string& source);
    void add(const Planned& planned);
    /// For a trace: why a saved plan has what it has.
    void tell(const SavedPlan& saved, const SavedDecisions& decisions);
    /// Shows what of a saved plan was not done, and why.
    void show_left(const SavedPlan& saved, const SavedObjects& objects);
    [[nodiscard]] bool confirmed(const Planned& planned) const;
    void show_end();
    [[nodiscard]] runtime::ExitCode verdict() const;
    [[nodiscard]] std::string totals_as_json() const;
    void write_report(runtime::ExitCode code) const;

    const Context& context_;
    RunOptions options_;
    Format format_;
    Progress progress_;
    ObjectsOutput output_;
    std::optional<RunTrace> trace_;
    std::optional<PlanWriter> plan_;  ///< that is saved
    std::chrono::system_clock::time_point begun_ = std::chrono::system_clock::now();
    std::vector<std::string> notes_;
    std::vector<consumer::merge::PlanTotal> totals_;
    consumer::merge::Counts counts_;
    std::int64_t differences_ = 0;
    std::int64_t held_ = 0;
    std::int64_t records_ = 0;
    std::int64_t refused_ = 0;
    std::int64_t moved_on_ = 0;      ///< objects of a saved plan
    std::set<std::string> rebuilt_;  ///< sources that begin_rebuild() was done for
};

/// Before a rebuild: the process that serves the Moodle would go on with the former mapping or log.
/// \throws runtime::ProgramError  refused: there is one
void refuse_while_served(const consumer::merge::ConfigChanges& changes);

/// "root@host, pid 17": who runs a command.
std::string name_of_operator();

}  // namespace entstream::replay
