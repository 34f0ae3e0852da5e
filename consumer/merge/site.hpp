#pragma once

#include <pqxx/result>
#include <pqxx/transaction_base>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "consumer/merge/sql_templates.hpp"
#include "consumer/merge/target.hpp"

namespace entstream::consumer::merge {

/// Whether a Moodle can be written now (sql/site_state.sql).
struct SiteState {
    std::string version;  ///< mdl_config's `version`
    bool upgrade_running{};
    bool maintenance{};
};

/// What a transaction has to know of the Moodle site, read by its first statement (sql/site.sql).
struct Site : SiteState {
    bool logs_to_database{};      ///< the standard log store is enabled
    std::int64_t actor{};         ///< first site administrator: log rows and modifierid name him, as Moodle's cron does
    std::string protected_users;  ///< SQL array: guest and site administrators
    std::int64_t mnet_host{};     ///< mdl_user.mnethostid of local accounts
    std::string lang;             ///< of new accounts whose language is not mapped
    std::vector<std::string> languages;  ///< that the site lists ($CFG->langlist); empty: all that are installed
    std::int64_t system_context{};
    std::int64_t now{};      ///< Unix seconds by the database's clock
    bool is_live{};          ///< the first load of the source is over, and no rebuild goes on
    bool has_plan_tables{};  ///< this session of the server has the temporary tables of a plan
};

/// The codes of $CFG->langlist: "en,fr|Français".
std::vector<std::string> languages_of(std::string_view list);

SiteState read_site_state(const pqxx::row& row);
Site read_site(const pqxx::row& row);

/// Sets the site's values for the SQL of the merge.
void set_site(SqlTemplates& sql, const Site& site, const pqxx::transaction_base& transaction);

/// What was done, as rows of entstream.audit: per entity and action, or, once the site is live, per object of the plan
/// that was written. What is counted and not written (gone, spared, parked) is a row per entity and action in both
/// cases.
void write_audit(pqxx::transaction_base& transaction, SqlTemplates& sql, const Counts& counts, bool per_object);

}  // namespace entstream::consumer::merge
