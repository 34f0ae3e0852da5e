#pragma once

#include <pqxx/except>
#include <pqxx/row>
#include <pqxx/transaction_base>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/model/uuid.hpp"
#include "consumer/merge/adoption.hpp"
#include "consumer/merge/answer_watch.hpp"
#include "consumer/merge/database.hpp"
#include "consumer/merge/first_start.hpp"
#include "consumer/merge/held.hpp"
#include "consumer/merge/lease.hpp"
#include "consumer/merge/plan.hpp"
#include "consumer/merge/site.hpp"
#include "consumer/merge/sql_clock.hpp"
#include "consumer/merge/sql_templates.hpp"
#include "consumer/merge/sweep_cursor.hpp"
#include "consumer/merge/target.hpp"

namespace entstream::consumer::merge {

/// What a MoodleTarget is made of: its connection, whose epochs it holds, and what it has said. Batches are applied in
/// target.cpp, sweeps in target_sweep.cpp.
class MoodleTarget::Impl {
  public:
    explicit Impl(const ConsumerConfig& config);
    ~Impl();
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    /// Runs work on the connection, watched for answers that do not come.
    template <typename Work>
    auto watched(Work&& work) {
        if (!connection_) {
            throw Unreachable("there is no connection to " + describe(config_.database));
        }
        try {
            const auto watched =
                watch_.begin(connection_->get().sock(), knows_session() ? connection_->get().backendpid() : 0);
            return work();
        } catch (const pqxx::sql_error& failed) {
            note_cancelled(failed);
            throw;
        }
    }

    void connect();
    void open();
    void renew_lease();
    std::vector<RefusedRecord> refused(const std::string& source, const std::string& after, int most);
    Counts retry(const Batch& batch, const std::vector<RefusedRecord>& records);
    StoredPosition claim(const std::string& source);
    std::optional<StoredPosition> position(const std::string& source);
    ApplySummary apply(const Batch& batch);
    FirstStart first_start();
    void store_first_start(const std::vector<PlanTotal>& totals, std::int64_t records);
    bool settle();
    SweepSummary sweep(const std::string& source);
    std::vector<Pause> pauses();
    std::vector<TargetCount> counts();
    void note_restored(const std::string& source);
    [[nodiscard]] const SqlClock& clock() const { return clock_; }
    void open_beside();
    void held(const std::string& source, const std::function<void(const HeldRemoval&)>& take);
    void approve(const std::string& source, const HeldChoice& choice, HeldDecision& decision);
    std::int64_t reject(const std::string& source, const HeldChoice& choice);
    Counts replay(const std::string& source, const ReplayScope& scope, const std::vector<ReplayUnit>& units,
                  const ReplayRemovals& remaining, const std::function<void(const std::vector<PlannedObject>&)>& look);
    void settle_beside(const std::string& source);

  private:
    /// Whether the connection's own session at the server is known: no pooler is between.
    [[nodiscard]] bool knows_session() const {
        return session_ && connection_->get().backendpid() == session_->backend;
    }
    /// A limit that is too small for what has to be done must not stop it for good.
    void note_cancelled(const pqxx::sql_error& failed);
    /// Makes the temporary tables of the first batch, which takes as long as a small batch, while the log is opened.
    void make_plan_tables_early();
    ApplySummary apply_once(const Batch& batch, bool first_try);
    /// Makes the tables of the plan, plans while the server keeps the transaction read-only, writes, and audits.
    /// \param sql  gets the values of the site, before `planning` is called
    Counts plan_and_write(pqxx::transaction_base& transaction, SqlTemplates& sql, const Site& site,
                          const std::function<Plan()>& planning);
    /// Lets the values of profile fields that were deleted in Moodle and made anew wait again, a portion of them.
    static void look_for_new_fields(pqxx::transaction_base& transaction, SqlTemplates sql);
    /// One portion of one part of a sweep.
    void sweep_portion(const std::string& source, SweepPart part, SweepCursor& cursor);
    Counts retry(SqlTemplates sql, SweepPart part);
    void set_refused_aside(SqlTemplates sql, SweepPart part, const pqxx::sql_error& refused);
    void set_constants(pqxx::connection& connection);
    SqlTemplates for_source(pqxx::transaction_base& transaction, const std::string& source) const;
    void set_owner_epoch(SqlTemplates& sql, const std::string& source) const;
    void check_restored(pqxx::transaction_base& transaction);
    /// Whether the site can be written now; after an upgrade, whether its tables are still what we know.
    void check_site(pqxx::transaction_base& transaction, const SiteState& site);
    /// \throws Paused
    void check_pause(const SiteState& site) const;
    /// Says what an administrator should know, unless it is what was said last.
    void log_advice(std::vector<std::string> advice);
    /// First step of a sweep's transactions. \throws Fenced another owner
    pqxx::row hold_position(pqxx::transaction_base& transaction, const SqlTemplates& sql) const;
    /// What the tables say after a sweep, read without holding the position.
    SweepSummary what_waits(const std::string& source, const Counts& counts);
    /// One portion of approve(), at the most `portion` removals after the key `after`. \returns nullopt: none is left
    std::optional<Approved> approve_portion(SqlTemplates sql, const std::string& after, std::int64_t portion,
                                            HeldDecision& decision);
    /// Passes over one held removal. \returns its key
    std::string key_after(SqlTemplates sql, const std::string& after);
    [[nodiscard]] const GuardConfig* guard() const { return config_.guard.enabled ? &config_.guard : nullptr; }
    /// What every plan has to know. \param site  a row with the columns of sql/position/site.sql
    [[nodiscard]] PlanOptions plan_options(const pqxx::row& site);
    [[noreturn]] void throw_not_moved(pqxx::transaction_base& transaction, const SqlTemplates& sql,
                                      const Batch& batch) const;
    bool writes_log(const Site& site) const {
        return site.logs_to_database &&
               (config_.log_rows == LogRows::all || (config_.log_rows == LogRows::live && site.is_live));
    }

    ConsumerConfig config_;
    SqlTemplates sql_;
    std::string owner_;
    std::string token_ = Uuid::random().to_text();  ///< of this process in entstream.lease
    std::chrono::milliseconds statement_limit_;
    std::string limits_;  ///< time_limits() of the connection
    AnswerWatch watch_;
    SqlClock clock_;
    std::unique_ptr<Connection> connection_;
    std::set<std::string> languages_said_;  ///< that the site does not list, and of which that was said
    bool beside_ = false;                   ///< the Moodle is another process's: open_beside()
    std::optional<ServerSession> session_;  ///< of the last lease; none: a pooler is between us and the server
    std::string moodle_version_;
    std::unordered_map<std::string, std::int64_t> epochs_;  ///< by source that we claimed
    std::unordered_map<std::string, SweepCursor> sweeps_;   ///< by source
    std::set<std::string> unchanging_;                      ///< sources whose last batch changed nothing in Moodle
    bool unsettled_ = true;                                 ///< entstream.touch may have rows
    bool task_was_missing_ = false;                         ///< and it was said
    std::string settling_refused_;                          ///< as it was logged last
    std::vector<std::string> advice_;                       ///< as it was logged last
};

}  // namespace entstream::consumer::merge
