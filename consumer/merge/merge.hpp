#pragma once

#include <pqxx/result>
#include <pqxx/transaction_base>
#include <spdlog/spdlog.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "consumer/delta.hpp"
#include "consumer/merge/sql_templates.hpp"
#include "consumer/merge/target.hpp"

namespace entstream::consumer::merge {

/// The steps that turn deltas into rows of Moodle, inside one transaction that holds the position. The SQL is in
/// sql/; here is only the order, and which steps a batch needs. Order of steps: users, cohorts, role objects, members,
/// then the rows of mdl_cohort_members and mdl_role_assignments that follow from them.
class Merge {
  public:
    struct Options {
        bool log_rows{};             ///< write mdl_logstore_standard_log
        bool something_is_parked{};  ///< entstream.parked has rows of this source
        bool cohorts_from_people{};  ///< the mapping makes cohorts from attributes of people
    };

    /// \param sql with the values of the batch and of the site set
    Merge(pqxx::transaction_base& transaction, SqlTemplates sql, const Options& options);

    void apply(const Batch& batch);

    /// What a sweep can settle: parked users and cohorts, role objects whose role or context Moodle lacked.
    void retry();

    /// Ends the return of groups that had left: members whom no record named go. After apply().
    void complete_returning();

    [[nodiscard]] const Counts& counts() const { return counts_; }
    [[nodiscard]] std::int64_t waiting_members() const { return waiting_members_; }

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

    void merge_users();
    void merge_cohorts();
    void merge_members(const std::vector<MemberDelta>& of_groups_and_roles, const std::vector<MemberDelta>& of_people);
    void end_members_left_by_people();
    /// \param level of the log lines about role objects that wait
    void merge_role_objects(spdlog::level::level_enum level);
    void write_cohort_members();
    void write_role_assignments();

    void need_affected();
    void need_role_triples();

    pqxx::transaction_base& transaction_;
    SqlTemplates sql_;
    Options options_;

    Counts counts_;
    std::int64_t waiting_members_ = 0;
    bool has_affected_ = false;      ///< the temporary table of that name is there
    bool has_role_triples_ = false;  ///< the temporary table of that name is there
    bool has_cohort_pairs_ = false;  ///< the temporary table of that name is there
    bool cohort_members_affected_ = false;
    bool role_members_affected_ = false;
};

}  // namespace entstream::consumer::merge
