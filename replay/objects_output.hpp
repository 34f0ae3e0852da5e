#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "consumer/merge/plan.hpp"
#include "consumer/merge/target.hpp"

namespace entstream::replay {

/// How the objects of a plan are shown.
enum class Format {
    table,    ///< for people
    colours,  ///< for people at a terminal
    json,     ///< one JSON object a line
};

/// `--json`, else by what standard output is (NO_COLOR is obeyed).
Format format_of(bool json);

/// Writes the objects of a plan one after the other, and at the end their totals. Has personal data.
class ObjectsOutput {
  public:
    ObjectsOutput(std::ostream& out, Format format) : out_(out), format_(format) {}

    void add(const std::string& source, const consumer::merge::PlannedObject& object);

    /// One line an entity and action, and what waits, with the reasons.
    void totals(const std::vector<consumer::merge::PlanTotal>& totals);

  private:
    std::ostream& out_;
    Format format_;
    bool begun_ = false;
};

/// Whether an action means that Moodle is not as the directory says, and a run would change that.
bool is_difference(const std::string& action);

}  // namespace entstream::replay
