#pragma once

#include <vector>

#include "consumer/delta.hpp"

namespace entstream::consumer::merge {

/// What the users of a batch say about cohorts that attributes of people name.
struct CohortsOfPeople {
    std::vector<CohortDelta> cohorts;  ///< each once, as the latest record names it
    std::vector<MemberDelta> members;  ///< value and member are both the person's UUID, which tells them from those of
                                       ///< groups: their value is the hash of a DN
};

CohortsOfPeople cohorts_of_people(const std::vector<UserDelta>& users);

}  // namespace entstream::consumer::merge
