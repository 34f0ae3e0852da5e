// Removals that the guard holds: looked at, approved or rejected, by the process that serves the Moodle or beside it.

#include <fmt/format.h>
#include <pqxx/except>
#include <pqxx/transaction>

#include <algorithm>
#include <exception>

#include "consumer/merge/failure.hpp"
#include "consumer/merge/migrate.hpp"
#include "consumer/merge/moodle_check.hpp"
#include "consumer/merge/settings.hpp"
#include "consumer/merge/target_impl.hpp"
#include "consumer/merge/time_limits.hpp"

namespace entstream::consumer::merge {
namespace {

/// Removals that one transaction decides: the live stream waits for a moment only.
constexpr std::int64_t largest_portion = 1000;

/// A key of entstream.held before all others.
constexpr const char* before_all =
    "'00000000-0000-0000-0000-000000000000'::uuid, '', "
    "'00000000-0000-0000-0000-000000000000'::uuid, 0, 0";

std::string condition(const pqxx::transaction_base& transaction, const HeldChoice& choice) {
    if (choice.entities.empty() && choice.objects.empty()) {
        return "true";
    }
    std::string condition = "false";
    for (const Entity entity : choice.entities) {
        condition += " OR entity = " + transaction.quote(std::string(to_text(entity)));
    }
    for (const Uuid& object : choice.objects) {
        const std::string uuid = "'" + object.to_text() + "'::uuid";
        condition += fmt::format(" OR uuid = {} OR parent = {}", uuid, uuid);
    }
    return "(" + condition + ")";
}

std::string text_or_empty(const pqxx::row& row, const char* column) {
    return row[column].is_null() ? std::string() : row[column].as<std::string>();
}

std::int64_t number_or_zero(const pqxx::row& row, const char* column) {
    return row[column].is_null() ? 0 : row[column].as<std::int64_t>();
}

HeldRemoval to_held_removal(const pqxx::row& row) {
    return {.entity = text_or_empty(row, "entity"),
            .uuid = text_or_empty(row, "uuid"),
            .parent = text_or_empty(row, "parent"),
            .user_id = number_or_zero(row, "user_id"),
            .username = text_or_empty(row, "username"),
            .name = text_or_empty(row, "name"),
            .cohort_id = number_or_zero(row, "cohort_id"),
            .cohort = text_or_empty(row, "cohort"),
            .role_id = number_or_zero(row, "role_id"),
            .role = text_or_empty(row, "role"),
            .place = text_or_empty(row, "place"),
            .context_id = number_or_zero(row, "context_id"),
            .level = number_or_zero(row, "level"),
            .instance = number_or_zero(row, "instance"),
            .version = number_or_zero(row, "version"),
            .generation = number_or_zero(row, "generation"),
            .cause = text_or_empty(row, "cause"),
            .since = text_or_empty(row, "held_since")};
}

}  // namespace

void MoodleTarget::Impl::open_beside() {
    beside_ = true;
    limits_ = time_limits(connection_->get(), statement_limit_);
    try {
        pqxx::work transaction(connection_->get());
        transaction.exec0(limits_);
        find_moodle(transaction, sql_, config_.database);
        check_pause(read_site_state(transaction.exec1(sql_("open/site_state"))));
        moodle_version_ = check_moodle(transaction, sql_, config_.database);
        check_settings(transaction, config_);
        check_schema_version(transaction, config_.database);
        check_restored(transaction);
    } catch (const pqxx::sql_error& failed) {
        if (classify(std::current_exception()) == Failure::transient) {
            throw;
        }
        throw TargetError(describe(config_.database) + " cannot be opened: " + failed.what());
    }
}

void MoodleTarget::Impl::held(const std::string& source, const std::function<void(const HeldRemoval&)>& take) {
    pqxx::work transaction(connection_->get());
    transaction.exec0(limits_ + "SET TRANSACTION READ ONLY");
    SqlTemplates sql = for_source(transaction, source);
    sql.set("after", before_all);
    sql.set("portion", std::to_string(largest_portion));
    sql.set("held_name", assigned_name(sql, "held"));
    while (true) {
        const pqxx::result rows = transaction.exec(sql("guard/list"));
        for (const auto& row : rows) {
            take(to_held_removal(row));
        }
        if (rows.empty()) {
            return;
        }
        sql.set("after", rows.back()["key"].as<std::string>());
    }
}

void MoodleTarget::Impl::approve(const std::string& source, const HeldChoice& choice, HeldDecision& decision) {
    if (!position(source)) {
        return;
    }
    SqlTemplates sql = sql_;
    {
        pqxx::work transaction(connection_->get());
        sql = for_source(transaction, source);
        if (!beside_) {
            set_owner_epoch(sql, source);
        }
        sql.set("chosen", condition(transaction, choice));
    }
    std::string after = before_all;
    std::int64_t portion = largest_portion;
    while (true) {
        try {
            const auto approved = approve_portion(sql, after, portion, decision);
            if (!approved) {
                return;
            }
            after = approved->last;
            portion = std::min(portion * 2, largest_portion);
        } catch (const pqxx::sql_error&) {
            if (classify(std::current_exception()) != Failure::permanent) {
                throw;
            }
            if (portion > 1) {
                portion /= 2;
                continue;
            }
            after = key_after(sql, after);
            ++decision.refused;
        }
    }
}

std::optional<Approved> MoodleTarget::Impl::approve_portion(SqlTemplates sql, const std::string& after,
                                                            std::int64_t portion, HeldDecision& decision) {
    pqxx::work transaction(connection_->get());
    const pqxx::row position = hold_position(transaction, sql);
    const Site site = read_site(position);
    check_site(transaction, site);
    sql.set("first_offset", position["next_offset"].as<std::string>());
    sql.set("next_offset", position["next_offset"].as<std::string>());
    sql.set("after", after);
    sql.set("portion", std::to_string(portion));
    Approved approved;
    const Counts counts = plan_and_write(transaction, sql, site, [&] {
        approved = plan_approved(transaction, sql,
                                 {.something_is_parked = position["something_is_parked"].as<bool>(),
                                  .retries_parked = portion > 1,
                                  .cohorts_from_people = !config_.mapping.cohorts.from_people.empty(),
                                  .something_is_held = true,
                                  .something_is_rejected = position["something_is_rejected"].as<bool>(),
                                  .profile = !config_.mapping.users.profile.empty(),
                                  .places_cohorts = map::places_cohorts(config_.mapping.cohorts),
                                  .asks_for_roles = config_.adopt.roles.asks,
                                  .enrols = !config_.mapping.roles.enrol.empty()});
        return approved.plan;
    });
    if (approved.removals == 0) {
        return std::nullopt;
    }
    transaction.exec(sql("guard/close_windows"));
    transaction.commit();
    unsettled_ = true;
    decision.removals += approved.removals;
    decision.counts += counts;
    return approved;
}

std::string MoodleTarget::Impl::key_after(SqlTemplates sql, const std::string& after) {
    pqxx::work transaction(connection_->get());
    sql.set("after", after);
    return transaction.exec1(limits_ + sql("guard/next_key"))[0].as<std::string>();
}

std::int64_t MoodleTarget::Impl::reject(const std::string& source, const HeldChoice& choice) {
    if (!position(source)) {
        return 0;
    }
    pqxx::work transaction(connection_->get());
    SqlTemplates sql = for_source(transaction, source);
    if (!beside_) {
        set_owner_epoch(sql, source);
    }
    sql.set("chosen", condition(transaction, choice));
    hold_position(transaction, sql);
    const auto rejected = transaction.exec1(sql("guard/reject"))[0].as<std::int64_t>();
    transaction.exec(sql("guard/close_windows"));
    transaction.commit();
    return rejected;
}

}  // namespace entstream::consumer::merge
