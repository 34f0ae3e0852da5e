#include "consumer/merge/rebuild.hpp"

#include <pqxx/except>
#include <pqxx/result>
#include <pqxx/transaction>

#include <cstddef>
#include <string_view>

#include "consumer/merge/database.hpp"
#include "consumer/merge/embedded_sql.hpp"
#include "consumer/merge/failure.hpp"
#include "consumer/merge/lease.hpp"
#include "consumer/merge/migrate.hpp"
#include "consumer/merge/moodle_check.hpp"
#include "consumer/merge/settings.hpp"
#include "consumer/merge/sql_templates.hpp"
#include "consumer/merge/time_limits.hpp"

namespace entstream::consumer::merge {
namespace {

/// What stands between the two lines of dashes of schemas/entstream/rebuild.sql: the rest is for psql.
std::string statements_of_rebuild() {
    constexpr std::string_view dashes = "\n-- ----------------";
    const std::string_view text = rebuild_sql().front().text;
    const std::size_t begin = text.find('\n', text.find(dashes) + 1);
    return std::string(text.substr(begin, text.rfind(dashes) - begin));
}

}  // namespace

ConfigChanges config_changes(const ConsumerConfig& config) {
    Connection connection(config.database);
    const std::string limits = time_limits(connection.get(), config.database.statement_timeout);
    pqxx::work transaction(connection.get());
    transaction.exec0(limits + "SET TRANSACTION READ ONLY");
    SqlTemplates sql(config.database.schema, config.database.prefix);
    find_moodle(transaction, sql, config.database);
    if (transaction.exec1("SELECT to_regclass('entstream.property')")[0].is_null()) {
        return {};
    }
    check_schema_version(transaction, config.database);
    ConfigChanges changes;
    changes.obstacles = unchangeable_settings(transaction, config);
    changes.remapped = remapped_sources(transaction, config);
    sql.set("lease_seconds", std::to_string(lease_patience.count()));
    const pqxx::result served = transaction.exec(sql("status/served"));
    if (!served.empty()) {
        changes.served_by = served[0][0].as<std::string>();
    }
    return changes;
}

void begin_rebuild(const ConsumerConfig& config, const std::string& source) {
    Connection connection(config.database);
    const std::string limits = time_limits(connection.get(), config.database.statement_timeout);
    pqxx::work transaction(connection.get());
    transaction.exec0(limits);
    check_schema_version(transaction, config.database);
    transaction.exec("SELECT token FROM entstream.lease FOR UPDATE");
    transaction.exec("SELECT set_config('entstream.rebuild_source', " + transaction.quote(source) + ", true)");
    try {
        transaction.exec(statements_of_rebuild());
    } catch (const pqxx::plpgsql_raise& refused) {
        throw TargetError(describe(config.database) + ": " + refused.what());
    }
    transaction.commit();
}

}  // namespace entstream::consumer::merge
