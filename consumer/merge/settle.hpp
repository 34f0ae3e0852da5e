#pragma once

#include <pqxx/dbtransaction>

#include <optional>
#include <string>

#include "consumer/merge/sql_templates.hpp"

namespace entstream::consumer::merge {

struct Settled {
    bool waits_for_task{};                ///< rows remain: a run of enrol_cohort's task has not ended yet
    std::optional<bool> task_is_missing;  ///< disabled or missing: nobody comes; nullopt: no run was asked for
    std::string refused;  ///< what the database did not let be done, with its SQLSTATE; empty: all is done
};

/// Does what entstream.touch asks for: dirty flags with the time of now, sessions of suspended users, enrol_cohort's
/// task. Doing it twice does no harm. What the database refuses for its data stays, and holds up nothing else.
/// \pre the transaction is short: what it locks is Moodle's
Settled settle(pqxx::dbtransaction& transaction, const SqlTemplates& sql);

}  // namespace entstream::consumer::merge
