#include "consumer/merge/log_plan.hpp"

#include <fmt/format.h>
#include <pqxx/result>
#include <pqxx/transaction>
#include <spdlog/spdlog.h>

#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "consumer/merge/configured_values.hpp"
#include "consumer/merge/database.hpp"
#include "consumer/merge/failure.hpp"
#include "consumer/merge/migrate.hpp"
#include "consumer/merge/moodle_check.hpp"
#include "consumer/merge/rebuild.hpp"
#include "consumer/merge/row_comparison.hpp"
#include "consumer/merge/settings.hpp"
#include "consumer/merge/settled_accounts.hpp"
#include "consumer/merge/site.hpp"
#include "consumer/merge/staging.hpp"
#include "consumer/merge/stored_position.hpp"
#include "consumer/merge/time_limits.hpp"

namespace entstream::consumer::merge {

namespace {

/// All people are compared at once: what one step may have in the server's memory before it uses files, and that
/// cursors are read to their end.
constexpr const char* for_all_people = "SET LOCAL work_mem = '64MB'; SET LOCAL cursor_tuple_fraction = 1; ";

}  // namespace

class LogPlanner::Impl {
  public:
    explicit Impl(const ConsumerConfig& config)
        : config_(config), sql_(config.database.schema, config.database.prefix), connection_(config.database) {
        set_configured_values(sql_, config_, [this](const std::string& text) { return connection_.get().quote(text); });
        limits_ = time_limits(connection_.get(), config_.database.statement_timeout);
    }

    /// \param scope  of a replay; nullptr: it is none
    std::vector<PlanTotal> plan(const std::string& source, const ReplayScope* scope, const Read& read,
                                const Takers& takers) {
        const bool is_anew = scope != nullptr && scope->anew;
        pqxx::work transaction(connection_.get());
        // While the log is read the transaction is idle. What a consumer applies meanwhile is no business of a plan
        // that takes whatever is linked and not on the log for gone.
        transaction.exec0((is_anew ? "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; " : "") + limits_ +
                          "SET LOCAL idle_in_transaction_session_timeout = '60s'; " + for_all_people);
        check_moodle(transaction, sql_, config_.database);
        check_settings(transaction, config_, scope != nullptr && scope->whole);
        check_profile_fields(transaction, sql_, config_);
        // Rolled back like everything else here.
        const bool is_older = migrate(transaction, config_.database, Migration::for_a_look);

        SqlTemplates sql = sql_;
        sql.set("source", transaction.quote(source));
        if (is_anew) {
            sql = as_forgotten(transaction, sql, config_, source);
        }
        const pqxx::row row = transaction.exec1("SELECT " + sql("position/site") + " true AS asked");
        const Site site = read_site(row);
        set_site(sql, site, transaction);
        StoredPosition start;
        if (const pqxx::result found = transaction.exec(sql("position/read_position")); !found.empty()) {
            start = to_stored_position(found[0]);
        }
        sql.set("first_offset", std::to_string(start.next_offset));
        if (!site.has_plan_tables) {
            make_plan_tables(transaction, sql);
        }
        if (scope != nullptr && scope->compares_rows() && !scope->is_single() && !is_older && !is_anew) {
            const std::lock_guard lock(mutex_);
            comparison_.emplace(config_, sql, *scope,
                                RowComparison::Options{.limits = limits_ + for_all_people,
                                                       .settled_accounts = leaves_out_settled(*scope, takers),
                                                       .lists_languages = !site.languages.empty()});
        }
        const EndOfComparison end(*this);
        // To its end: so far nothing was made but what this session alone sees.
        transaction.exec("SET TRANSACTION READ ONLY");
        Staged staged;
        Offset log_end = 0;
        const bool profile = !config_.mapping.users.profile.empty();
        const PeopleStaged people = profile ? PeopleStaged::with_profile : PeopleStaged::without_profile;
        bool is_complete = start.watermark.has_value();
        std::optional<SettledAccounts> settled;  // from the first batch on
        read(start, [&](Batch&& batch) {
            is_complete = is_complete || batch.watermark.has_value();
            if (scope == nullptr) {
                staged |= stage(transaction, batch, people);
                return;
            }
            log_end = batch.next_offset;
            keep_scope(batch, *scope, start.next_offset);
            if (comparison_ && !settled) {
                settled = comparison_->settled_accounts();
            }
            // Also where nobody is left: others may wait for a name.
            staged.users = staged.users || !batch.users.empty();
            if (settled) {
                settled->take_out(batch.users);
            }
            const Staged now = stage(transaction, batch, people);
            staged |= now;
            if (!now.users && !now.cohorts && !now.roles && !now.members) {
                transaction.exec("SELECT");  // the server ends a transaction that is idle for long
            }
        });
        settled.reset();
        transaction.exec(sql("stage/newest"));
        PlanOptions options{.something_is_parked = row["something_is_parked"].as<bool>(),
                            .something_is_unmapped = row["something_is_unmapped"].as<bool>(),
                            .retries_parked = true,
                            .cohorts_from_people = !config_.mapping.cohorts.from_people.empty(),
                            .something_is_held = row["something_is_held"].as<bool>(),
                            .guard = config_.guard.enabled ? &config_.guard : nullptr,
                            .profile = profile,
                            .adopt_users_by = keys_of(config_.adopt.users),
                            .adopt_cohorts_by = key_of(config_.adopt.cohorts),
                            .places_cohorts = map::places_cohorts(config_.mapping.cohorts),
                            .removes_members = config_.adopt.cohorts.removes_members,
                            .asks_for_roles = config_.adopt.roles.asks,
                            .lists_languages = !site.languages.empty(),
                            .enrols = !config_.mapping.roles.enrol.empty(),
                            .whole_log = is_complete && scope == nullptr,
                            .reads_whole_tables = scope == nullptr || !scope->is_single(),
                            .tells_unchanged = static_cast<bool>(takers.decision)};
        if (scope != nullptr && scope->whole) {
            sql.set("log_end", std::to_string(log_end));
            stage_absent(transaction, sql, staged);
        }
        if (scope != nullptr) {
            set_scope(transaction, sql, *scope, options, takers);
            // One object is found at once; an older schema is mended, and what was applied forgotten, for this session
            // only.
            options.differing_rows = [&] {
                return comparison_ ? comparison_->rows() : compare_rows(transaction, sql, *scope, options.enrols);
            };
        }
        plan_staged(transaction, sql, staged, options);
        std::vector<PlanTotal> totals;
        sql.set("assigned_name", "NULL::text");
        sql.set("enrolment_name", "NULL::text");
        sql.set("report", sql("plan/report"));
        for (const auto& total : transaction.exec(sql("plan/report_totals"))) {
            totals.push_back({.entity = total["entity"].as<std::string>(),
                              .action = total["action"].as<std::string>(),
                              .reason = total["reason"].as<std::string>(),
                              .objects = total["objects"].as<std::int64_t>()});
        }
        if (takers.decision && scope != nullptr) {
            trace(transaction, sql, *scope, takers.decision);
        }
        if (takers.object) {
            read_plan(transaction, sql, takers.object);
        }
        if (takers.unit) {
            sql.set("whole", scope != nullptr && scope->whole ? "true" : "false");
            read_units(transaction, sql, takers.unit);
        }
        return totals;
    }

