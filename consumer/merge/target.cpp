#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pqxx/except>
#include <pqxx/transaction>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/log/context.hpp"
#include "consumer/merge/configured_values.hpp"
#include "consumer/merge/lease.hpp"
#include "consumer/merge/migrate.hpp"
#include "consumer/merge/moodle_check.hpp"
#include "consumer/merge/plan.hpp"
#include "consumer/merge/rebuild.hpp"
#include "consumer/merge/refused_records.hpp"
#include "consumer/merge/removal_totals.hpp"
#include "consumer/merge/settings.hpp"
#include "consumer/merge/settle.hpp"
#include "consumer/merge/site.hpp"
#include "consumer/merge/sql_templates.hpp"
#include "consumer/merge/stored_position.hpp"
#include "consumer/merge/target_impl.hpp"
#include "consumer/merge/time_limits.hpp"
#include "consumer/merge/write.hpp"

namespace entstream::consumer::merge {
namespace {

using std::chrono::microseconds;
using std::chrono::system_clock;

/// The member that is to be added is there.
constexpr const char* passes_over_present = "ON CONFLICT (cohortid, userid) DO NOTHING";

/// query_canceled: statement_timeout, or an administrator.
constexpr const char* query_canceled = "57014";

/// host:pid, for messages about who owns a source.
std::string name_of_this_process() {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    return std::string(host.data()) + ":" + std::to_string(getpid());
}

std::string timestamp_literal(const std::optional<system_clock::time_point>& time) {
    if (!time) {
        return "NULL::timestamptz";
    }
    const auto since_epoch = std::chrono::duration_cast<microseconds>(time->time_since_epoch());
    return "('epoch'::timestamptz + interval '1 microsecond' * " + std::to_string(since_epoch.count()) + ")";
}

}  // namespace

MoodleTarget::Impl::Impl(const ConsumerConfig& config)
    : config_(config),
      sql_(config.database.schema, config.database.prefix),
      owner_(name_of_this_process()),
      statement_limit_(config.database.statement_timeout),
      watch_(connection_parameters(config.database)) {}

MoodleTarget::Impl::~Impl() {
    if (connection_ && connection_->is_open() && !limits_.empty() && !beside_) {
        const auto watched = watch_.begin(connection_->get().sock(), 0);
        give_lease_back(connection_->get(), sql_, limits_);
    }
}

void MoodleTarget::Impl::connect() {
    connection_.reset();
    connection_ = std::make_unique<Connection>(config_.database);
    set_constants(connection_->get());
}

void MoodleTarget::Impl::note_cancelled(const pqxx::sql_error& failed) {
    if (failed.sqlstate() != query_canceled) {
        return;
    }
    constexpr std::chrono::milliseconds highest = std::chrono::hours(24);
    const auto former = statement_limit_;
    statement_limit_ = std::min(statement_limit_ * 2, highest);
    spdlog::warn(
        "{}: a statement was cancelled, by an administrator or after {} ms (database.statement_timeout); the next "
        "one may take {} ms",
        describe(config_.database), former.count(), statement_limit_.count());
}

void MoodleTarget::Impl::renew_lease() {
    pqxx::work transaction(connection_->get());
    transaction.exec0(limits_);
    merge::renew_lease(transaction, sql_, describe(config_.database));
    transaction.commit();
}

void MoodleTarget::Impl::open() {
    beside_ = false;
    limits_ = time_limits(connection_->get(), statement_limit_);
    if (session_) {
        end_session(connection_->get(), sql_, *session_);
        session_.reset();
    }
    try {
        pqxx::work transaction(connection_->get());
        transaction.exec0(limits_);
        find_moodle(transaction, sql_, config_.database);
        check_pause(read_site_state(transaction.exec1(sql_("open/site_state"))));
        moodle_version_ = check_moodle(transaction, sql_, config_.database);
        check_settings(transaction, config_);
        check_profile_fields(transaction, sql_, config_);
        migrate(transaction, config_.database);
        check_restored(transaction);
        std::vector<std::string> advice = advice_on_moodle(transaction, sql_, config_);
        transaction.commit();
        log_advice(std::move(advice));
    } catch (const pqxx::sql_error& failed) {
        if (classify(std::current_exception()) == Failure::transient) {
            throw;
        }
        throw TargetError(describe(config_.database) + " cannot be opened: " + failed.what());
    }
    session_ = take_lease(connection_->get(), sql_, limits_, describe(config_.database));
    unsettled_ = true;
    settle();
}

std::vector<Pause> MoodleTarget::Impl::pauses() {
    pqxx::work transaction(connection_->get());
    transaction.exec0(limits_);
    return read_pauses(transaction, sql_);
}

std::vector<TargetCount> MoodleTarget::Impl::counts() {
    pqxx::work transaction(connection_->get());
    transaction.exec0(limits_);
    std::vector<TargetCount> counts;
    for (const auto& row : transaction.exec(sql_("status/counts"))) {
        TargetCount& count = counts.emplace_back();
        count.what = row["what"].as<std::string>();
        count.entity = row["entity"].as<std::string>();
        count.kind = row["kind"].as<std::string>();
        count.objects = row["objects"].as<std::int64_t>();
        if (!row["moment"].is_null()) {
            count.moment = row["moment"].as<double>();
        }
    }
    return counts;
}

void MoodleTarget::Impl::note_restored(const std::string& source) {
    pqxx::work transaction(connection_->get());
    transaction.exec0(limits_);
    transaction.exec0(for_source(transaction, source)("position/note_restored"));
    transaction.commit();
}

void MoodleTarget::Impl::log_advice(std::vector<std::string> advice) {
    if (advice == advice_) {
        return;
    }
    advice_ = std::move(advice);
    for (const std::string& sentence : advice_) {
        spdlog::warn("{}: {}", describe(config_.database), sentence);
    }
}

void MoodleTarget::Impl::set_constants(pqxx::connection& connection) {
    const auto quoted = [&connection](const std::string& text) { return connection.quote(text); };
    set_configured_values(sql_, config_, quoted);
    sql_.set("owner", quoted(owner_));
    sql_.set("token", quoted(token_));
    sql_.set("sources", quoted(fmt::format("{}", fmt::join(config_.sources, ", "))));
    sql_.set("guard_window", fmt::format("interval '{} milliseconds'", config_.guard.window.count()));
    sql_.set("passes_over_present", passes_over_present);
    sql_.set("sync_task", quoted(R"(\enrol_cohort\task\enrol_cohort_sync)"));
}

SqlTemplates MoodleTarget::Impl::for_source(pqxx::transaction_base& transaction, const std::string& source) const {
    SqlTemplates sql = sql_;
    sql.set("source", transaction.quote(source));
    sql.set("site", sql("position/site"));
    return sql;
}

void MoodleTarget::Impl::set_owner_epoch(SqlTemplates& sql, const std::string& source) const {
    const auto epoch = epochs_.find(source);
    if (epoch == epochs_.end()) {
        throw std::logic_error("source " + source + " was not claimed");
    }
    sql.set("owner_epoch", std::to_string(epoch->second));
}

void MoodleTarget::Impl::check_restored(pqxx::transaction_base& transaction) {
    const pqxx::result differences = transaction.exec(sql_("position/check_restored"));
    if (differences.empty()) {
        return;
    }
    const auto& first = differences[0];
    const auto noted = first["noted"].as<std::string>();
    throw TargetDiverged(
        "Moodle and the schema 'entstream' of " + describe(config_.database) +
        " are not of the same moment: for source '" + first["source"].as<std::string>() + "' entstream.position says " +
        first["ours"].as<std::string>() + ", " + sql_.table("config_plugins") + " says " + noted +
        "; one of them was restored from a backup without the other: restore both from the same backup" +
        (noted == "nothing" ? "; or Moodle's plugin local_entstream was uninstalled, and the note of the position with "
                              "it: deploy/moodle/local_entstream/README.md says how it is made again"
                            : ""));
}

StoredPosition MoodleTarget::Impl::claim(const std::string& source) {
    pqxx::work transaction(connection_->get());
    transaction.exec0(limits_);
    merge::renew_lease(transaction, sql_, describe(config_.database));
    check_restored(transaction);
    StoredPosition position = to_stored_position(transaction.exec1(for_source(transaction, source)("position/claim")));
    transaction.commit();
    epochs_[source] = position.owner_epoch;
    sweeps_[source] = {};
    make_plan_tables_early();
    const log::Context of_position({.source = source, .offset = position.next_offset});
    spdlog::info("source {}: claimed for target {} at offset {} (epoch {})", source, config_.target,
                 position.next_offset, position.owner_epoch);
    return position;
}

void MoodleTarget::Impl::make_plan_tables_early() {
    pqxx::work transaction(connection_->get());
    transaction.exec0(limits_);
    const std::string mark = transaction.quote("pg_temp.plan_layout_" + sql_.value("layout"));
    if (transaction.exec1("SELECT to_regclass(" + mark + ") IS NULL")[0].as<bool>()) {
        make_plan_tables(transaction, sql_);
    }
    transaction.commit();
}

std::optional<StoredPosition> MoodleTarget::Impl::position(const std::string& source) {
    pqxx::work transaction(connection_->get());
    const pqxx::result found = transaction.exec(limits_ + for_source(transaction, source)("position/read_position"));
    return found.empty() ? std::nullopt : std::optional(to_stored_position(found[0]));
}

FirstStart MoodleTarget::Impl::first_start() {
    pqxx::work transaction(connection_->get());
    transaction.exec0(limits_);
    SqlTemplates sql = for_source(transaction, config_.sources.front());
    set_site(sql, read_site(transaction.exec1("SELECT " + sql("position/site") + " true AS asked")), transaction);
    return look_at_first_start(transaction, sql);
}

void MoodleTarget::Impl::store_first_start(const std::vector<PlanTotal>& totals, std::int64_t records) {
    pqxx::work transaction(connection_->get());
    transaction.exec0(limits_);
    merge::renew_lease(transaction, sql_, describe(config_.database));
    merge::store_first_start(transaction, sql_, totals, records);
    transaction.commit();
}

ApplySummary MoodleTarget::Impl::apply(const Batch& batch) {
    try {
        return apply_once(batch, true);
    } catch (const pqxx::sql_error&) {
        if (classify(std::current_exception()) != Failure::permanent) {
            throw;
        }
        // Somebody may have created an account with the same name between our look and our insert: now it is a conflict
        // that we see. Or it is the fault of one who waited for a name that this batch frees, and not of the batch:
        // then the sweep finds him.
        return apply_once(batch, false);
    }
}

ApplySummary MoodleTarget::Impl::apply_once(const Batch& batch, bool first_try) {
    const SqlClock::Step step(&clock_, SqlStep::write);
    pqxx::work transaction(connection_->get());
    SqlTemplates sql = for_source(transaction, batch.source);
    set_owner_epoch(sql, batch.source);
    sql.set("log_id", transaction.quote(batch.log_id));
    sql.set("first_offset", std::to_string(batch.first_offset));
    sql.set("next_offset", std::to_string(batch.next_offset));
    sql.set("last_sequence", std::to_string(batch.last_sequence));
    sql.set("watermark", timestamp_literal(batch.watermark));
    const pqxx::result moved = transaction.exec(limits_ + sql("position/move_position"));
    if (moved.empty()) {
        throw_not_moved(transaction, sql, batch);
    }
    const Site site = read_site(moved[0]);
    check_site(transaction, site);
    const bool begins_log = moved[0]["begins_log"].as<bool>();
    if (begins_log) {
        release_former_year(transaction, sql, config_, batch.source);
    }
    if (first_try && !site.is_live) {
        sql.set("passes_over_present", "");
    }
    ApplySummary summary;
    const bool completes_returning = moved[0]["completes_returning"].as<bool>();
    const bool completes_rebuild = moved[0]["completes_rebuild"].as<bool>();
    if (batch.has_deltas() || completes_returning || completes_rebuild) {
        summary.counts = plan_and_write(transaction, sql, site, [&] {
            PlanOptions options = plan_options(moved[0]);
            options.something_is_parked = moved[0]["something_is_parked"].as<bool>();
            options.something_is_unmapped = moved[0]["something_is_unmapped"].as<bool>();
            options.retries_parked = first_try;
            options.delivered_again = unchanging_.contains(batch.source);
            options.completes_returning = completes_returning;
            options.completes_rebuild = completes_rebuild;
            return plan(transaction, sql, batch, options);
        });
        unsettled_ = true;
    }
    if (batch.has_deltas() && moved[0]["something_is_refused"].as<bool>()) {
        supersede_refused(transaction, sql, batch);
    }
    if (!batch.removals.empty()) {
        note_removals(transaction, sql, batch.removals);
    }
    if (batch.refused) {
        store_refused(transaction, sql, *batch.refused);
    }
    if (begins_log) {
        record_settings(transaction, config_, batch.source);
    }
    if (batch.published) {
        record_published(transaction, batch.source, *batch.published);
    }
    {
        const SqlClock::Step committing(&clock_, SqlStep::commit);
        transaction.commit();
    }
    if (summary.counts.total() > 0) {
        unchanging_.erase(batch.source);
    } else if (batch.has_deltas()) {
        unchanging_.insert(batch.source);
    }
    if (completes_rebuild) {
        spdlog::info("source {}: the rebuild of target {} is complete", batch.source, config_.target);
    }
    return summary;
}

PlanOptions MoodleTarget::Impl::plan_options(const pqxx::row& site) {
    return {.clock = &clock_,
            .cohorts_from_people = !config_.mapping.cohorts.from_people.empty(),
            .something_is_held = site["something_is_held"].as<bool>(),
            .something_is_rejected = site["something_is_rejected"].as<bool>(),
            .guard = guard(),
            .profile = !config_.mapping.users.profile.empty(),
            .adopt_users_by = keys_of(config_.adopt.users),
            .adopt_cohorts_by = key_of(config_.adopt.cohorts),
            .places_cohorts = map::places_cohorts(config_.mapping.cohorts),
            .removes_members = config_.adopt.cohorts.removes_members,
            .asks_for_roles = config_.adopt.roles.asks,
            .lists_languages = !languages_of(site["langlist"].as<std::string>("")).empty(),
            .enrols = !config_.mapping.roles.enrol.empty()};
}

Counts MoodleTarget::Impl::plan_and_write(pqxx::transaction_base& transaction, SqlTemplates& sql, const Site& site,
                                          const std::function<Plan()>& planning) {
    set_site(sql, site, transaction);
    if (!site.has_plan_tables) {
        make_plan_tables(transaction, sql);
    }
    const Plan planned = [&] {
        const SqlClock::Step step(&clock_, SqlStep::plan);
        return read_only(transaction, planning);
    }();
    Counts counts = write(transaction, sql, planned, writes_log(site));
    write_audit(transaction, sql, counts, site.is_live);
    for (const std::string& language : planned.unlisted_languages) {
        if (languages_said_.insert(language).second) {
            spdlog::warn(
                "{}: people are to have the language '{}', which the site does not list (Site administration, "
                "Language, "
                "Languages on language menu): the next value of the rule of lang or its default counts, if it is "
                "listed; install and list it, or give the rule a table",
                describe(config_.database), language);
        }
    }
    for (const std::string& warning : planned.warnings) {
        spdlog::warn("{}", warning);
    }
    return counts;
}

void MoodleTarget::Impl::throw_not_moved(pqxx::transaction_base& transaction, const SqlTemplates& sql,
                                         const Batch& batch) const {
    const std::string where = "source '" + batch.source + "' of target '" + config_.target + "'";
    const pqxx::result found = transaction.exec(sql("position/read_position"));
    if (found.empty()) {
        throw Fenced(where + " has no position any more in " + describe(config_.database) +
                     ": somebody has emptied entstream.position; restore it, or rebuild (docs/rebuild.md)");
    }
    const StoredPosition stored = to_stored_position(found[0]);
    if (!transaction.exec1("SELECT EXISTS (SELECT FROM entstream.lease WHERE token = " + sql.value("token") + ")")[0]
             .as<bool>()) {
        throw Fenced(lease_holder(transaction, sql) + " serves the Moodle in " + describe(config_.database) +
                     " now: stop it, or do not start this one");
    }
    if (stored.owner_epoch != epochs_.at(batch.source)) {
        throw Fenced(where + " is owned by " + found[0]["owner"].as<std::string>() + " now (epoch " +
                     std::to_string(stored.owner_epoch) + ") in " + describe(config_.database) +
                     ": stop that process, or do not start this one");
    }
    if (!stored.log_id.empty() && stored.log_id != batch.log_id) {
        throw TargetDiverged(where + " was fed from log " + stored.log_id + " so far, but the topic holds log " +
                             batch.log_id +
                             " now: it was deleted and made anew; rebuild this target from it (docs/rebuild.md)");
    }
    throw Fenced(where + " stands at offset " + std::to_string(stored.next_offset) + ", the batch begins at " +
                 std::to_string(batch.first_offset) + ", in " + describe(config_.database) +
                 "; restart: what is stored counts");
}

void MoodleTarget::Impl::check_pause(const SiteState& site) const {
    if (site.upgrade_running) {
        throw Paused("Moodle runs an upgrade: nothing is written to " + describe(config_.database) +
                     " until it has ended");
    }
    if (site.maintenance) {
        throw Paused("Moodle is in maintenance mode: nothing is written to " + describe(config_.database) +
                     " until that ends");
    }
}

void MoodleTarget::Impl::check_site(pqxx::transaction_base& transaction, const SiteState& site) {
    check_pause(site);
    if (site.version != moodle_version_) {
        check_moodle(transaction, sql_, config_.database);
        spdlog::info("Moodle was upgraded from version {} to {}: its tables are still what entstream needs",
                     moodle_version_, site.version);
        moodle_version_ = site.version;
    }
}

bool MoodleTarget::Impl::settle() {
    if (!unsettled_) {
        return false;
    }
    const SqlClock::Step step(&clock_, SqlStep::touch);
    pqxx::work transaction(connection_->get());
    transaction.exec0(limits_);
    merge::renew_lease(transaction, sql_, describe(config_.database));
    check_site(transaction, read_site_state(transaction.exec1(sql_("open/site_state"))));
    const Settled settled = merge::settle(transaction, sql_);
    transaction.commit();
    if (settled.task_is_missing.value_or(false) && !task_was_missing_) {
        spdlog::warn(
            "{}: members of a cohort in use have changed, but Moodle's task {} is disabled or missing: enrolments "
            "stay as they are until it runs; enable it (Site administration, Server, Scheduled tasks)",
            describe(config_.database), sql_.value("sync_task"));
    }
    task_was_missing_ = settled.task_is_missing.value_or(task_was_missing_);
    if (settled.refused != settling_refused_ && !settled.refused.empty()) {
        spdlog::warn(
            "{}: running sessions of Moodle may not see the last changes, because the database refuses {}; it is tried "
            "again with each batch and sweep; look for constraints and triggers of the site's own, and for values of "
            "{} "
            "that are no numbers",
            describe(config_.database), settled.refused, sql_.table("config"));
    }
    settling_refused_ = settled.refused;
    unsettled_ = settled.waits_for_task || !settled.refused.empty();
    return settled.waits_for_task;
}

}  // namespace entstream::consumer::merge
