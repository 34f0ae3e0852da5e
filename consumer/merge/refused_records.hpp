#pragma once

#include <pqxx/transaction_base>

#include <string>
#include <vector>

#include "consumer/delta.hpp"
#include "consumer/merge/sql_templates.hpp"

/// entstream.refused: records that the database refuses for their data wait there until it takes them, or until a newer
/// record says more. All functions: \param sql with the source set
namespace entstream::consumer::merge {

void store_refused(pqxx::transaction_base& transaction, SqlTemplates sql, const RefusedRecord& record);

/// What a batch says anew does not wait any more.
void supersede_refused(pqxx::transaction_base& transaction, SqlTemplates sql, const Batch& batch);

/// \param after  a key: the records behind it
std::vector<RefusedRecord> read_refused(pqxx::transaction_base& transaction, SqlTemplates sql, const std::string& after,
                                        int most);

void forget_refused(pqxx::transaction_base& transaction, SqlTemplates sql, const std::vector<RefusedRecord>& records);

}  // namespace entstream::consumer::merge
