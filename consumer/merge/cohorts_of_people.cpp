#include "consumer/merge/cohorts_of_people.hpp"

#include <cstddef>
#include <unordered_map>

namespace entstream::consumer::merge {

CohortsOfPeople cohorts_of_people(const std::vector<UserDelta>& users) {
    CohortsOfPeople result;
    std::unordered_map<Uuid, std::size_t> places;
    for (const UserDelta& user : users) {
        for (const CohortDelta& cohort : user.cohorts) {
            const auto [place, is_new] = places.try_emplace(cohort.uuid, result.cohorts.size());
            if (is_new) {
                result.cohorts.push_back(cohort);
            } else if (CohortDelta& known = result.cohorts[place->second]; known.version < cohort.version) {
                known = cohort;
            }
            result.members.push_back({.parent_kind = ParentKind::group,
                                      .parent = cohort.uuid,
                                      .value = user.uuid,
                                      .version = user.version,
                                      .present = true,
                                      .member = user.uuid});
        }
    }
    return result;
}

}  // namespace entstream::consumer::merge
