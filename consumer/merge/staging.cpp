#include "consumer/merge/staging.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <tuple>

#include "consumer/merge/cohorts_of_people.hpp"
#include "consumer/merge/copy_rows.hpp"

namespace entstream::consumer::merge {
namespace {

using Columns = std::vector<std::string>;

std::string_view kind_name(ParentKind kind) {
    return kind == ParentKind::group ? "group" : "role";
}

template <typename Delta>
std::optional<std::string> problem_of(const Delta& delta) {
    return delta.problem.empty() ? std::nullopt : std::optional(delta.problem);
}

}  // namespace

void copy_seen_users(pqxx::transaction_base& transaction, const std::vector<UserDelta>& users) {
    CopyRows rows(transaction, "user_seen", Columns{"uuid", "version"});
    for (const UserDelta& user : users) {
        rows.row(user.uuid, user.version);
    }
    rows.complete();
}

void copy_users(pqxx::transaction_base& transaction, const std::vector<UserDelta>& users) {
    Columns columns = {"uuid", "version", "present", "created_at", "problem"};
    columns.insert(columns.end(), user_field_names.begin(), user_field_names.end());
    CopyRows rows(transaction, "user_delta", columns);
    for (const UserDelta& user : users) {
        std::apply(
            [&](const auto&... fields) {
                rows.row(user.uuid, user.version, user.present, user.created_at, problem_of(user), fields...);
            },
            user.fields);
    }
    rows.complete();
}

void copy_profile(pqxx::transaction_base& transaction, const std::vector<UserDelta>& users) {
    CopyRows rows(transaction, "profile_delta", Columns{"uuid", "version", "field", "value"});
    for (const UserDelta& user : users) {
        for (const auto& [field, value] : user.profile) {
            rows.row(user.uuid, user.version, field, value);
        }
    }
    rows.complete();
}

void copy_languages(pqxx::transaction_base& transaction, const std::vector<UserDelta>& users) {
    if (std::all_of(users.begin(), users.end(), [](const UserDelta& user) { return user.other_languages.empty(); })) {
        return;
    }
    CopyRows rows(transaction, "language_delta", Columns{"uuid", "version", "place", "lang"});
    for (const UserDelta& user : users) {
        for (std::size_t place = 0; place < user.other_languages.size(); ++place) {
            rows.row(user.uuid, user.version, place, user.other_languages[place]);
        }
    }
    rows.complete();
}

void copy_cohorts(pqxx::transaction_base& transaction, const std::vector<CohortDelta>& cohorts) {
    if (cohorts.empty()) {
        return;
    }
    CopyRows rows(transaction, "cohort_delta",
                  Columns{"uuid", "version", "present", "name", "idnumber", "description", "deleted", "problem",
                          "level", "category"});
    for (const CohortDelta& cohort : cohorts) {
        const std::optional<int> level = cohort.level ? std::optional(static_cast<int>(*cohort.level)) : std::nullopt;
        rows.row(cohort.uuid, cohort.version, cohort.present, cohort.name, cohort.idnumber, cohort.description,
                 cohort.deleted, problem_of(cohort), level, cohort.category);
    }
    rows.complete();
}

void copy_roles(pqxx::transaction_base& transaction, const std::vector<RoleDelta>& roles) {
    CopyRows rows(
        transaction, "role_delta",
        Columns{"uuid", "version", "present", "role", "level", "context_key", "identifier", "deleted", "problem"});
    for (const RoleDelta& role : roles) {
        rows.row(role.uuid, role.version, role.present, role.role, static_cast<int>(role.level), role.context_key,
                 role.context_identifier, role.deleted, problem_of(role));
    }
    rows.complete();
}

void copy_members(pqxx::transaction_base& transaction, const std::vector<MemberDelta>& members) {
    if (members.empty()) {
        return;
    }
    CopyRows rows(transaction, "member_delta",
                  Columns{"parent_kind", "parent", "value", "version", "present", "member"});
    for (const MemberDelta& member : members) {
        rows.row(kind_name(member.parent_kind), member.parent, member.value, member.version, member.present,
                 member.member);
    }
    rows.complete();
}

void copy_removal_causes(pqxx::transaction_base& transaction, const std::vector<RemovalTotals>& removals) {
    CopyRows rows(transaction, "removal_cause", Columns{"version", "generation", "cause"});
    for (const RemovalTotals& of_cause : removals) {
        for (const RemovalTotals::Seen& removal : of_cause.seen) {
            rows.row(removal.version, of_cause.generation, of_cause.cause);
        }
    }
    rows.complete();
}

void copy_differing_rows(pqxx::transaction_base& transaction, const DifferingRows& differing) {
    if (!differing.pairs.empty() || !differing.triples.empty()) {
        CopyRows rows(transaction, "affected", Columns{"parent_kind", "parent", "member"});
        for (const DifferingRows::Pair& pair : differing.pairs) {
            rows.row(std::string_view(pair.of_role ? "role" : "group"), pair.parent, pair.member);
        }
        // No role object has this UUID: the account is looked at.
        for (const DifferingRows::Triple& triple : differing.triples) {
            rows.row(std::string_view("role"), Uuid(), triple.user);
        }
        rows.complete();
    }
    if (!differing.triples.empty()) {
        CopyRows rows(transaction, "role_triple", Columns{"role_id", "context_id", "user_id", "user_uuid"});
        for (const DifferingRows::Triple& triple : differing.triples) {
            rows.row(triple.role_id, triple.context_id, triple.user_id, triple.user);
        }
        rows.complete();
    }
}

namespace {

/// One DELETE of a group or role object stands for all its members.
template <typename Deltas>
bool has_deleted(const Deltas& deltas) {
    return std::any_of(deltas.begin(), deltas.end(), [](const auto& delta) { return delta.deleted; });
}

template <typename Deltas>
bool has_problems(const Deltas& deltas) {
    return std::any_of(deltas.begin(), deltas.end(), [](const auto& delta) { return !delta.problem.empty(); });
}

}  // namespace

Staged& Staged::operator|=(const Staged& more) {
    users = users || more.users;
    cohorts = cohorts || more.cohorts;
    roles = roles || more.roles;
    members = members || more.members;
    deleted_groups = deleted_groups || more.deleted_groups;
    deleted_roles = deleted_roles || more.deleted_roles;
    user_problems = user_problems || more.user_problems;
    cohort_problems = cohort_problems || more.cohort_problems;
    role_problems = role_problems || more.role_problems;
    many = many || more.many;
    return *this;
}

Staged stage(pqxx::transaction_base& transaction, const Batch& batch, PeopleStaged people) {
    const bool users = people != PeopleStaged::none && !batch.users.empty();
    const CohortsOfPeople of_people = users ? cohorts_of_people(batch.users) : CohortsOfPeople{};
    if (users) {
        copy_users(transaction, batch.users);
        copy_languages(transaction, batch.users);
        if (people == PeopleStaged::with_profile) {
            copy_profile(transaction, batch.users);
        }
    }
    copy_cohorts(transaction, batch.cohorts);
    copy_cohorts(transaction, of_people.cohorts);
    if (!batch.roles.empty()) {
        copy_roles(transaction, batch.roles);
    }
    copy_members(transaction, batch.members);
    copy_members(transaction, of_people.members);
    return {.users = users,
            .cohorts = !batch.cohorts.empty() || !of_people.cohorts.empty(),
            .roles = !batch.roles.empty(),
            .members = !batch.members.empty() || !of_people.members.empty(),
            .deleted_groups = has_deleted(batch.cohorts),
            .deleted_roles = has_deleted(batch.roles),
            .user_problems = users && has_problems(batch.users),
            .cohort_problems = has_problems(batch.cohorts),
            .role_problems = has_problems(batch.roles),
            .many = std::max(batch.users.size(), batch.members.size()) >= many_deltas};
}

}  // namespace entstream::consumer::merge
