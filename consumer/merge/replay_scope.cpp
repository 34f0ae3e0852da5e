#include "consumer/merge/replay_scope.hpp"

#include <algorithm>
#include <vector>

#include "consumer/merge/cohorts_of_people.hpp"

namespace entstream::consumer::merge {

namespace {

template <typename Deltas>
void keep_only(Deltas& deltas, const Uuid& uuid) {
    std::erase_if(deltas, [&](const auto& delta) { return delta.uuid != uuid; });
}

/// Cohorts from attributes of people, by themselves: whose record names them is not looked at.
void keep_cohorts_of_people(Batch& batch) {
    CohortsOfPeople of_people = cohorts_of_people(batch.users);
    batch.cohorts.insert(batch.cohorts.end(), of_people.cohorts.begin(), of_people.cohorts.end());
    batch.users.clear();
}

}  // namespace

void keep_scope(Batch& batch, const ReplayScope& scope, Offset applied) {
    if (scope.cohorts && (scope.cohort || !scope.users)) {
        keep_cohorts_of_people(batch);
    }
    if (!scope.cohorts) {
        batch.cohorts.clear();
        for (UserDelta& user : batch.users) {
            user.cohorts.clear();
        }
    }
    if (!scope.users) {
        batch.users.clear();
    }
    if (!scope.roles) {
        batch.roles.clear();
    }
    std::erase_if(batch.members, [&](const MemberDelta& member) {
        return (scope.force && !scope.by_records && member.version < applied) ||
               !(member.parent_kind == ParentKind::group ? scope.cohorts : scope.roles);
    });
    if (scope.person) {
        keep_only(batch.users, *scope.person);
        batch.cohorts.clear();
        batch.roles.clear();
        std::erase_if(batch.members, [&](const MemberDelta& member) { return member.member != scope.person; });
    } else if (const auto parent = scope.cohort ? scope.cohort : scope.role_object) {
        keep_only(batch.cohorts, *parent);
        keep_only(batch.roles, *parent);
        batch.users.clear();
        std::erase_if(batch.members, [&](const MemberDelta& member) { return member.parent != *parent; });
    }
}

std::string only(const char* column, const std::optional<Uuid>& uuid) {
    return uuid ? std::string(column) + " = '" + uuid->to_text() + "'::uuid" : "true";
}

}  // namespace entstream::consumer::merge
