#include "consumer/merge/user_columns.hpp"

#include <fmt/format.h>

#include <string_view>

#include "consumer/delta.hpp"

namespace entstream::consumer::merge {
namespace {

/// One text for all columns: what `format` makes of each name, with a separator between.
template <typename Format>
std::string list(std::string_view separator, const Format& format) {
    std::string text;
    for (const std::string_view name : user_field_names) {
        text += (text.empty() ? "" : separator);
        text += format(name);
    }
    return text;
}

}  // namespace

std::string user_column_definitions() {
    return list(",\n    ", [](std::string_view name) { return fmt::format("{} text", name); });
}

void set_user_columns(SqlTemplates& sql, const std::string& lang) {
    sql.set("user.definitions", user_column_definitions());
    sql.set("user.columns", list(", ", [](std::string_view name) { return std::string(name); }));
    sql.set("user.plan_columns", list(", ", [](std::string_view name) { return fmt::format("plan.{}", name); }));
    sql.set("user.new_values", list(", ", [&](std::string_view name) {
                if (name == "username") {
                    return std::string("plan.username");
                }
                return fmt::format("coalesce(plan.{}, {})", name, name == "lang" ? lang : "''");
            }));
    sql.set("user.assignments", list(",\n    ", [](std::string_view name) {
                return fmt::format("{0} = coalesce(change.{0}, account.{0})", name);
            }));
    sql.set("user.differs",
            list(" OR ", [](std::string_view name) { return fmt::format("account.{0} <> plan.{0}", name); }));
    sql.set("user.changes", list(" || ", [](std::string_view name) {
                return fmt::format(
                    "CASE WHEN account.{0} <> plan.{0} "
                    "THEN jsonb_build_object('{0}', jsonb_build_array(account.{0}, plan.{0})) ELSE '{{}}' END",
                    name);
            }));
}

}  // namespace entstream::consumer::merge
