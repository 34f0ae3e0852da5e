#pragma once

#include <pqxx/transaction_base>

#include <string>
#include <vector>

#include "consumer/consumer_config.hpp"
#include "consumer/merge/sql_templates.hpp"

/// Whether there is a Moodle that we can write, before anything is written.
namespace entstream::consumer::merge {

/// Looks for mdl_config with a version.
/// \returns mdl_config's `version` (2025100606)
/// \throws TargetError where there is a Moodle instead, or the remedy
std::string find_moodle(pqxx::transaction_base& transaction, const SqlTemplates& sql, const DatabaseConfig& config);

/// find_moodle(), then checks that the version is supported and that every table, column and right
/// that we need is there.
/// \returns mdl_config's `version` (2025100606): another one later means that an upgrade ran
/// \throws TargetError what is wrong, where, and the remedy
std::string check_moodle(pqxx::transaction_base& transaction, const SqlTemplates& sql, const DatabaseConfig& config);

/// What an administrator should know though it does not keep us from writing, one sentence each: accounts of our auth
/// cannot log in; another synchronisation would suspend them; the plugin that has the name of our component is missing;
/// themes of users are mapped, but not allowed.
std::vector<std::string> advice_on_moodle(pqxx::transaction_base& transaction, const SqlTemplates& sql,
                                          const ConsumerConfig& config);

/// Only the tables, columns and rights; for use after an upgrade.
/// \throws TargetError
void check_columns(pqxx::transaction_base& transaction, const SqlTemplates& sql, const DatabaseConfig& config);

}  // namespace entstream::consumer::merge
