#include "consumer/merge/guard.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <pqxx/result>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "consumer/merge/staging.hpp"

namespace entstream::consumer::merge {
namespace {

/// "2 h", "90 min", "45 s".
std::string duration_text(std::chrono::milliseconds duration) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
    constexpr std::int64_t minute = 60;
    constexpr std::int64_t hour = 3600;
    if (seconds >= hour && seconds % hour == 0) {
        return fmt::format("{} h", seconds / hour);
    }
    if (seconds >= minute && seconds % minute == 0) {
        return fmt::format("{} min", seconds / minute);
    }
    return seconds > 0 ? fmt::format("{} s", seconds) : fmt::format("{} ms", duration.count());
}

}  // namespace

/// Files of sql/guard.
struct Guard::Steps {
    Entity entity;
    const char* removals;  ///< for messages
    const char* find;
    const char* linked;
    const char* hold;
    const char* cancel;
    const char* institution = nullptr;          ///< counts its objects by institution; nullptr: they have none
    const char* institution_objects = nullptr;  ///< for messages
};

const Guard::Steps& Guard::steps_of(Entity entity) {
    static const std::vector<Steps> all = {
        {Entity::user, "suspensions of users", "guard/users", "guard/linked_users", "guard/hold_users",
         "guard/cancel_users", "guard/institution_users", "accounts"},
        {Entity::cohort, "releases of cohorts", "guard/cohorts", "guard/linked_cohorts", "guard/hold_cohorts",
         "guard/cancel_cohorts"},
        {Entity::member, "removals of cohort members", "guard/members", "guard/linked_members", "guard/hold_members",
         "guard/cancel_members", "guard/institution_members", "cohort memberships"},
        {Entity::role_assignment, "removals of role assignments", "guard/role_assignments",
         "guard/linked_role_assignments", "guard/hold_role_assignments", "guard/cancel_role_assignments",
         "guard/institution_role_assignments", "role assignments"}};
    const auto found =
        std::find_if(all.begin(), all.end(), [entity](const Steps& steps) { return steps.entity == entity; });
    if (found == all.end()) {
        throw std::logic_error("nothing is removed of the entity " + std::string(to_text(entity)));
    }
    return *found;
}

std::int64_t guard_limit(const GuardConfig& config, std::int64_t linked) {
    constexpr std::int64_t hundred = 100;
    return std::max(config.removals, linked * config.percent / hundred);
}

GuardVerdict guard_verdict(const GuardConfig& config, const GuardWindow& window, std::int64_t fresh,
                           const std::function<std::int64_t()>& announced,
                           const std::function<std::int64_t()>& count_linked) {
    if (window.held > 0) {
        return {.holds = true, .expected = window.let_through + window.held + fresh, .linked = 0};
    }
    const std::int64_t expected = window.let_through + (config.announced ? std::max(fresh, announced()) : fresh);
    if (expected <= guard_limit(config, window.linked)) {
        return {.holds = false, .expected = expected, .linked = 0};
    }
    const std::int64_t linked = config.percent > 0 ? count_linked() : 0;
    return {.holds = expected > guard_limit(config, linked), .expected = expected, .linked = linked};
}

Guard::Guard(pqxx::transaction_base& transaction, SqlTemplates sql, const GuardConfig* config,
             const std::vector<RemovalTotals>* removals, bool something_is_held)
    : transaction_(transaction),
      sql_(std::move(sql)),
      config_(config),
      removals_(removals),
      something_is_held_(something_is_held) {}

std::int64_t Guard::watch(Entity entity, std::int64_t removals) {
    const Steps& steps = steps_of(entity);
    std::int64_t held = 0;
    if (config_ != nullptr && removals > 0) {
        sql_.set("entity", std::string(to_text(entity)));
        held = hold(steps);
    }
    if (something_is_held_) {
        has_news_ = transaction_.exec(sql_(steps.cancel)).affected_rows() > 0 || has_news_;
    }
    return held;
}

