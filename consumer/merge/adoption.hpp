#pragma once

#include <pqxx/transaction_base>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "consumer/adoption_config.hpp"
#include "consumer/consumer_config.hpp"
#include "consumer/merge/sql_templates.hpp"

namespace entstream::consumer::merge {

/// In AccountAdoption::by: the name of a profile field follows.
inline constexpr std::string_view profile_key = "profile:";

/// Quotes a text as SQL does.
using Quote = std::function<std::string(const std::string&)>;

/// An array of texts, as SQL writes it.
std::string array_of(const std::vector<std::string>& texts, const Quote& quote);

/// What the SQL of the plan has to know of adoption: `{users.adopt.*}`, `{cohorts.adopt.components}`,
/// `{roles.adopt.components}`, and `{user.planned_values}`: the values of a
/// staged user, but for the fields of an adopted account that are only to be filled.
/// \param auth  of the accounts that entstream makes
void set_adoption(SqlTemplates& sql, const Adoption& adoption, const std::string& auth, const Quote& quote);

/// Whether the profile fields by which accounts are found are there and can be read: otherwise everybody would be new.
/// \throws TargetError
void check_profile_fields(pqxx::transaction_base& transaction, const SqlTemplates& sql, const ConsumerConfig& config);

/// By what accounts are found; empty: none is adopted.
std::vector<std::string> keys_of(const AccountAdoption& accounts);

/// By what cohorts are found; empty: none is adopted.
std::string key_of(const CohortAdoption& cohorts);

}  // namespace entstream::consumer::merge
