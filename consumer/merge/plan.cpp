#include "consumer/merge/plan.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "common/model/uuid.hpp"
#include "consumer/merge/adoption.hpp"
#include "consumer/merge/guard.hpp"
#include "consumer/merge/staging.hpp"

namespace entstream::consumer::merge {
namespace {

/// Names of an entity whose names can conflict.
struct Claimant {
    Entity entity;
    const char* kind;
    const char* field;  ///< whose value must be unique
    const char* id;     ///< column of the plan
    const char* retry;
    const char* plan;
    const char* claims;
    const char* changes;
};

constexpr Claimant user_claimant = {Entity::user,       "user",       "username",         "user_id",
                                    "plan/users_retry", "plan/users", "plan/user_claims", "plan/user_changes"};
constexpr Claimant cohort_claimant = {
    Entity::cohort,       "cohort",       "idnumber",           "cohort_id",
    "plan/cohorts_retry", "plan/cohorts", "plan/cohort_claims", "plan/cohort_changes"};

/// What the plan says of one entity.
struct Planned {
    std::int64_t fresh{};
    std::int64_t changed{};
    std::int64_t adopted{};
    bool claimed{};
};

/// The steps of a plan; each is a file of sql/plan. Order: users, cohorts, role objects, members, then the rows of
/// mdl_cohort_members and mdl_role_assignments that follow from them.
class Planner {
  public:
    /// \param removals  what the DELETEs of a batch say; nullptr: no batch
    Planner(pqxx::transaction_base& transaction, SqlTemplates sql, const PlanOptions& options,
            const std::vector<RemovalTotals>* removals)
        : transaction_(transaction),
          sql_(std::move(sql)),
          options_(options),
          guard_(transaction, sql_, options.guard, removals, options.something_is_held) {
        const ReplayScope* const replay = options_.replay;
        sql_.set("again", replay != nullptr && replay->force ? "1" : "0");
        const CohortLock lock = replay != nullptr ? replay->lock : CohortLock::keep;
        locks_ = lock != CohortLock::keep;
        sql_.set("unlocked", lock == CohortLock::keep      ? "coalesce(link.unlocked, false)"
                             : lock == CohortLock::release ? "true"
                                                           : "false");
        sql_.set("locks", lock == CohortLock::set ? "true" : "false");
        sql_.set(
            "leaves_out_settled",
            replay != nullptr && replay->force && !options_.profile && !options_.tells_unchanged ? "true" : "false");
        sql_.set("at_most_one", options_.reads_whole_tables ? "" : "LIMIT 1");
        sql_.set("compares_roles", "false");
        sql_.set("categories", sql_("plan/course_categories"));
    }

    Plan batch(const Staged& staged);
    Plan units(const std::vector<ReplayUnit>& units);
    Plan sweep(SweepPart part);
    Approved approved();

  private:
    pqxx::result run(std::string_view file) { return transaction_.exec(sql_(file)); }
    /// Runs a step that may add to `affected`.
    void affect(std::string_view file) { affected_ = run(file).affected_rows() > 0 || affected_; }
    void plan_members();

    /// From {kind}_delta: who is new enough, who gets the names, what is to be written.
    Planned plan_claimants(const Claimant& claimant);
    /// Finds the accounts of those who are not linked yet. \returns how many wait for theirs
    std::int64_t adopt_users();
    /// The same for groups and cohorts.
    std::int64_t adopt_cohorts();
    /// Finds the course categories of those whose place is mapped. \returns how many new ones wait for theirs
    std::int64_t place_cohorts();
    void report_misplaced_cohorts();
    void plan_users();
    /// From profile_want to what mdl_user_info_data gets.
    void plan_profile();
    void plan_cohorts();
    void plan_void_members(const char* kind, const char* parent_kind);
    void locate_roles();
    void report_unresolved_roles();
    /// A forced replay: rows of Moodle that are not as entstream's tables say are looked at again.
    void stage_differing_rows();
    /// A replay that locks cohorts or releases them: which.
    void stage_locks();
    /// From the pairs that are looked at to what Moodle's tables of members and role assignments must have.
    void plan_rows();
    Plan finish();
    /// Takes removals of the entity out of the plan that are to be held.
    /// \param removals  how many it has \returns how many are left
    std::int64_t guard(Entity entity, std::int64_t removals);
    /// Notes and reports what the deltas in {kind}_delta cannot be mapped to.
    void plan_unmapped(Entity entity, const char* kind, bool has_problems);