std::int64_t Guard::hold(const Steps& steps) {
    transaction_.exec(sql_(steps.find));
    const pqxx::row look = transaction_.exec(sql_("guard/look"))[0];
    const auto fresh = look["fresh"].as<std::int64_t>();
    const auto known = look["known"].as<std::int64_t>();
    const GuardWindow window{.let_through = look["let_through"].as<std::int64_t>(),
                             .held = look["held"].as<std::int64_t>(),
                             .linked = look["linked"].as<std::int64_t>()};
    GuardVerdict verdict;
    if (fresh > 0) {
        verdict = guard_verdict(
            *config_, window, fresh, [&] { return announced(steps.entity); },
            [&] { return transaction_.exec(sql_(steps.linked))[0][0].as<std::int64_t>(); });
        has_news_ = true;
    }
    const std::int64_t of_institutions = fresh > 0 && !verdict.holds ? hold_institutions(steps) : 0;
    const std::int64_t held = known + (verdict.holds ? fresh : of_institutions);
    if (fresh > 0) {
        transaction_.exec(fmt::format("INSERT INTO guard_plan VALUES ('{}', {}, {}, {})", to_text(steps.entity),
                                      verdict.holds ? 0 : fresh - of_institutions, verdict.holds ? fresh : 0,
                                      verdict.linked));
    }
    if (held == 0) {
        return 0;
    }
    stage_causes();
    sql_.set("all", verdict.holds ? "true" : "false");
    transaction_.exec(sql_("guard/hold"));
    transaction_.exec(sql_(steps.hold));
    has_news_ = true;
    if (verdict.holds && window.held == 0) {
        const std::string window_text = duration_text(config_->window);
        const std::string name(to_text(steps.entity));
        warnings_.push_back(fmt::format(
            "source {}: {} {} are held: with them {} would be done within {}, more than {} ([guard] removals = {}, "
            "percent = {}). What follows is held too, until {} have passed without one. Look: entstream-consumer "
            "--held; then --approve held={} or --reject held={}",
            sql_.value("source"), held, steps.removals, verdict.expected, window_text,
            guard_limit(*config_, verdict.linked), config_->removals, config_->percent, window_text, name, name));
    }
    return held;
}

std::int64_t Guard::hold_institutions(const Steps& steps) {
    constexpr std::int64_t all = 100;
    if (steps.institution == nullptr || config_->institution_percent >= all) {
        return 0;
    }
    sql_.set("guard.removals", std::to_string(config_->removals));
    sql_.set("guard.institution_percent", std::to_string(config_->institution_percent));
    sql_.set("guard.undecided", sql_("guard/institutions_undecided"));
    if (transaction_.exec(sql_("guard/institutions"))[0]["undecided"].as<bool>()) {
        sql_.set("guard.institution_objects", sql_(steps.institution));
        transaction_.exec(sql_("guard/institutions_linked"));
    }
    std::int64_t held = 0;
    for (const auto& row : transaction_.exec(sql_("guard/institutions_held"))) {
        held += row["fresh"].as<std::int64_t>();
        if (row["known"].as<bool>()) {
            continue;
        }
        const std::string name(to_text(steps.entity));
        warnings_.push_back(fmt::format(
            "source {}: {} {} of institution '{}' are held: with them it would lose {} of its {} {} within {}, more "
            "than removals = {} and institution_percent = {} of [guard]. What follows of this institution is held too. "
            "Look: entstream-consumer --held; then --approve held={} or --reject held={}",
            sql_.value("source"), row["fresh"].c_str(), steps.removals, row["part"].c_str(), row["expected"].c_str(),
            row["linked"].c_str(), steps.institution_objects, duration_text(config_->window), config_->removals,
            config_->institution_percent, name, name));
    }
    return held;
}

void Guard::stage_causes() {
    if (!std::exchange(causes_staged_, true) && removals_ != nullptr && !removals_->empty()) {
        copy_removal_causes(transaction_, *removals_);
    }
}

std::int64_t Guard::announced(Entity entity) {
    if (removals_ == nullptr || removals_->empty()) {
        return 0;
    }
    if (!announced_) {
        std::string rows;
        for (const RemovalTotals& said : *removals_) {
            rows += fmt::format("{}({}::bigint, {}::text, {}, {}, {}, {})", rows.empty() ? "" : ", ", said.generation,
                                transaction_.quote(said.cause), said.announced.users, said.announced.groups,
                                said.announced.roles, said.announced.members);
        }
        sql_.set("announced", rows);
        const pqxx::row row = transaction_.exec(sql_("guard/announced"))[0];
        announced_ = ObjectCounts{.users = row["users"].as<std::int64_t>(),
                                  .groups = row["groups"].as<std::int64_t>(),
                                  .roles = row["roles"].as<std::int64_t>(),
                                  .members = row["members"].as<std::int64_t>()};
    }
    switch (entity) {
        case Entity::user:
            return announced_->users;
        case Entity::cohort:
            return announced_->groups;
        case Entity::member:
            return announced_->members;
        default:
            return announced_->roles;
    }
}

}  // namespace entstream::consumer::merge
