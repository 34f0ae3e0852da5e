#pragma once

#include <pqxx/result>
#include <pqxx/transaction_base>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consumer/consumer_config.hpp"
#include "consumer/delta.hpp"
#include "consumer/merge/replay_scope.hpp"
#include "consumer/merge/row_comparison.hpp"
#include "consumer/merge/sql_clock.hpp"
#include "consumer/merge/sql_templates.hpp"
#include "consumer/merge/staging.hpp"
#include "consumer/merge/sweep_cursor.hpp"
#include "consumer/merge/target.hpp"

/// What becomes of a Moodle: staged and planned in temporary tables (sql/stage, sql/plan), written by write.hpp. Only
/// here is decided; nothing here changes anything that lasts.
namespace entstream::consumer::merge {

struct PlanOptions {
    SqlClock* clock{};             ///< for what the steps take; nullptr: nobody wants to know
    bool something_is_parked{};    ///< entstream.parked has rows of this source
    bool something_is_unmapped{};  ///< entstream.unmapped has rows of this source
    bool retries_parked{};         ///< who waits for a name that the batch frees gets it at once
    bool delivered_again{};        ///< as it seems: the batch before had nothing new
    bool completes_returning{};    ///< groups that were away are back: members whom no record named go
    bool completes_rebuild{};      ///< the last batch of a rebuild: what the log did not name is not there any more
    bool cohorts_from_people{};    ///< the mapping makes cohorts from attributes of people
    bool something_is_held{};      ///< entstream.held has rows of this source
    bool something_is_rejected{};  ///< entstream.rejected has rows of this source
    const GuardConfig* guard{};    ///< of removals; nullptr: nothing is held
    bool profile{};                ///< the mapping fills custom profile fields
    std::vector<std::string> adopt_users_by{};  ///< AccountAdoption::by; empty: no account is adopted
    std::string adopt_cohorts_by{};             ///< CohortAdoption::by; empty: no cohort is adopted
    bool places_cohorts{};                      ///< the mapping says where cohorts are to be
    bool removes_members{};                     ///< CohortAdoption::removes_members
    bool asks_for_roles{};                      ///< RoleAdoption::asks
    bool lists_languages{};                     ///< the site says which languages it has
    bool enrols{};                              ///< RoleMapping::enrol names a method
    bool whole_log{};  ///< what is staged is all that there is: members of adopted cohorts whom it does not name go
    bool reads_whole_tables{};  ///< most of what entstream knows is looked up: rather by joins than row by row
    bool tells_unchanged{};     ///< for a trace: who is as he is to be is in the plan too
    std::function<DifferingRows()> differing_rows{};  ///< of a replay that compares rows
    const ReplayScope* replay{};                      ///< of a replay; nullptr: it is none
    /// Removals that the replay has yet to do, as the guard is to know them from the first.
    const std::vector<RemovalTotals>* announced{};
};

/// What a plan in the temporary tables has, so that write() runs no statement for nothing.
struct Plan {
    Counts counts;  ///< what is not written: gone, spared, parked
    bool users{};
    std::int64_t new_users{};
    std::int64_t changed_users{};
    bool claimed_usernames{};
    bool cohorts{};
    std::int64_t new_cohorts{};
    std::int64_t changed_cohorts{};
    bool claimed_idnumbers{};
    bool cohort_categories{};
    bool roles{};
    bool memberships{};
    bool cohort_members{};
    bool role_assignments{};
    bool enrolments{};
    bool role_candidates{};
    bool parked{};
    bool unmapped{};
    bool profile{};
    bool former_members{};
    bool completes_returning{};
    bool rejected{};                              ///< some of entstream.rejected may be over
    bool held{};                                  ///< removals are held, or not any more, or were counted
    std::vector<std::string> unlisted_languages;  ///< that people were to have, and the site does not list
    std::vector<std::string> warnings;            ///< what an administrator should know once the plan is written
};

/// What plan_approved() planned.
struct Approved {
    Plan plan;
    std::int64_t removals{};  ///< of entstream.held; 0: none was left
    std::string last;         ///< key of the last one: the next {after}
};

/// An object of the plan, for those who read it before it is written.
struct PlannedObject {
    std::string entity;        ///< as to_text(Entity)
    std::string action;        ///< as to_text(Action)
    std::string uuid;          ///< of the entry; of a member, role assignment or enrolment: the person's
    std::string parent;        ///< members: the group's UUID
    std::string subject;       ///< username, idnumber, "teacher in course 2A", "manual in course 2A" …: personal data
    std::int64_t moodle_id{};  ///< of the account or cohort; below zero: there is none yet
    std::string changes;       ///< JSON: {"city": ["Rennes", "Brest"]}, old and new; empty: not an update
    std::string reason;        ///< of what waits
    std::int64_t role_id{};    ///< role assignments; else 0
    std::int64_t context_id{};  ///< the same, and enrolments; below zero: that of an account that is not made yet
};

/// What becomes of an object that was looked at, also of one that stays as it is, and why: for traces.
struct Decision {
    PlannedObject object;           ///< its action also "unchanged"; its reason whenever there is one
    std::optional<Offset> version;  ///< of the record that says so; nullopt: none does
};

/// Makes the temporary tables of the plan, unless this session of the server has them (`has_plan_tables` of
/// sql/position/site.sql). \pre the transaction may write
void make_plan_tables(pqxx::transaction_base& transaction, const SqlTemplates& sql);

/// Names the layout of the plan's tables, for `{layout}`: another version of entstream has another one.
std::string plan_layout(SqlTemplates sql);

/// Runs `planning` while the server keeps the transaction read-only: it proves that a plan changes nothing that lasts,
/// takes no row lock and moves no sequence.
Plan read_only(pqxx::transaction_base& transaction, const std::function<Plan()>& planning);

/// Plans a batch.
/// \param sql  with the values of the source and of the site set; `{first_offset}` of the batch
/// \pre the plan's tables are there and empty
Plan plan(pqxx::transaction_base& transaction, SqlTemplates sql, const Batch& batch, const PlanOptions& options);

/// The same for what is staged already.
Plan plan_staged(pqxx::transaction_base& transaction, SqlTemplates sql, const Staged& staged,
                 const PlanOptions& options);

/// Plans what a sweep can settle of one portion, between the UUIDs {after} and {last}: parked users or cohorts whose
/// name is free by now or whose account can be adopted, role objects that name something else than before, values of
/// profile fields that Moodle takes by now.
Plan plan_sweep(pqxx::transaction_base& transaction, SqlTemplates sql, SweepPart part, const PlanOptions& options);

/// Plans what becomes of a portion of held removals that somebody has approved ({chosen}, {after}, {portion} of
/// sql/guard/choose.sql): those that the directory still wants are done, the others are forgotten.
Approved plan_approved(pqxx::transaction_base& transaction, SqlTemplates sql, const PlanOptions& options);

/// Plans a portion of a replay, whose units are staged by sql/stage/units.sql.
Plan plan_units(pqxx::transaction_base& transaction, SqlTemplates sql, const std::vector<ReplayUnit>& units,
                const PlanOptions& options);

/// Gives the units of a plan: what plan_units() needs to make the same plan again, in portions.
void read_units(pqxx::transaction_base& transaction, const SqlTemplates& sql,
                const std::function<void(const ReplayUnit&)>& take);

/// Gives each decision of a file of sql (plan/decisions, stage/not_linked), in the order of the log.
void read_decisions(pqxx::transaction_base& transaction, SqlTemplates sql, std::string_view file,
                    const std::function<void(const Decision&)>& take);

/// SQL: which role and where, by name, of the role_id and context_id of a relation (sql/plan/assigned_name.sql).
std::string assigned_name(SqlTemplates sql, std::string_view relation);

/// Gives each object of the plan, users first.
void read_plan(pqxx::transaction_base& transaction, SqlTemplates sql,
               const std::function<void(const PlannedObject&)>& take);

}  // namespace entstream::consumer::merge
