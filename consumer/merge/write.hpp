#pragma once

#include <pqxx/transaction_base>

#include "consumer/merge/plan.hpp"
#include "consumer/merge/sql_templates.hpp"

namespace entstream::consumer::merge {

/// Writes a plan (sql/write): entstream's tables, Moodle's, its log rows, and what has to be done after the commit
/// (entstream.touch). Decides nothing.
/// \param sql  with the values with which it was planned
/// \param log_rows  write mdl_logstore_standard_log too
/// \pre the transaction holds the position, and the plan is in its temporary tables
/// \returns what was done, and the plan's own counts
Counts write(pqxx::transaction_base& transaction, const SqlTemplates& sql, const Plan& plan, bool log_rows);

}  // namespace entstream::consumer::merge
