#pragma once

#include <pqxx/result>
#include <pqxx/transaction_base>

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "consumer/merge/guard.hpp"
#include "consumer/merge/plan.hpp"
#include "consumer/merge/staging.hpp"

namespace entstream::consumer::merge {

struct Claimant;

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
        looks_at_enrolments_ = replay != nullptr && replay->force;
        sql_.set("categories", sql_("plan/course_categories"));
        sql_.set("user.settled", sql_("plan/account_settled"));
    }

    Plan batch(const Staged& staged);
    Plan units(const std::vector<ReplayUnit>& units);
    Plan sweep(SweepPart part);
    Approved approved();

  private:
    pqxx::result run(std::string_view file) { return transaction_.exec(sql_(file)); }
    /// Runs a step that may add to `affected`.
    void affect(std::string_view file) {
        has_affected_ = run(file).affected_rows() > 0 || has_affected_;
        has_pairs_ = has_pairs_ || has_affected_;
    }
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
    void plan_role_assignments();
    /// Enrolments beside them.
    void plan_enrolments();
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
    bool has_pairs_ = false;            ///< there are pairs to look at (sql/plan/pairs.sql)
    bool has_affected_ = false;         ///< some of them are in `affected`
    bool many_ = false;                 ///< the batch is one of a first load, a rebuild or a long absence
    bool sweeping_ = false;             ///< what is staged has waited in entstream.parked
    bool locks_ = false;                ///< cohorts are locked or released; cohort_lock has which
    bool looks_at_enrolments_ = false;  ///< also of those who have their roles
    bool resumed_ = false;              ///< what is staged is a portion of a plan that was made before
};

}  // namespace entstream::consumer::merge
