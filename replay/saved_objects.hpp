#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "consumer/merge/plan.hpp"

namespace entstream::replay {

/// The objects that a saved plan showed, compared with what is planned when it is carried out: only what was shown is
/// done. Has personal data. Not thread-safe.
class SavedObjects {
  public:
    using Objects = std::vector<consumer::merge::PlannedObject>;

    void expect(const consumer::merge::PlannedObject& object);

    /// What a portion would do now, before it is done. \returns the objects of it that were not shown so: what is
    /// planned for them must be left out
    Objects unexpected(const Objects& now);
    /// The portion that unexpected() was asked about last was done.
    void done();

    /// What was shown and not done, each with a reason where unexpected() has seen one.
    [[nodiscard]] Objects left() const;

  private:
    struct Expected {
        std::multiset<std::string> changes;  ///< that are not done yet
        Objects shown;
        std::string why;  ///< it is not done
    };
    /// What tells objects apart: each has one row a change, so that an account may have several.
    static std::string key_of(const consumer::merge::PlannedObject& object);
    static std::string change_of(const consumer::merge::PlannedObject& object);

    std::map<std::string, Expected> expected_;
    Objects now_;
};

}  // namespace entstream::replay
