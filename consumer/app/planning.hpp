#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "common/runtime/exit_code.hpp"
#include "common/runtime/stop_signal.hpp"
#include "consumer/consumer_config.hpp"
#include "consumer/merge/log_plan.hpp"

/// What would be done, before it is done (docs/adoption.md).
namespace entstream::consumer::app {

/// What the logs of all sources would do, as they stand now.
struct LogsPlan {
    std::vector<merge::PlanTotal> totals;
    std::int64_t records{};   ///< that were read
    bool is_complete = true;  ///< each source has said that its directory was read to its end
    bool stopped = false;     ///< told to stop before it was done: the rest says nothing
};

/// Reads every log from where the target stands to its present end and plans it. Writes nothing anywhere.
/// \param take  gets each object; may be empty
/// \param busy  called often while the logs are read
/// \throws what stops the program, as Consumer::run()
LogsPlan plan_logs(const ConsumerConfig& config, const runtime::StopSignal& stop,
                   const std::function<void(const merge::PlannedObject&)>& take, const std::function<void()>& busy);

/// Adds the totals of another plan, by entity, action and reason.
void add_totals(std::vector<merge::PlanTotal>& sums, const std::vector<merge::PlanTotal>& totals);

/// One object of a plan, for `--json`; what is empty is left out, but for its UUID. Personal data.
nlohmann::json to_json(const merge::PlannedObject& object);

/// As a table, one line of text an entity: "users: created 10, adopted 1368, parked 2".
std::vector<std::string> lines_of(const std::vector<merge::PlanTotal>& totals);

/// `--plan`: prints what the consumer would do, as a table, or as JSON with one line per object (personal data) and the
/// totals at the end.
runtime::ExitCode print_plan(const ConsumerConfig& config, bool json, const runtime::StopSignal& stop,
                             std::ostream& out);

/// Whether `--approve` knows this value, and it is about what was planned. \returns what is wrong; empty: nothing
bool is_plan_choice(const std::string& value);

/// `--approve start`, `--approve adopt`, `--approve adopt=UUID`.
/// \returns refused: nothing of this waits
runtime::ExitCode approve_planned(const ConsumerConfig& config, const std::vector<std::string>& values,
                                  std::ostream& out);

}  // namespace entstream::consumer::app
