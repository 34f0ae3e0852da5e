#pragma once

#include <CLI/App.hpp>
#include <nlohmann/json_fwd.hpp>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consumer/map/mapper.hpp"
#include "consumer/merge/plan.hpp"
#include "consumer/merge/replay_scope.hpp"
#include "replay/command.hpp"
#include "replay/log_walk.hpp"
#include "replay/progress.hpp"

namespace entstream::replay {

/// What the command line says of traces.
struct TraceOptions {
    bool to_stderr = false;
    std::string file;  ///< empty: none

    [[nodiscard]] bool is_on() const { return to_stderr || !file.empty(); }
};

/// Adds `--trace` and `--trace-file` to a command.
void add_trace_options(CLI::App& command, TraceOptions& options);

/// Tells of a run, while it runs, why each object was created, changed, left alone or refused: a line an object, and
/// one a field where rules made it; or a line of JSON an object. Has personal data: it goes to standard error or to a
/// file that its owner only may read, as the operator said.
///
/// Not thread-safe. Its memory does not grow with what it tells.
class RunTrace {
  public:
    /// \param progress  must live longer, as context
    /// \throws runtime::ProgramError  config: the file cannot be made
    RunTrace(const TraceOptions& options, bool json, const Context& context, Progress& progress);

    /// The run looks at one object: fields are told also where nothing changes.
    void tell_all() { tells_all_ = true; }

    /// What is planned, in the order of the log. \throws runtime::ProgramError  config: it cannot be written;
    /// kafka::Error
    void decided(const std::string& source, const consumer::merge::Decision& decision);

    /// What came of a portion that was written. \param objects  what it was planned to do under the lock
    void written(const std::string& source, const std::vector<consumer::merge::ReplayUnit>& units,
                 const std::vector<consumer::merge::PlannedObject>& objects);

    /// An object of a saved plan that is left alone, with the reason.
    void left(const std::string& source, const consumer::merge::PlannedObject& object);

    /// The database does not take a unit for its data.
    void refused(const std::string& source, const consumer::merge::ReplayUnit& unit, const std::string& why);

    /// Sees to it that what was told is where it belongs.
    void flush();

  private:
    void line(std::string text);
    /// Says what was done, or why not. \param step  "done", "not done"
    void say(std::string_view step, const std::string& source, const consumer::merge::PlannedObject& object,
             std::optional<consumer::Offset> offset);
    void open_log_of(const std::string& source);

    struct Close {
        bool closes;
        void operator()(std::FILE* file) const noexcept {
            if (closes) {
                std::fclose(file);
            }
        }
    };
    const Context& context_;
    Progress& progress_;
    bool json_;
    bool tells_all_ = false;
    std::string name_;  ///< of the file, for messages
    std::unique_ptr<std::FILE, Close> file_;
    consumer::map::Mapper mapper_;
    std::string source_;  ///< whose log it is
    std::optional<LogWalk> log_;
};

}  // namespace entstream::replay
