#pragma once

#include <pqxx/result>
#include <pqxx/transaction_base>

#include <cstdint>
#include <string_view>
#include <vector>

#include "consumer/delta.hpp"
#include "consumer/merge/sql_templates.hpp"
#include "consumer/merge/sweep_cursor.hpp"
#include "consumer/merge/target.hpp"

namespace entstream::consumer::merge {

/// The steps that turn deltas into rows of Moodle, inside one transaction that holds the position. The SQL is in
/// sql/; here is only the order, and which steps a batch needs. Order of steps: users, cohorts, role objects, members,
/// then the rows of mdl_cohort_members and mdl_role_assignments that follow from them.
class Merge {
  public:
    struct Options {
        bool log_rows{};               ///< write mdl_logstore_standard_log
        bool something_is_parked{};    ///< entstream.parked has rows of this source
        bool something_is_unmapped{};  ///< entstream.unmapped has rows of this source
        bool retries_parked{};         ///< who waits for a name that the batch frees gets it at once
        bool completes_rebuild{};      ///< the last batch of a rebuild: what the log did not name is not there any more
        bool cohorts_from_people{};    ///< the mapping makes cohorts from attributes of people
    };

    /// \param sql with the values of the batch and of the site set
    Merge(pqxx::transaction_base& transaction, SqlTemplates sql, const Options& options);

    void apply(const Batch& batch);

    /// What a sweep can settle of one portion, between the UUIDs {after} and {last}: parked users or cohorts whose name
    /// is free by now, role objects that name something else than before.
    void retry(SweepPart part);

    /// Ends the return of groups that had left: members whom no record named go. After apply().
    void complete_returning();

    [[nodiscard]] const Counts& counts() const { return counts_; }

  private:
    struct Planned {
        std::int64_t fresh;  ///< not linked yet
        std::int64_t known;
        std::int64_t returned;   ///< cohorts that were released
        std::int64_t contested;  ///< names wanted that somebody holds or several want
    };

    pqxx::result run(std::string_view file);
    void count(Entity entity, std::string_view file);
    void log(std::string_view file);
    Planned plan(Entity entity);
    /// Notes and reports what the deltas in {kind}_delta cannot be mapped to.
    template <typename Deltas>
    void note_unmapped(Entity entity, const char* kind, const Deltas& deltas);

    void merge_users();
    void merge_cohorts();
    void merge_members(const std::vector<MemberDelta>& of_groups_and_roles, const std::vector<MemberDelta>& of_people);
    void end_members_left_by_people();
    void sweep_role_objects();
    /// From role_place to entstream.role_object; role_triple gets what their members are to have.
    void write_role_objects();
    void end_unseen_members();
    void write_cohort_members();
    void write_role_assignments();

    void need_affected();
    void need_role_triples();

    pqxx::transaction_base& transaction_;
    SqlTemplates sql_;
    Options options_;

    Counts counts_;
    bool has_affected_ = false;      ///< the temporary table of that name is there
    bool has_role_triples_ = false;  ///< the temporary table of that name is there
    bool has_cohort_pairs_ = false;  ///< the temporary table of that name is there
    bool cohort_members_affected_ = false;
    bool role_members_affected_ = false;
};

}  // namespace entstream::consumer::merge
