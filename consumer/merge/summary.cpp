#include <numeric>

#include "consumer/merge/target.hpp"

namespace entstream::consumer::merge {

std::string_view to_text(Entity entity) {
    constexpr std::array<std::string_view, entity_count> names = {"user", "cohort",          "member",
                                                                  "role", "role_assignment", "enrolment"};
    return names.at(static_cast<std::size_t>(entity));
}

std::string_view to_text(Action action) {
    constexpr std::array<std::string_view, action_count> names = {"created",  "updated", "suspended", "revived",
                                                                  "released", "removed", "parked",    "spared",
                                                                  "gone",     "held",    "adopted"};
    return names.at(static_cast<std::size_t>(action));
}

Counts& Counts::operator+=(const Counts& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        counts_.at(i) += other.counts_.at(i);
    }
    return *this;
}

std::int64_t Counts::total() const {
    return std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0});
}

}  // namespace entstream::consumer::merge
