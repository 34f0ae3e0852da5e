#include "consumer/merge/plan.hpp"

#include <array>
#include <utility>
#include <vector>

#include "common/model/uuid.hpp"
#include "consumer/merge/planner.hpp"
#include "consumer/merge/staging.hpp"

namespace entstream::consumer::merge {

namespace {

/// Where units of a replay are staged, by their kind.
struct UnitRows {
    const char* kind;
    const char* table;
    const char* columns = "staged.*";
};
constexpr std::array<UnitRows, 8> unit_rows = {
    {{.kind = "user", .table = "user_delta"},
     {.kind = "profile", .table = "profile_delta"},
     {.kind = "cohort", .table = "cohort_delta"},
     {.kind = "lock", .table = "cohort_lock"},
     {.kind = "role", .table = "role_delta"},
     {.kind = "member", .table = "member_delta"},
     {.kind = "pair", .table = "affected"},
     {.kind = "triple",
      .table = "role_triple",
      .columns = "staged.role_id, staged.context_id, staged.user_id, staged.user_uuid"}}};

/// Where people are delivered again, a look at their versions takes a quarter of the time of staging and planning them.
/// What hangs on people beside their accounts has versions of its own.
PeopleStaged what_people_need(pqxx::transaction_base& transaction, const SqlTemplates& sql, const Batch& batch,
                              const PlanOptions& options) {
    if (options.profile) {
        return PeopleStaged::with_profile;
    }
    if (!options.delivered_again || options.cohorts_from_people || batch.users.size() < many_deltas) {
        return PeopleStaged::without_profile;
    }
    copy_seen_users(transaction, batch.users);
    const bool are_known = transaction.exec(sql("plan/users_seen"))[0]["are_known"].as<bool>();
    return are_known ? PeopleStaged::none : PeopleStaged::without_profile;
}

}  // namespace

Plan Planner::batch(const Staged& staged) {
    const ReplayScope* const replay = options_.replay;
    // Who differs is found by his row, whatever his record says.
    const bool compares = replay != nullptr && replay->compares_rows() && !resumed_;
    sql_.set("again_members", compares ? "0" : sql_.value("again"));
    sql_.set("compares_roles", compares && replay->compares_roles() ? "true" : "false");
    many_ = staged.many;
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
    for (const UnitRows& rows : unit_rows) {
        sql_.set("unit.kind", rows.kind);
        sql_.set("unit.table", rows.table);
        sql_.set("unit.columns", rows.columns);
        run("stage/units");
    }
    const pqxx::row staged = run("stage/units_staged")[0];
    resumed_ = true;
    has_affected_ = staged["pairs"].as<bool>();
    has_pairs_ = has_affected_;
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
    has_affected_ = has_affected_ || !differing.pairs.empty() || !differing.triples.empty();
    has_pairs_ = has_pairs_ || has_affected_;
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
        case SweepPart::enrolments:
            looks_at_enrolments_ = true;
            affect("sweep/enrolments");
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
    plan_.rejected = options_.something_is_rejected && (plan_.memberships || has_pairs_);
    plan_.warnings = guard_.warnings();
    return plan_;
}

std::int64_t Planner::guard(Entity entity, std::int64_t removals) {
    const SqlClock::Step step(options_.clock, SqlStep::guard);
    const std::int64_t held = guard_.watch(entity, removals);
    plan_.counts(entity, Action::held) += held;
    return removals - held;
}

void Planner::plan_rows() {
    if (!has_pairs_) {
        return;
    }
    if (options_.removes_members || options_.something_is_held) {
        run("plan/accounts_of_nobody");
    }
    if (has_affected_) {
        transaction_.exec("ANALYZE affected");
    } else {
        sql_.set("pairs", sql_("plan/pairs_named"));
    }
    const bool reads_all = many_ && run("plan/pairs_look")[0]["reads_all_accounts"].as<bool>();
    const pqxx::row pairs = transaction_.exec(sql_(reads_all ? "plan/accounts_all" : "plan/accounts_by_key") + ";\n" +
                                              sql_("plan/accounts"))[0];
    if (pairs["of_groups"].as<bool>()) {
        const pqxx::row planned = run("plan/cohort_members")[0];
        plan_.cohort_members =
            planned["added"].as<std::int64_t>() + guard(Entity::member, planned["removed"].as<std::int64_t>()) > 0;
        plan_.former_members = planned["former"].as<bool>() || plan_.former_members;
    }
    if (pairs["of_roles"].as<bool>()) {
        plan_role_assignments();
    }
}

void Planner::plan_role_assignments() {
    const pqxx::row planned = run("plan/role_assignments")[0];
    if (options_.replay != nullptr && options_.replay->update_only) {
        transaction_.exec("DELETE FROM role_want");
        return;
    }
    plan_.role_candidates = options_.asks_for_roles || sweeping_;
    plan_.counts(Entity::role_assignment, Action::parked) += planned["parked"].as<std::int64_t>();
    plan_.role_assignments =
        planned["added"].as<std::int64_t>() + guard(Entity::role_assignment, planned["removed"].as<std::int64_t>()) > 0;
    if (options_.enrols && (plan_.role_assignments || looks_at_enrolments_)) {
        plan_enrolments();
    }
}

void Planner::plan_enrolments() {
    sql_.set("asked", looks_at_enrolments_ ? "true" : "false");
    plan_.enrolments = run("plan/enrolments")[0]["planned"].as<std::int64_t>() > 0;
}

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
        return stage(transaction, batch, what_people_need(transaction, sql, batch, options));
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