    void cancel() noexcept {
        try {
            const std::lock_guard lock(mutex_);
            if (comparison_) {
                comparison_->cancel();
            }
            connection_.get().cancel_query();
        } catch (const std::exception& failure) {
            spdlog::debug("a statement cannot be cancelled: {}", failure.what());
        }
    }

  private:
    /// Whether nothing but the plan of accounts asks for what is said of people, so that it need not know who is as he
    /// is to be. (sql/plan/users.sql leaves them out, too.)
    [[nodiscard]] bool leaves_out_settled(const ReplayScope& scope, const Takers& takers) const {
        return scope.users && !scope.whole && !takers.decision && config_.mapping.users.profile.empty() &&
               config_.mapping.cohorts.from_people.empty();
    }

    static void stage_absent(pqxx::transaction_base& transaction, const SqlTemplates& sql, Staged& staged) {
        const pqxx::row now = transaction.exec(sql("stage/absent"))[0];
        staged.users = now["users"].as<bool>();
        staged.cohorts = now["cohorts"].as<bool>();
        staged.roles = now["roles"].as<bool>();
        staged.members = now["members"].as<bool>();
        staged.deleted_groups = now["deleted_groups"].as<bool>();
        staged.deleted_roles = now["deleted_roles"].as<bool>();
    }

    static void set_scope(pqxx::transaction_base& transaction, const SqlTemplates& sql, const ReplayScope& scope,
                          PlanOptions& options, const Takers& takers) {
        options.replay = &scope;
        if (scope.update_only) {
            if (takers.decision) {
                read_decisions(transaction, sql, "stage/not_linked", takers.decision);
            }
            transaction.exec(sql("stage/update_only"));
            options.retries_parked = false;
            options.adopt_users_by.clear();
            options.adopt_cohorts_by.clear();
        }
    }

    static void trace(pqxx::transaction_base& transaction, SqlTemplates sql, const ReplayScope& scope,
                      const std::function<void(const Decision&)>& take) {
        const auto word = [](bool value) { return std::string(value ? "true" : "false"); };
        sql.set("traced_rows", word(scope.compares_rows()));
        sql.set("traced_groups", word(scope.cohorts && !scope.role_object));
        sql.set("traced_roles", word(scope.roles && !scope.cohort));
        sql.set("traced_parent", only("known.parent_uuid", scope.cohort ? scope.cohort : scope.role_object));
        sql.set("traced_member", only("known.member_uuid", scope.person));
        read_decisions(transaction, sql, "plan/decisions", take);
    }

    /// At the end of a plan, however it ends.
    class EndOfComparison {
      public:
        explicit EndOfComparison(Impl& planner) : planner_(planner) {}
        ~EndOfComparison() {
            const std::lock_guard lock(planner_.mutex_);
            planner_.comparison_.reset();
        }
        EndOfComparison(const EndOfComparison&) = delete;
        EndOfComparison& operator=(const EndOfComparison&) = delete;

      private:
        Impl& planner_;
    };

    const ConsumerConfig& config_;
    SqlTemplates sql_;
    Connection connection_;
    std::string limits_;
    std::mutex mutex_;                         ///< of the next one: cancel() is another thread's
    std::optional<RowComparison> comparison_;  ///< of the replay that is planned
};

LogPlanner::LogPlanner(const ConsumerConfig& config) : impl_(std::make_unique<Impl>(config)) {}
LogPlanner::~LogPlanner() = default;

std::vector<PlanTotal> LogPlanner::plan(const std::string& source, const Read& read,
                                        const std::function<void(const PlannedObject&)>& take) {
    return impl_->plan(source, nullptr, read, {.object = take, .unit = {}});
}

std::vector<PlanTotal> LogPlanner::replay(const std::string& source, const ReplayScope& scope, const Read& read,
                                          const Takers& takers) {
    return impl_->plan(source, &scope, read, takers);
}

void LogPlanner::cancel() noexcept {
    impl_->cancel();
}

}  // namespace entstream::consumer::merge
