#include "consumer/merge/merge.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "consumer/merge/cohorts_of_people.hpp"
#include "consumer/merge/staging.hpp"

namespace entstream::consumer::merge {
namespace {

/// One DELETE of a group or role object stands for all its members.
template <typename Deltas>
bool voids_members(const Deltas& deltas) {
    return std::any_of(deltas.begin(), deltas.end(), [](const auto& delta) { return delta.deleted; });
}

bool has_parent(const std::vector<MemberDelta>& members, ParentKind kind) {
    return std::any_of(members.begin(), members.end(),
                       [kind](const MemberDelta& member) { return member.parent_kind == kind; });
}

template <typename Deltas>
bool has_problems(const Deltas& deltas) {
    return std::any_of(deltas.begin(), deltas.end(), [](const auto& delta) { return !delta.problem.empty(); });
}

Action action_named(std::string_view name) {
    for (std::size_t i = 0; i < action_count; ++i) {
        if (to_text(static_cast<Action>(i)) == name) {
            return static_cast<Action>(i);
        }
    }
    throw std::logic_error("SQL counts an unknown action " + std::string(name));
}

/// Names of the SQL files of an entity whose names can conflict.
struct PlanFiles {
    const char* kind;
    const char* field;  ///< whose value must be unique
    const char* retry;
    const char* plan;
    const char* park;
    const char* planned;
};

constexpr PlanFiles user_files = {"user", "username", "users_retry", "users_plan", "users_park", "users_planned"};
constexpr PlanFiles cohort_files = {"cohort",       "idnumber",     "cohorts_retry",
                                    "cohorts_plan", "cohorts_park", "cohorts_planned"};

}  // namespace

Merge::Merge(pqxx::transaction_base& transaction, SqlTemplates sql, const Options& options)
    : transaction_(transaction), sql_(std::move(sql)), options_(options) {}

void Merge::apply(const Batch& batch) {
    if (!batch.users.empty()) {
        run("user_delta");
        copy_users(transaction_, batch.users);
        note_unmapped(Entity::user, "user", batch.users);
        merge_users();
    }
    const CohortsOfPeople of_people = cohorts_of_people(batch.users);
    if (!batch.cohorts.empty() || !of_people.cohorts.empty()) {
        run("cohort_delta");
        copy_cohorts(transaction_, batch.cohorts);
        copy_cohorts(transaction_, of_people.cohorts);
        note_unmapped(Entity::cohort, "cohort", batch.cohorts);
        merge_cohorts();
    }
    if (!batch.roles.empty()) {
        run("role_delta");
        copy_roles(transaction_, batch.roles);
        note_unmapped(Entity::role, "role", batch.roles);
        need_role_triples();
        run("roles_plan");
        run("role_triples_of_roles");
    }
    if (!batch.members.empty() || !of_people.members.empty()) {
        merge_members(batch.members, of_people.members);
    }
    if (options_.cohorts_from_people && !batch.users.empty()) {
        end_members_left_by_people();
    }
    if (voids_members(batch.cohorts)) {
        run("members_void_of_cohorts");
    }
    if (voids_members(batch.roles)) {
        run("members_void_of_roles");
    }
    if (!batch.roles.empty()) {
        run("roles_locate");
        write_role_objects();
    }
    if (options_.completes_rebuild) {
        end_unseen_members();
    }
    write_cohort_members();
    write_role_assignments();
}

void Merge::retry(SweepPart part) {
    switch (part) {
        case SweepPart::parked_users:
            run("user_delta");
            run("users_retry_free");
            merge_users();
            break;
        case SweepPart::parked_cohorts:
            run("cohort_delta");
            run("cohorts_retry_free");
            merge_cohorts();
            break;
        case SweepPart::role_objects:
            sweep_role_objects();
            break;
    }
    write_cohort_members();
    write_role_assignments();
}

void Merge::sweep_role_objects() {
    run("roles_sweep");
    run("roles_locate");
    if (run("roles_moved")[0][0].as<std::int64_t>() > 0) {
        need_role_triples();
        run("role_triples_of_roles");
        write_role_objects();
    }
}

void Merge::complete_returning() {
    if (has_cohort_pairs_) {
        transaction_.exec("DROP TABLE cohort_pair, cohort_member_change");
    }
    run("cohort_members_returned");
    count(Entity::member, "cohort_members_write");
    log("cohort_members_log");
}

Merge::Planned Merge::plan(Entity entity) {
    const PlanFiles& files = entity == Entity::user ? user_files : cohort_files;
    sql_.set("kind", files.kind);
    sql_.set("field", files.field);
    if (options_.something_is_parked) {
        if (options_.retries_parked) {
            run(files.retry);
        }
        run("parked_superseded");
    }
    run(files.plan);
    pqxx::result planned = run(files.planned);
    if (planned[0]["contested"].as<std::int64_t>() > 0 || planned[0]["retried"].as<std::int64_t>() > 0) {
        count(entity, "conflicts");
        run(files.park);
        planned = run(files.planned);
    }
    counts_(entity, Action::gone) += planned[0]["gone"].as<std::int64_t>();
    counts_(entity, Action::spared) += planned[0]["spared"].as<std::int64_t>();
    return {planned[0]["new"].as<std::int64_t>(), planned[0]["known"].as<std::int64_t>(),
            planned[0]["returned"].as<std::int64_t>(), planned[0]["contested"].as<std::int64_t>()};
}

template <typename Deltas>
void Merge::note_unmapped(Entity entity, const char* kind, const Deltas& deltas) {
    if (!options_.something_is_unmapped && !has_problems(deltas)) {
        return;
    }
    sql_.set("kind", kind);
    const pqxx::result changed = run("unmapped");
    constexpr int most_lines = 10;
    int lines = 0;
    for (const auto& row : changed) {
        const bool mended = row["problem"].is_null();
        counts_(entity, Action::parked) += mended ? 0 : 1;
        if (++lines > most_lines) {
            continue;
        }
        if (mended) {
            spdlog::info("{} {}: can be mapped in full again", kind, row["uuid"].c_str());
        } else {
            spdlog::warn("{} {}: cannot be mapped in full: {}", kind, row["uuid"].c_str(), row["problem"].c_str());
        }
    }
    if (lines > most_lines) {
        spdlog::warn("{} more of the same batch: entstream.unmapped has those that cannot be mapped in full",
                     lines - most_lines);
    }
}

void Merge::merge_users() {
    const Planned planned = plan(Entity::user);
    if (planned.known > 0 || planned.contested > 0) {
        run("users_lock");
        if (planned.contested > 0) {
            run("users_names");
        }
        count(Entity::user, "users_update");
        if (counts_(Entity::user, Action::revived) > 0) {
            run("users_revived");
        }
        if (counts_(Entity::user, Action::suspended) > 0) {
            run("users_suspended");
        }
        log("users_update_log");
    }
    if (planned.fresh > 0) {
        run("users_create");
        log("users_create_log");
        counts_(Entity::user, Action::created) += planned.fresh;
        const pqxx::result parents = run("parents_awaiting_new_users");
        for (const auto& row : parents) {
            (std::string_view(row[0].c_str()) == "group" ? cohort_members_affected_ : role_members_affected_) = true;
        }
        if (!parents.empty()) {
            need_affected();
            run("affected_by_new_users");
        }
    }
}

void Merge::merge_cohorts() {
    const Planned planned = plan(Entity::cohort);
    if (planned.known > 0 || planned.contested > 0) {
        count(Entity::cohort, "cohorts_update");
        log("cohorts_update_log");
    }
    if (planned.returned > 0) {
        need_affected();
        cohort_members_affected_ |= run("affected_by_returned_cohorts").affected_rows() > 0;
    }
    if (planned.fresh > 0) {
        run("cohorts_create");
        log("cohorts_create_log");
        counts_(Entity::cohort, Action::created) += planned.fresh;
        need_affected();
        cohort_members_affected_ |= run("affected_by_new_cohorts").affected_rows() > 0;
    }
}

void Merge::merge_members(const std::vector<MemberDelta>& of_groups_and_roles,
                          const std::vector<MemberDelta>& of_people) {
    run("member_delta");
    copy_members(transaction_, of_groups_and_roles);
    copy_members(transaction_, of_people);
    need_affected();
    run("members_apply");
    cohort_members_affected_ |= !of_people.empty() || has_parent(of_groups_and_roles, ParentKind::group);
    role_members_affected_ |= has_parent(of_groups_and_roles, ParentKind::role);
}

void Merge::end_members_left_by_people() {
    need_affected();
    cohort_members_affected_ |= run("members_left_by_people").affected_rows() > 0;
}

void Merge::end_unseen_members() {
    need_affected();
    if (run("members_unseen").affected_rows() > 0) {
        cohort_members_affected_ = true;
        role_members_affected_ = true;
    }
}

void Merge::write_role_objects() {
    count(Entity::role, "roles_resolve");
    run("role_triples_of_roles");
    if (counts_(Entity::role, Action::parked) == 0) {
        return;
    }
    for (const auto& row : run("roles_unresolved_reasons")) {
        spdlog::warn("role '{}' at level {} with {} '{}' waits: {}", row["role"].c_str(), row["level"].c_str(),
                     row["context_key"].c_str(), row["identifier"].c_str(), row["reason"].c_str());
    }
}

void Merge::write_cohort_members() {
    if (!cohort_members_affected_) {
        return;
    }
    run("members_of_released_cohorts");
    run("cohort_members_plan");
    has_cohort_pairs_ = true;
    count(Entity::member, "cohort_members_write");
    log("cohort_members_log");
}

void Merge::write_role_assignments() {
    if (role_members_affected_) {
        need_role_triples();
        run("role_triples_of_affected");
    }
    if (has_role_triples_) {
        count(Entity::role_assignment, "role_assignments_write");
        log("role_assignments_log");
    }
}

void Merge::need_affected() {
    if (!has_affected_) {
        run("affected");
        has_affected_ = true;
    }
}

void Merge::need_role_triples() {
    if (!has_role_triples_) {
        run("role_triple");
        has_role_triples_ = true;
    }
}

pqxx::result Merge::run(std::string_view file) {
    return transaction_.exec(sql_(file));
}

void Merge::count(Entity entity, std::string_view file) {
    for (const auto& row : run(file)) {
        counts_(entity, action_named(row[0].c_str())) += row[1].as<std::int64_t>();
    }
}

void Merge::log(std::string_view file) {
    if (options_.log_rows) {
        run(file);
    }
}

}  // namespace entstream::consumer::merge
