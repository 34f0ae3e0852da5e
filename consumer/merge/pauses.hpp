#pragma once

#include <pqxx/transaction_base>

#include <string>
#include <vector>

#include "consumer/consumer_config.hpp"
#include "consumer/merge/sql_templates.hpp"

/// Pauses by an operator: entstream.property has them, so that they outlive the process that serves the Moodle, which
/// looks every second. Nothing is applied while one lasts; what was decided before it is.
namespace entstream::consumer::merge {

struct Pause {
    std::string source;  ///< empty: all sources of the target
    std::string since;   ///< UTC
    std::string by;      ///< host and user, for people
    std::string why;     ///< free text; may be empty
};

/// "all sources are paused since … by …: …"
std::string to_text(const Pause& pause);

std::vector<Pause> read_pauses(pqxx::transaction_base& transaction, const SqlTemplates& sql);

/// \param source  empty: all \returns false: it was paused already
/// \throws Unreachable, AccessRefused, TargetError  no server, no right, another version's tables
bool pause(const ConsumerConfig& config, const Pause& pause);

/// \returns false: it was not paused \throws as pause()
bool resume(const ConsumerConfig& config, const std::string& source);

}  // namespace entstream::consumer::merge
