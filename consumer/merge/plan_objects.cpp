// The steps of a plan that are about users, cohorts, role objects and members themselves: who has which name, whom it
// adopts, where it is, and what cannot be mapped.

#include <spdlog/spdlog.h>

#include <cstdint>

#include "consumer/merge/planner.hpp"

namespace entstream::consumer::merge {

/// Names of an entity whose names can conflict.
struct Claimant {
    Entity entity;
    const char* kind;
    const char* field;  ///< whose value must be unique
    const char* id;     ///< column of the plan
    const char* plan;
    const char* claims;
    const char* changes;
};

namespace {

constexpr Claimant user_claimant = {Entity::user,       "user", "username", "user_id", "plan/users", "plan/user_claims",
                                    "plan/user_changes"};
constexpr Claimant cohort_claimant = {
    Entity::cohort, "cohort", "idnumber", "cohort_id", "plan/cohorts", "plan/cohort_claims", "plan/cohort_changes"};

}  // namespace

Planned Planner::plan_claimants(const Claimant& claimant) {
    sql_.set("kind", claimant.kind);
    sql_.set("field", claimant.field);
    sql_.set("id", claimant.id);
    bool retried = false;
    if (options_.something_is_parked) {
        if (options_.retries_parked) {
            sql_.set("holders", sql_.table(claimant.kind));
            retried = run("plan/retry_of_names").affected_rows() > 0;
        }
        plan_.parked = run("plan/parked_superseded").affected_rows() > 0 || plan_.parked;
    }
    std::int64_t parked = claimant.entity == Entity::user ? adopt_users() : adopt_cohorts();
    if (claimant.entity == Entity::cohort && options_.places_cohorts) {
        parked = place_cohorts();
    }
    guard(claimant.entity, run(claimant.plan)[0][0].as<std::int64_t>());
    if (claimant.entity == Entity::cohort && locks_) {
        run("plan/cohorts_lock");
    }
    const pqxx::row claims = run(claimant.claims)[0];
    const bool claimed = claims["contested"].as<std::int64_t>() > 0;
    if (claimed || retried || sweeping_) {
        parked = run("plan/conflicts")[0][0].as<std::int64_t>();
        plan_.parked = true;
    }
    plan_.parked = plan_.parked || parked > 0;
    plan_.counts(claimant.entity, Action::parked) += parked;
    const pqxx::row planned = run(claimant.changes)[0];
    plan_.counts(claimant.entity, Action::gone) += planned["gone"].as<std::int64_t>();
    plan_.counts(claimant.entity, Action::spared) += planned["spared"].as<std::int64_t>();
    auto changed = planned["changed"].as<std::int64_t>();
    if (claimant.entity == Entity::cohort && locks_ && options_.replay->lock == CohortLock::release) {
        changed += static_cast<std::int64_t>(run("plan/cohorts_unlock_others").affected_rows());
    }
    return {planned["new"].as<std::int64_t>(), changed, planned["adopted"].as<std::int64_t>(), claimed};
}

std::int64_t Planner::adopt_users() {
    if (options_.adopt_users_by.empty() || !run("plan/users_wanting")[0]["wanting"].as<bool>()) {
        return 0;
    }
    int place = 0;
    for (const std::string& key : options_.adopt_users_by) {
        sql_.set("place", std::to_string(++place));
        if (key.starts_with(profile_key)) {
            sql_.set("key", transaction_.quote(key));
            sql_.set("field", transaction_.quote(key.substr(profile_key.size())));
            run("plan/users_found_by_profile");
        } else {
            sql_.set("key", key);
            run("plan/users_found");
        }
    }
    sql_.set("field", user_claimant.field);
    return run("plan/users_adopt")[0]["parked"].as<std::int64_t>();
}

std::int64_t Planner::adopt_cohorts() {
    if (options_.adopt_cohorts_by.empty()) {
        return 0;
    }
    sql_.set("key", options_.adopt_cohorts_by);
    return run("plan/cohorts_adopt")[0]["parked"].as<std::int64_t>();
}

std::int64_t Planner::place_cohorts() {
    plan_.cohort_categories = true;
    return run("plan/cohort_places")[0]["parked"].as<std::int64_t>();
}

void Planner::report_misplaced_cohorts() {
    std::int64_t misplaced = 0;
    for (const auto& row : run("plan/cohorts_misplaced")) {
        misplaced = row["all_cohorts"].as<std::int64_t>();
        spdlog::warn("{} cohorts stay where they are: Moodle has no course category of the ID number '{}', or several",
                     row["cohorts"].c_str(), row["category"].c_str());
    }
    plan_.counts(Entity::cohort, Action::parked) += misplaced;
}

void Planner::plan_users() {
    plan_.users = true;
    sql_.set("at_most_one_link",
             many_ && run("plan/users_look")[0]["reads_all_links"].as<bool>() ? "" : sql_.value("at_most_one"));
    const Planned planned = plan_claimants(user_claimant);
    plan_.new_users = planned.fresh;
    plan_.changed_users = planned.changed;
    plan_.claimed_usernames = planned.claimed;
    if (planned.fresh > 0 || planned.adopted > 0) {
        affect("plan/affected_by_users");
    }
    if (options_.profile) {
        run("plan/profile_of_users");
        plan_profile();
    }
}

void Planner::plan_profile() {
    plan_.profile = true;
    for (const auto& row : run("plan/profile")) {
        plan_.counts(Entity::user, Action::parked) += row["people"].as<std::int64_t>();
        spdlog::warn("profile field '{}': {} values wait: {}", row["field"].c_str(), row["people"].c_str(),
                     row["waits"].c_str());
    }
}

void Planner::plan_cohorts() {
    plan_.cohorts = true;
    const Planned planned = plan_claimants(cohort_claimant);
    plan_.new_cohorts = planned.fresh;
    plan_.changed_cohorts = planned.changed;
    plan_.claimed_idnumbers = planned.claimed;
    affect("plan/affected_by_cohorts");
    if (options_.removes_members && planned.adopted > 0) {
        plan_.former_members = true;
        run("plan/former_members_of_adopted");
    }
    if (options_.places_cohorts) {
        report_misplaced_cohorts();
    }
}

void Planner::plan_members() {
    plan_.memberships = true;
    const bool reads_all =
        options_.reads_whole_tables || (many_ && run("plan/members_look")[0]["reads_all_members"].as<bool>());
    sql_.set("known_members", sql_(reads_all ? "plan/members_all" : "plan/members_by_parent"));
    const pqxx::row planned = run("plan/members")[0];
    has_affected_ = planned["has_former"].as<bool>() || has_affected_;
    has_pairs_ = planned["affected"].as<bool>() || has_pairs_;
}

void Planner::plan_void_members(const char* kind, const char* parent_kind) {
    sql_.set("kind", kind);
    sql_.set("parent_kind", parent_kind);
    plan_.memberships = true;
    run("plan/members_void");
}

void Planner::locate_roles() {
    run("plan/role_places");
    report_unresolved_roles();
}

void Planner::report_unresolved_roles() {
    std::int64_t unresolved = 0;
    for (const auto& row : run("plan/roles_unresolved")) {
        unresolved = row["objects"].as<std::int64_t>();
        spdlog::warn("role '{}' at level {} with {} '{}' waits: {}", row["role"].c_str(), row["level"].c_str(),
                     row["context_key"].c_str(), row["identifier"].c_str(), row["reason"].c_str());
    }
    plan_.counts(Entity::role, Action::parked) += unresolved;
}

void Planner::plan_unmapped(Entity entity, const char* kind, bool has_problems) {
    if (!options_.something_is_unmapped && !has_problems) {
        return;
    }
    plan_.unmapped = true;
    sql_.set("kind", kind);
    constexpr int most_lines = 10;
    int lines = 0;
    for (const auto& row : run("plan/unmapped")) {
        const bool mended = row["problem"].is_null();
        plan_.counts(entity, Action::parked) += mended ? 0 : 1;
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

}  // namespace entstream::consumer::merge
