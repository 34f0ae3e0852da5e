#include "consumer/merge/user_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "consumer/delta.hpp"

namespace entstream::consumer::merge {
namespace {

/// How a column of mdl_user differs from a text that is never NULL.
struct Column {
    std::string_view name;
    std::string_view type = "text";
    std::string_view unmapped = "''";  ///< of a new account
    bool nullable = false;
};

constexpr std::array<Column, 6> special_columns = {{{.name = "middlename", .unmapped = "NULL", .nullable = true},
                                                    {.name = "alternatename", .unmapped = "NULL", .nullable = true},
                                                    {.name = "description", .unmapped = "NULL", .nullable = true},
                                                    {.name = "maildisplay", .type = "smallint", .unmapped = "2"},
                                                    {.name = "timezone", .unmapped = "'99'"},
                                                    {.name = "calendartype", .unmapped = "'gregorian'"}}};

Column column_of(std::string_view name) {
    const auto* const special = std::find_if(special_columns.begin(), special_columns.end(),
                                             [&](const Column& column) { return column.name == name; });
    return special == special_columns.end() ? Column{.name = name} : *special;
}

/// One text for all columns: what `format` makes of each, with a separator between.
template <typename Format>
std::string list(std::string_view separator, const Format& format) {
    std::string text;
    for (const std::string_view name : user_field_names) {
        text += (text.empty() ? "" : separator);
        text += format(column_of(name));
    }
    return text;
}

/// Moodle's value, to be compared with ours.
std::string current(const Column& column) {
    return column.nullable ? fmt::format("coalesce(account.{}, '')", column.name)
                           : fmt::format("account.{}", column.name);
}

/// Whether an account has another text than a row of this table alias; NULL: as far as the row says, it has not.
std::string differs_from(std::string_view alias) {
    return list(" OR ", [alias](const Column& column) {
        return fmt::format("{} <> {}.{}", current(column), alias, column.name);
    });
}

}  // namespace

std::string user_column_definitions() {
    return list(",\n    ", [](const Column& column) { return fmt::format("{} {}", column.name, column.type); });
}

std::string compared_user_columns(const std::vector<std::size_t>& fields) {
    std::string text;
    for (const std::size_t field : fields) {
        text += (text.empty() ? "" : ", ") + current(column_of(user_field_names.at(field)));
    }
    return text;
}

void set_user_columns(SqlTemplates& sql, const std::string& lang) {
    sql.set("user.definitions", user_column_definitions());
    sql.set("user.columns", list(", ", [](const Column& column) { return std::string(column.name); }));
    sql.set("user.plan_columns", list(", ", [](const Column& column) { return fmt::format("plan.{}", column.name); }));
    sql.set("user.new_values", list(", ", [&](const Column& column) {
                if (column.name == "username") {
                    return std::string("plan.username");
                }
                return fmt::format("coalesce(plan.{}, {})", column.name,
                                   column.name == "lang" ? lang : column.unmapped);
            }));
    sql.set("user.assignments", list(",\n    ", [](const Column& column) {
                return fmt::format("{0} = coalesce(change.{0}, account.{0})", column.name);
            }));
    sql.set("user.differs", differs_from("plan"));
    sql.set("user.delta_differs", differs_from("delta"));
    sql.set("user.changes", list(" || ", [](const Column& column) {
                return fmt::format(
                    "CASE WHEN {1} <> plan.{0} "
                    "THEN jsonb_build_object('{0}', jsonb_build_array(account.{0}, plan.{0})) ELSE '{{}}' END",
                    column.name, current(column));
            }));
}

}  // namespace entstream::consumer::merge
