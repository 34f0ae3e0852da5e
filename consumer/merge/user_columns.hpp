#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "consumer/merge/sql_templates.hpp"

namespace entstream::consumer::merge {

/// The columns of mdl_user that a mapping can fill (user_field_names), as lists for the SQL of the merge:
/// `{user.definitions}` (of a staging table), `{user.columns}`, `{user.plan_columns}`, `{user.new_values}` (of a new
/// account), `{user.assignments}`, `{user.differs}` and `{user.changes}` (JSON: what differs, old and new).
/// \param lang  of new accounts whose language is not mapped, quoted
void set_user_columns(SqlTemplates& sql, const std::string& lang);

/// `{user.definitions}` alone: the names and types.
std::string user_column_definitions();

/// The values of accounts (`account`) that are compared with these fields (places in user_field_names), never NULL.
std::string compared_user_columns(const std::vector<std::size_t>& fields);

}  // namespace entstream::consumer::merge
