#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "consumer/consumer_config.hpp"
#include "consumer/merge/replay_scope.hpp"
#include "replay/replay.hpp"

namespace entstream::replay {

/// Writes a plan that is to be carried out later: JSON, a line for the head, one a source, one an object and a unit.
/// Has personal data: readable by its owner only.
class PlanWriter {
  public:
    /// \throws runtime::ProgramError  config: the file cannot be made
    PlanWriter(std::string name, const consumer::ConsumerConfig& config);

    /// The objects, then the units of a source follow.
    void begin(const std::string& source, const consumer::merge::ReplayScope& scope, const Planned& planned);
    /// \param object  as object_as_text() gives it
    void add_object(const std::string& object);
    void add(const consumer::merge::ReplayUnit& unit);
    /// \throws runtime::ProgramError  config: not all of it could be written
    void close();

  private:
    void line(const std::string& text);

    struct Close {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };
    std::string name_;
    std::unique_ptr<std::FILE, Close> file_;
};

/// What a saved plan has of one source.
struct SavedPlan {
    std::string source;
    consumer::merge::ReplayScope scope;
    Planned planned;
};

/// One line of JSON.
std::string object_as_text(const consumer::merge::PlannedObject& object);

/// Reads a saved plan. \param begin  gets each source, before its objects and units \param object, unit  get each
/// \throws runtime::ProgramError  bad_data: it is no plan, or one of another target, mapping or version of entstream
void read_plan_file(const std::string& name, const consumer::ConsumerConfig& config,
                    const std::function<void(const SavedPlan&)>& begin,
                    const std::function<void(const consumer::merge::PlannedObject&)>& object,
                    const std::function<void(const consumer::merge::ReplayUnit&)>& unit);

}  // namespace entstream::replay
