#pragma once

#include <pqxx/connection>

#include "consumer/merge/sql_templates.hpp"

namespace entstream::consumer::merge {

/// Does what entstream.touch asks for, in one short transaction: dirty flags with the time of now, sessions of
/// suspended users, enrol_cohort's task. Doing it twice does no harm. \returns true while rows remain (a run of the
/// task that has not ended yet)
bool settle(pqxx::connection& connection, const SqlTemplates& sql);

}  // namespace entstream::consumer::merge
