#pragma once

#include <pqxx/transaction_base>

#include <optional>

#include "consumer/merge/sql_templates.hpp"

namespace entstream::consumer::merge {

struct Settled {
    bool waits_for_task{};                ///< rows remain: a run of enrol_cohort's task has not ended yet
    std::optional<bool> task_is_missing;  ///< disabled or missing: nobody comes; nullopt: no run was asked for
};

/// Does what entstream.touch asks for: dirty flags with the time of now, sessions of suspended users, enrol_cohort's
/// task. Doing it twice does no harm.
/// \pre the transaction is short: what it locks is Moodle's
Settled settle(pqxx::transaction_base& transaction, const SqlTemplates& sql);

}  // namespace entstream::consumer::merge
