#pragma once

#include <pqxx/transaction_base>

#include <string>
#include <vector>

#include "consumer/consumer_config.hpp"
#include "consumer/merge/sql_templates.hpp"

/// Reading a log again from its start (docs/rebuild.md), which is how a changed mapping comes to what is in Moodle.
namespace entstream::consumer::merge {

/// How a configuration differs from the one that the Moodle was filled with.
struct ConfigChanges {
    std::vector<std::string> obstacles;  ///< what cannot be applied at all, a sentence each, with the remedy
    std::vector<std::string> remapped;   ///< sources that were applied with another mapping
    std::string served_by;  ///< the process that serves the Moodle, with the former configuration; empty: none
};

/// Writes nothing. \throws Unreachable, AccessRefused, TargetError  no server, no right, no Moodle there
ConfigChanges config_changes(const ConsumerConfig& config);

/// When the cohorts of the former cohorts.prefix are released, if there is another one.
enum class ReleaseFormerYear {
    at_next_start,  ///< of the consumer
    now,            ///< who calls applies the log himself
};

/// Makes the next start of the consumer read the log of a source from its start, with the mapping that it has then: one
/// transaction. What stands in Moodle, and what ties it to the directory, stays. Repeating it does no harm.
/// \throws as config_changes(); TargetError: nothing of this source was applied yet
void begin_rebuild(const ConsumerConfig& config, const std::string& source,
                   ReleaseFormerYear release = ReleaseFormerYear::at_next_start);

/// For a plan of what begin_rebuild() with ReleaseFormerYear::now would lead to: makes views of the tables that it
/// changes, as they will be then (sql/stage/forgotten.sql), until the transaction ends. \param sql  with the value of
/// the source \returns templates that read the views \pre the transaction may write
SqlTemplates as_forgotten(pqxx::transaction_base& transaction, SqlTemplates sql, const ConsumerConfig& config,
                          const std::string& source);

/// Before a log is read from its start: with another cohorts.prefix the cohorts so far are released. Repeating it does
/// nothing. \param sql  with the value of the source
void release_former_year(pqxx::transaction_base& transaction, SqlTemplates sql, const ConsumerConfig& config,
                         const std::string& source);

}  // namespace entstream::consumer::merge
