#pragma once

#include <pqxx/transaction_base>

#include <vector>

#include "consumer/delta.hpp"
#include "consumer/merge/sql_templates.hpp"

namespace entstream::consumer::merge {

/// Adds to entstream.removals what a batch's DELETEs say that they belong to.
/// \pre removals is not empty; \param sql with the source set
void note_removals(pqxx::transaction_base& transaction, SqlTemplates sql, const std::vector<RemovalTotals>& removals);

}  // namespace entstream::consumer::merge
