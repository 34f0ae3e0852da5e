#pragma once

#include <pqxx/row>
#include <pqxx/transaction_base>

#include <functional>
#include <string>

namespace entstream::consumer::merge {

/// Gives the rows of a query one by one, a portion in memory at a time: a whole plan, or a table that differs as a
/// whole, has millions. One query at a time in a transaction.
void read_rows(pqxx::transaction_base& transaction, const std::string& query,
               const std::function<void(const pqxx::row&)>& take);

}  // namespace entstream::consumer::merge
