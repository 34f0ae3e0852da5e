#include "consumer/merge/configured_values.hpp"

#include <optional>
#include <string>
#include <vector>

#include "consumer/merge/plan.hpp"
#include "consumer/merge/user_columns.hpp"

namespace entstream::consumer::merge {

void set_configured_values(SqlTemplates& sql, const ConsumerConfig& config, const Quote& quote) {
    sql.set("target", quote(config.target));
    sql.set("auth", quote(config.auth));
    sql.set("component", quote(config.component));
    const std::optional<bool>& visible = config.mapping.cohorts.visible;
    sql.set("cohort_visible", visible.value_or(true) ? "1" : "0");
    sql.set("sets_cohort_visible", visible ? "true" : "false");
    sql.set("suspend_leavers", config.users_leaving == LeaverPolicy::suspend ? "true" : "false");
    std::vector<std::string> fields;
    for (const auto& [name, rule] : config.mapping.users.profile) {
        fields.push_back(name);
    }
    sql.set("profile.fields", array_of(fields, quote));
    sql.set("roles.enrol", quote(config.mapping.roles.enrol));
    set_adoption(sql, config.adopt, config.auth, quote);
    sql.set("user.definitions", user_column_definitions());
    sql.set("layout", plan_layout(sql));
    sql.set("pairs", sql("plan/pairs"));
}

}  // namespace entstream::consumer::merge
