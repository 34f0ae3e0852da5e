#pragma once

#include <pqxx/transaction_base>

#include <cstdint>
#include <string>
#include <vector>

#include "consumer/merge/sql_templates.hpp"
#include "consumer/merge/target.hpp"

/// The first start on a site that has content: entstream.run has what it would do, and whether somebody approved it.
namespace entstream::consumer::merge {

/// \param sql  with the values of a source and of the site set
FirstStart look_at_first_start(pqxx::transaction_base& transaction, const SqlTemplates& sql);

/// Stores what a first start would do, for who approves it.
/// \param records  of the log that were read
void store_first_start(pqxx::transaction_base& transaction, SqlTemplates sql, const std::vector<PlanTotal>& totals,
                       std::int64_t records);

/// \returns whether there was one that waits
bool approve_first_start(pqxx::transaction_base& transaction);

}  // namespace entstream::consumer::merge
