#pragma once

#include <pqxx/transaction_base>

#include "consumer/consumer_config.hpp"

namespace entstream::consumer::merge {

enum class Migration {
    to_stay,
    for_a_look,  ///< the transaction is rolled back: nothing is said of it
};

/// Creates the schema `entstream`, or brings it to this program's version, in the given transaction. Programs that
/// start at the same time take turns (advisory lock until the end of the transaction).
/// \returns whether there was something to do
/// \throws TargetError the schema is newer than this program, belongs to another Moodle of the same database, or may
///         not be created
bool migrate(pqxx::transaction_base& transaction, const DatabaseConfig& config,
             Migration migration = Migration::to_stay);

/// Whether the schema `entstream` is of this program's version, and of this Moodle. Reads only. \throws TargetError
void check_schema_version(pqxx::transaction_base& transaction, const DatabaseConfig& config);

}  // namespace entstream::consumer::merge