    pqxx::transaction_base& transaction_;
    SqlTemplates sql_;
    PlanOptions options_;
    Guard guard_;
    Plan plan_;
    bool affected_ = false;  ///< there are pairs to look at (sql/plan/pairs.sql)
    bool sweeping_ = false;  ///< what is staged has waited in entstream.parked
    bool locks_ = false;     ///< cohorts are locked or released; cohort_lock has which
    bool resumed_ = false;   ///< what is staged is a portion of a plan that was made before
};

Plan Planner::batch(const Staged& staged) {
    const ReplayScope* const replay = options_.replay;
    // Who differs is found by his row, whatever his record says.
    const bool compares = replay != nullptr && replay->compares_rows() && !resumed_;
    sql_.set("again_members", compares ? "0" : sql_.value("again"));
    sql_.set("compares_roles", compares && replay->compares_roles() ? "true" : "false");
    if (staged.users) {
        if (options_.lists_languages) {
            for (const auto& row : run("plan/languages")) {
                plan_.unlisted_languages.push_back(row["lang"].as<std::string>());
            }
            if (!plan_.unlisted_languages.empty()) {
                run("plan/languages_absent");
            }
        }
        plan_unmapped(Entity::user, "user", staged.user_problems);
        plan_users();
    }
    if (locks_ && !resumed_) {
        stage_locks();
    }
    if (staged.cohorts) {
        plan_unmapped(Entity::cohort, "cohort", staged.cohort_problems);
    }
    if (staged.cohorts || locks_) {
        plan_cohorts();
    }
    if (staged.roles) {
        plan_unmapped(Entity::role, "role", staged.role_problems);
        plan_.roles = true;
        run("plan/roles");
        locate_roles();
        affect("plan/affected_by_roles");
    }
    if (staged.members) {
        plan_members();
    }
    if (options_.cohorts_from_people && staged.users) {
        plan_.memberships = true;
        affect("plan/members_left_by_people");
    }
    if (staged.deleted_groups) {
        plan_void_members("cohort", "group");
        plan_.former_members = true;
        run("plan/former_members_of_deleted");
    }
    if (staged.deleted_roles) {
        plan_void_members("role", "role");
    }
    if (options_.completes_rebuild) {
        plan_.memberships = true;
        affect("plan/members_unseen");
    }
    if (options_.whole_log && options_.removes_members) {
        affect("plan/affected_by_adopted");
    }
    if (options_.completes_returning) {
        plan_.completes_returning = true;
        affect("plan/affected_by_returning");
    }
    if (compares) {
        stage_differing_rows();
    }
    plan_rows();
    return finish();
}

Plan Planner::units(const std::vector<ReplayUnit>& units) {
    std::string array = "[";
    for (const ReplayUnit& unit : units) {
        array += (array.size() == 1 ? "" : ",") + unit;
    }
    sql_.set("units", transaction_.quote(array + "]"));
    const pqxx::row staged = run("stage/units")[0];
    resumed_ = true;
    affected_ = staged["pairs"].as<bool>();
    locks_ = locks_ && staged["locks"].as<bool>();
    return batch({.users = staged["users"].as<bool>(),
                  .cohorts = staged["cohorts"].as<bool>(),
                  .roles = staged["roles"].as<bool>(),
                  .members = staged["members"].as<bool>(),
                  .deleted_groups = staged["deleted_groups"].as<bool>(),
                  .deleted_roles = staged["deleted_roles"].as<bool>(),
                  .user_problems = staged["user_problems"].as<bool>(),
                  .cohort_problems = staged["cohort_problems"].as<bool>(),
                  .role_problems = staged["role_problems"].as<bool>()});
}

void Planner::stage_locks() {
    sql_.set("only_lock", only("link.uuid", options_.replay->cohort));
    run("stage/locks");
}

void Planner::stage_differing_rows() {
    const DifferingRows differing = options_.differing_rows();
    copy_differing_rows(transaction_, differing);
    affected_ = affected_ || !differing.pairs.empty() || !differing.triples.empty();
}

Plan Planner::sweep(SweepPart part) {
    sweeping_ = true;
    switch (part) {
        case SweepPart::parked_users:
            run("sweep/users_retry_free");
            plan_users();
            break;
        case SweepPart::parked_cohorts:
            run("sweep/cohorts_retry_free");
            plan_cohorts();
            break;
        case SweepPart::role_objects:
            run("sweep/roles");
            run("plan/role_places");
            if (run("sweep/roles_moved")[0][0].as<std::int64_t>() > 0) {
                plan_.roles = true;
                affect("plan/affected_by_roles");
                report_unresolved_roles();
            }
            break;
        case SweepPart::cohort_categories:
            if (run("sweep/cohort_categories")[0][0].as<std::int64_t>() > 0) {
                plan_.cohorts = true;
                plan_.cohort_categories = true;
                plan_.changed_cohorts = run("plan/cohort_changes")[0]["changed"].as<std::int64_t>();
                report_misplaced_cohorts();
            }
            break;
        case SweepPart::role_candidates:
            affect("sweep/role_candidates");
            break;
        case SweepPart::profile_values:
            if (run("sweep/profile").affected_rows() > 0) {
                plan_profile();
            }
            break;
    }
    plan_rows();
    return finish();
}

Approved Planner::approved() {
    const pqxx::row chosen = run("guard/choose")[0];
    Approved approved{
        .plan = {}, .removals = chosen["chosen"].as<std::int64_t>(), .last = chosen["last"].as(std::string())};
    if (chosen["users"].as<std::int64_t>() > 0) {
        run("guard/approve_users");
        plan_users();
        if (options_.cohorts_from_people) {
            plan_.memberships = true;
            affect("plan/members_left_by_people");
        }
    }
    if (chosen["cohorts"].as<std::int64_t>() > 0) {
        run("guard/approve_cohorts");
        plan_cohorts();
    }
    if (chosen["members"].as<std::int64_t>() > 0) {
        affect("guard/approve_members");
    }
    if (chosen["role_assignments"].as<std::int64_t>() > 0) {
        affect("guard/approve_role_assignments");
    }
    plan_rows();
    approved.plan = finish();
    approved.plan.held = approved.removals > 0;
    return approved;
}

Plan Planner::finish() {
    plan_.held = guard_.has_news();
    plan_.rejected = options_.something_is_rejected && (plan_.memberships || affected_);
    plan_.warnings = guard_.warnings();
    return plan_;
}

std::int64_t Planner::guard(Entity entity, std::int64_t removals) {
    const SqlClock::Step step(options_.clock, SqlStep::guard);
    const std::int64_t held = guard_.watch(entity, removals);
    plan_.counts(entity, Action::held) += held;
    return removals - held;
}

Planned Planner::plan_claimants(const Claimant& claimant) {
    sql_.set("kind", claimant.kind);
    sql_.set("field", claimant.field);
    sql_.set("id", claimant.id);
    bool retried = false;
    if (options_.something_is_parked) {
        if (options_.retries_parked) {
            retried = run(claimant.retry).affected_rows() > 0;
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
    affected_ = run("plan/members")[0]["affected"].as<bool>() || affected_;
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

void Planner::plan_rows() {
    if (!affected_) {
        return;
    }
    if (options_.removes_members || options_.something_is_held) {
        run("plan/accounts_of_nobody");
    }
    const pqxx::row pairs = run("plan/accounts")[0];
    if (pairs["of_groups"].as<std::int64_t>() > 0) {
        const pqxx::row planned = run("plan/cohort_members")[0];
        plan_.cohort_members =
            planned["added"].as<std::int64_t>() + guard(Entity::member, planned["removed"].as<std::int64_t>()) > 0;
        plan_.former_members = planned["former"].as<bool>() || plan_.former_members;
    }
    if (pairs["of_roles"].as<std::int64_t>() > 0) {
        const pqxx::row planned = run("plan/role_assignments")[0];
        if (options_.replay != nullptr && options_.replay->update_only) {
            transaction_.exec("DELETE FROM role_want");
            return;
        }
        plan_.role_candidates = options_.asks_for_roles || sweeping_;
        plan_.counts(Entity::role_assignment, Action::parked) += planned["parked"].as<std::int64_t>();
        plan_.role_assignments = planned["added"].as<std::int64_t>() +
                                     guard(Entity::role_assignment, planned["removed"].as<std::int64_t>()) >
                                 0;
    }
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

}  // namespace

void make_plan_tables(pqxx::transaction_base& transaction, const SqlTemplates& sql) {
    transaction.exec(sql("stage/tables"));
}

std::string plan_layout(SqlTemplates sql) {
    sql.set("layout", "");
    std::string layout = Uuid::from_name(sql("stage/tables")).to_text();
    std::erase(layout, '-');
    return layout;
}

Plan read_only(pqxx::transaction_base& transaction, const std::function<Plan()>& planning) {
    // The end of a subtransaction gives back the former mode.
    transaction.exec("SAVEPOINT plan; SET TRANSACTION READ ONLY");
    Plan planned = planning();
    transaction.exec("RELEASE SAVEPOINT plan");
    return planned;
}

Plan plan(pqxx::transaction_base& transaction, SqlTemplates sql, const Batch& batch, const PlanOptions& options) {
    const Staged staged = [&] {
        const SqlClock::Step step(options.clock, SqlStep::stage);
        return stage(transaction, batch, options.profile);
    }();
    return Planner(transaction, std::move(sql), options, &batch.removals).batch(staged);
}

Plan plan_staged(pqxx::transaction_base& transaction, SqlTemplates sql, const Staged& staged,
                 const PlanOptions& options) {
    return Planner(transaction, std::move(sql), options, nullptr).batch(staged);
}

Plan plan_units(pqxx::transaction_base& transaction, SqlTemplates sql, const std::vector<ReplayUnit>& units,
                const PlanOptions& options) {
    return Planner(transaction, std::move(sql), options, options.announced).units(units);
}

Plan plan_sweep(pqxx::transaction_base& transaction, SqlTemplates sql, SweepPart part, const PlanOptions& options) {
    return Planner(transaction, std::move(sql), options, nullptr).sweep(part);
}

Approved plan_approved(pqxx::transaction_base& transaction, SqlTemplates sql, const PlanOptions& options) {
    return Planner(transaction, std::move(sql), options, nullptr).approved();
}

}  // namespace entstream::consumer::merge
