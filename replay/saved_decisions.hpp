#pragma once

#include <map>
#include <string>
#include <vector>

#include "consumer/merge/object_lookup.hpp"
#include "consumer/merge/plan.hpp"
#include "consumer/merge/replay_scope.hpp"

namespace entstream::replay {

/// Why a saved plan has its objects: for the trace of carrying it out. The plan has the offsets of records that are
/// applied with it, entstream's tables those of the others. Has personal data. Not thread-safe.
class SavedDecisions {
  public:
    void add(const consumer::merge::PlannedObject& object) { objects_.push_back(object); }
    void add(const consumer::merge::ReplayUnit& unit);

    /// All of them, in the order of the log; those of which no record is known at the end.
    [[nodiscard]] std::vector<consumer::merge::Decision> decisions(const std::string& source,
                                                                   const consumer::merge::ObjectLookup& lookup) const;

  private:
    std::vector<consumer::merge::PlannedObject> objects_;
    std::map<std::string, consumer::Offset> offsets_;  ///< by the entry, or a group and its member
};

}  // namespace entstream::replay
