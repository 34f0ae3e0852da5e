#include "consumer/merge/staging.hpp"

#include <pqxx/stream_to>

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>

#include "consumer/merge/cohorts_of_people.hpp"

namespace entstream::consumer::merge {
namespace {

using Columns = std::vector<std::string>;

std::string_view kind_name(ParentKind kind) {
    return kind == ParentKind::group ? "group" : "role";
}

/// A nullable text for libpqxx, whose std::optional support does not reach its COPY.
struct Field {
    const std::optional<std::string>* text;
};

}  // namespace
}  // namespace entstream::consumer::merge

namespace pqxx {

template <>
struct string_traits<entstream::consumer::merge::Field> {
    static constexpr const char* name() noexcept { return "nullable text"; }
    static constexpr bool has_null() noexcept { return true; }
    static bool is_null(const entstream::consumer::merge::Field& field) { return !field.text->has_value(); }
    static std::string to_string(const entstream::consumer::merge::Field& field) { return **field.text; }
};

}  // namespace pqxx

namespace entstream::consumer::merge {

namespace {

template <typename Delta>
std::optional<std::string> problem_of(const Delta& delta) {
    return delta.problem.empty() ? std::nullopt : std::optional(delta.problem);
}

}  // namespace

void copy_users(pqxx::transaction_base& transaction, const std::vector<UserDelta>& users) {
    Columns columns = {"uuid", "version", "present", "created_at", "problem"};
    columns.insert(columns.end(), user_field_names.begin(), user_field_names.end());
    pqxx::stream_to stream(transaction, "user_delta", columns);
    for (const UserDelta& user : users) {
        const auto problem = problem_of(user);
        const auto keys =
            std::make_tuple(user.uuid.to_text(), user.version, user.present, user.created_at, Field{&problem});
        std::apply([&](const auto&... field) { stream << std::tuple_cat(keys, std::make_tuple(Field{&field}...)); },
                   user.fields);
    }
    stream.complete();
}

void copy_profile(pqxx::transaction_base& transaction, const std::vector<UserDelta>& users) {
    pqxx::stream_to stream(transaction, "profile_delta", Columns{"uuid", "version", "field", "value"});
    for (const UserDelta& user : users) {
        for (const auto& [field, value] : user.profile) {
            stream << std::make_tuple(user.uuid.to_text(), user.version, field, value);
        }
    }
    stream.complete();
}

void copy_cohorts(pqxx::transaction_base& transaction, const std::vector<CohortDelta>& cohorts) {
    if (cohorts.empty()) {
        return;
    }
    pqxx::stream_to stream(transaction, "cohort_delta",
                           Columns{"uuid", "version", "present", "name", "idnumber", "description", "deleted",
                                   "problem", "level", "category"});
    for (const CohortDelta& cohort : cohorts) {
        const auto problem = problem_of(cohort);
        const std::optional<std::string> level =
            cohort.level ? std::optional(std::to_string(static_cast<int>(*cohort.level))) : std::nullopt;
        stream << std::make_tuple(cohort.uuid.to_text(), cohort.version, cohort.present, cohort.name, cohort.idnumber,
                                  cohort.description, cohort.deleted, Field{&problem}, Field{&level}, cohort.category);
    }
    stream.complete();
}

void copy_roles(pqxx::transaction_base& transaction, const std::vector<RoleDelta>& roles) {
    pqxx::stream_to stream(
        transaction, "role_delta",
        Columns{"uuid", "version", "present", "role", "level", "context_key", "identifier", "deleted", "problem"});
    for (const RoleDelta& role : roles) {
        const auto problem = problem_of(role);
        stream << std::make_tuple(role.uuid.to_text(), role.version, role.present, role.role,
                                  static_cast<int>(role.level), role.context_key, role.context_identifier, role.deleted,
                                  Field{&problem});
    }
    stream.complete();
}

void copy_members(pqxx::transaction_base& transaction, const std::vector<MemberDelta>& members) {
    if (members.empty()) {
        return;
    }
    pqxx::stream_to stream(transaction, "member_delta",
                           Columns{"parent_kind", "parent", "value", "version", "present", "member"});
    for (const MemberDelta& member : members) {
        const std::optional<std::string> uuid = member.member ? std::optional(member.member->to_text()) : std::nullopt;
        stream << std::make_tuple(std::string(kind_name(member.parent_kind)), member.parent.to_text(),
                                  member.value.to_text(), member.version, member.present, Field{&uuid});
    }
    stream.complete();
}

void copy_removal_causes(pqxx::transaction_base& transaction, const std::vector<RemovalTotals>& removals) {
    pqxx::stream_to stream(transaction, "removal_cause", Columns{"version", "generation", "cause"});
    for (const RemovalTotals& of_cause : removals) {
        for (const RemovalTotals::Seen& removal : of_cause.seen) {
            stream << std::make_tuple(removal.version, of_cause.generation, of_cause.cause);
        }
    }
    stream.complete();
}

void copy_differing_rows(pqxx::transaction_base& transaction, const DifferingRows& differing) {
    if (!differing.pairs.empty() || !differing.triples.empty()) {
        pqxx::stream_to stream(transaction, "affected", Columns{"parent_kind", "parent", "member"});
        for (const DifferingRows::Pair& pair : differing.pairs) {
            stream << std::make_tuple(std::string(pair.of_role ? "role" : "group"), pair.parent.to_text(),
                                      pair.member.to_text());
        }
        // No role object has this UUID: the account is looked at.
        for (const DifferingRows::Triple& triple : differing.triples) {
            stream << std::make_tuple(std::string("role"), std::string("00000000-0000-0000-0000-000000000000"),
                                      triple.user.to_text());
        }
        stream.complete();
    }
    if (!differing.triples.empty()) {
        pqxx::stream_to stream(transaction, "role_triple", Columns{"role_id", "context_id", "user_id", "user_uuid"});
        for (const DifferingRows::Triple& triple : differing.triples) {
            stream << std::make_tuple(triple.role_id, triple.context_id, triple.user_id, triple.user.to_text());
        }
        stream.complete();
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
    return *this;
}

Staged stage(pqxx::transaction_base& transaction, const Batch& batch, bool profile) {
    const CohortsOfPeople of_people = cohorts_of_people(batch.users);
    if (!batch.users.empty()) {
        copy_users(transaction, batch.users);
        if (profile) {
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
    return {.users = !batch.users.empty(),
            .cohorts = !batch.cohorts.empty() || !of_people.cohorts.empty(),
            .roles = !batch.roles.empty(),
            .members = !batch.members.empty() || !of_people.members.empty(),
            .deleted_groups = has_deleted(batch.cohorts),
            .deleted_roles = has_deleted(batch.roles),
            .user_problems = has_problems(batch.users),
            .cohort_problems = has_problems(batch.cohorts),
            .role_problems = has_problems(batch.roles)};
}

}  // namespace entstream::consumer::merge
