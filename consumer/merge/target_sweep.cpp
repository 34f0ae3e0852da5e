// Sweeps: what waits in the target's own tables is tried again, in portions that hold the position for a moment only.

#include <pqxx/except>
#include <pqxx/transaction>
#include <spdlog/spdlog.h>

#include <exception>
#include <string_view>

#include "consumer/merge/failure.hpp"
#include "consumer/merge/plan.hpp"
#include "consumer/merge/refused_records.hpp"
#include "consumer/merge/target_impl.hpp"

namespace entstream::consumer::merge {

namespace {

std::string_view bound_of(SweepPart part) {
    switch (part) {
        case SweepPart::cohort_categories:
            return "sweep/bound_cohort_categories";
        case SweepPart::role_objects:
            return "sweep/bound_roles";
        case SweepPart::role_candidates:
            return "sweep/bound_role_candidates";
        case SweepPart::enrolments:
            return "sweep/bound_enrolments";
        case SweepPart::profile_values:
            return "sweep/bound_profile";
        default:
            return "sweep/bound_parked";
    }
}

std::string_view name_of(SweepPart part) {
    switch (part) {
        case SweepPart::parked_users:
            return "user";
        case SweepPart::parked_cohorts:
        case SweepPart::cohort_categories:
            return "cohort";
        case SweepPart::role_objects:
            return "role object";
        case SweepPart::role_candidates:
            return "role assignment";
        case SweepPart::enrolments:
            return "enrolment";
        default:
            return "profile field";
    }
}

}  // namespace

SweepSummary MoodleTarget::Impl::sweep(const std::string& source) {
    const SqlClock::Step step(&clock_, SqlStep::sweep);
    SweepCursor& cursor = sweeps_[source];
    unsettled_ = true;  // somebody beside us may have left something to do
    {
        pqxx::work transaction(connection_->get());
        transaction.exec0(limits_);
        check_restored(transaction);
        SqlTemplates sql = for_source(transaction, source);
        set_owner_epoch(sql, source);
        check_site(transaction, read_site(hold_position(transaction, sql)));
        if (!config_.mapping.users.profile.empty()) {
            look_for_new_fields(transaction, sql);
        }
        if (config_.audit_retention.count() > 0) {
            constexpr int most_rows = 10000;
            sql.set("audit_retention", "interval '" + std::to_string(config_.audit_retention.count()) + " ms'");
            sql.set("portion", std::to_string(most_rows));
            transaction.exec(sql("sweep/audit_expired"));
        }
        transaction.commit();
    }
    bool complete = true;
    for (const SweepPart part : sweep_parts) {
        if (part == SweepPart::enrolments && config_.mapping.roles.enrol.empty()) {
            continue;
        }
        if (!cursor[part].at_end()) {
            sweep_portion(source, part, cursor);
        }
        complete = complete && cursor[part].at_end();
    }
    if (!complete) {
        return {.counts = cursor.counts};
    }
    const SweepSummary summary = what_waits(source, cursor.counts);
    cursor = SweepCursor{};
    return summary;
}

void MoodleTarget::Impl::look_for_new_fields(pqxx::transaction_base& transaction, SqlTemplates sql) {
    constexpr int most_values = 10000;
    sql.set("portion", std::to_string(most_values));
    if (transaction.exec(sql("sweep/profile_fields_anew")).affected_rows() == 0) {
        transaction.exec(sql("sweep/profile_fields_note"));
    }
}

void MoodleTarget::Impl::sweep_portion(const std::string& source, SweepPart part, SweepCursor& cursor) {
    SweepPortion& portion = cursor[part];
    pqxx::work look(connection_->get());
    look.exec0(limits_);
    SqlTemplates sql = for_source(look, source);
    set_owner_epoch(sql, source);
    sql.set("kind", part == SweepPart::parked_users ? "user" : "cohort");
    sql.set("after", "'" + portion.after() + "'::uuid");
    sql.set("portion", std::to_string(portion.size()));
    if (part == SweepPart::enrolments) {
        sql.set("only_member", "true");
        sql.set("lacking", "enrolment.id IS NULL AND known.user_id IS NULL");
        sql.set("enrolments.lacking", sql("plan/enrolments_lacking"));
    }
    const auto bound = look.exec1(sql(bound_of(part)));
    look.commit();
    const auto objects = bound["objects"].as<std::int64_t>();
    const std::string last = bound["last"].is_null() ? portion.after() : bound["last"].as<std::string>();
    bool frees_names = false;
    if (objects > 0) {
        sql.set("last", "'" + last + "'::uuid");
        try {
            const Counts settled = retry(sql, part);
            cursor.counts += settled;
            frees_names = settled(Entity::user, Action::updated) + settled(Entity::cohort, Action::updated) > 0;
        } catch (const pqxx::sql_error& refused) {
            if (classify(std::current_exception()) != Failure::permanent) {
                throw;
            }
            if (objects > 1) {
                portion.refused(objects);
                return;
            }
            set_refused_aside(sql, part, refused);
        }
    }
    portion.passed(objects, last, frees_names);
}

Counts MoodleTarget::Impl::retry(SqlTemplates sql, SweepPart part) {
    pqxx::work transaction(connection_->get());
    const pqxx::row held = hold_position(transaction, sql);
    const Site site = read_site(held);
    check_site(transaction, site);
    sql.set("first_offset", held["next_offset"].as<std::string>());
    sql.set("next_offset", held["next_offset"].as<std::string>());
    const Counts counts =
        plan_and_write(transaction, sql, site, [&] { return plan_sweep(transaction, sql, part, plan_options(held)); });
    transaction.commit();
    unsettled_ = unsettled_ || counts.total() > 0;
    return counts;
}

void MoodleTarget::Impl::set_refused_aside(SqlTemplates sql, SweepPart part, const pqxx::sql_error& refused) {
    const std::string reason = "refused by the database: SQLSTATE " + refused.sqlstate();
    const bool taken_meanwhile = dynamic_cast<const pqxx::unique_violation*>(&refused) != nullptr;
    bool is_news = true;
    if ((part == SweepPart::parked_users || part == SweepPart::parked_cohorts) && !taken_meanwhile) {
        pqxx::work transaction(connection_->get());
        hold_position(transaction, sql);
        sql.set("reason", transaction.quote(reason));
        is_news = transaction.exec(sql("sweep/parked_refused")).affected_rows() > 0;
        transaction.commit();
    }
    if (is_news) {
        spdlog::warn("{}: what a {} waits for can be had by now, but is {}; each sweep tries again",
                     describe(config_.database), name_of(part), reason);
    }
}

std::vector<RefusedRecord> MoodleTarget::Impl::refused(const std::string& source, const std::string& after, int most) {
    pqxx::work transaction(connection_->get());
    transaction.exec0(limits_);
    return read_refused(transaction, for_source(transaction, source), after, most);
}

Counts MoodleTarget::Impl::retry(const Batch& batch, const std::vector<RefusedRecord>& records) {
    pqxx::work transaction(connection_->get());
    SqlTemplates sql = for_source(transaction, batch.source);
    if (!beside_) {
        set_owner_epoch(sql, batch.source);
    }
    const pqxx::row held = hold_position(transaction, sql);
    const Site site = read_site(held);
    check_site(transaction, site);
    sql.set("first_offset", held["next_offset"].as<std::string>());
    sql.set("next_offset", held["next_offset"].as<std::string>());
    const Counts counts = plan_and_write(transaction, sql, site, [&] {
        PlanOptions options = plan_options(held);
        options.something_is_parked = held["something_is_parked"].as<bool>();
        options.something_is_unmapped = held["something_is_unmapped"].as<bool>();
        return plan(transaction, sql, batch, options);
    });
    forget_refused(transaction, sql, records);
    transaction.commit();
    unsettled_ = unsettled_ || counts.total() > 0;
    return counts;
}

pqxx::row MoodleTarget::Impl::hold_position(pqxx::transaction_base& transaction, const SqlTemplates& sql) const {
    const pqxx::result held =
        transaction.exec(limits_ + sql(beside_ ? "position/hold_beside" : "position/hold_position"));
    if (held.empty()) {
        throw Fenced("source " + sql.value("source") + " of target '" + config_.target +
                     "' is owned by another process now (entstream.lease and entstream.position name it) in " +
                     describe(config_.database) + ": stop that process, or do not start this one");
    }
    return held[0];
}

SweepSummary MoodleTarget::Impl::what_waits(const std::string& source, const Counts& counts) {
    pqxx::work transaction(connection_->get());
    transaction.exec0(limits_);
    const pqxx::row waiting = transaction.exec1(for_source(transaction, source)("sweep/summary"));
    return {counts,
            true,
            waiting["parked_users"].as<std::int64_t>(),
            waiting["parked_cohorts"].as<std::int64_t>(),
            waiting["unresolved_roles"].as<std::int64_t>(),
            waiting["unmapped"].as<std::int64_t>(),
            waiting["refused"].as<std::int64_t>(),
            waiting["held"].as<std::int64_t>(),
            waiting["profile_values"].as<std::int64_t>(),
            waiting["misplaced_cohorts"].as<std::int64_t>(),
            waiting["role_candidates"].as<std::int64_t>(),
            waiting["gone"].as<std::int64_t>()};
}

}  // namespace entstream::consumer::merge
