#include "consumer/merge/rebuild.hpp"

#include <pqxx/result>
#include <pqxx/transaction>
#include <spdlog/spdlog.h>

#include <cstdint>

#include "consumer/merge/database.hpp"
#include "consumer/merge/failure.hpp"
#include "consumer/merge/lease.hpp"
#include "consumer/merge/migrate.hpp"
#include "consumer/merge/moodle_check.hpp"
#include "consumer/merge/settings.hpp"
#include "consumer/merge/sql_templates.hpp"
#include "consumer/merge/time_limits.hpp"

namespace entstream::consumer::merge {
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

namespace {

void forget(pqxx::transaction_base& transaction, const SqlTemplates& sql, const ConsumerConfig& config,
            const std::string& source) {
    if (transaction.exec("SELECT FROM entstream.position WHERE source = " + transaction.quote(source)).empty()) {
        throw TargetError(describe(config.database) + ": entstream.position has no source '" + source +
                          "': nothing of it was applied yet");
    }
    transaction.exec(sql("position/begin_rebuild"));
}

}  // namespace

void begin_rebuild(const ConsumerConfig& config, const std::string& source, ReleaseFormerYear release) {
    Connection connection(config.database);
    const std::string limits = time_limits(connection.get(), config.database.statement_timeout);
    pqxx::work transaction(connection.get());
    transaction.exec0(limits);
    check_schema_version(transaction, config.database);
    transaction.exec("SELECT token FROM entstream.lease FOR UPDATE");
    SqlTemplates sql(config.database.schema, config.database.prefix);
    sql.set("source", transaction.quote(source));
    if (release == ReleaseFormerYear::now) {
        release_former_year(transaction, sql, config, source);
    }
    forget(transaction, sql, config, source);
    transaction.commit();
}

SqlTemplates as_forgotten(pqxx::transaction_base& transaction, SqlTemplates sql, const ConsumerConfig& config,
                          const std::string& source) {
    sql.set("former_year", cohort_prefix_changes(transaction, config, source) ? "true" : "false");
    sql.set("component", transaction.quote(config.component));
    transaction.exec(sql("stage/forgotten"));
    for (const char* table :
         {"entstream.position", "entstream.link", "entstream.role_object", "entstream.membership", "entstream.held",
          "entstream.parked", "entstream.unmapped", "entstream.refused", "entstream.profile_value",
          "entstream.cohort_category", "entstream.removals", "entstream.former_member", "moodle.cohort"}) {
        sql.read_view_of(table);
    }
    return sql;
}

void release_former_year(pqxx::transaction_base& transaction, SqlTemplates sql, const ConsumerConfig& config,
                         const std::string& source) {
    if (!cohort_prefix_changes(transaction, config, source)) {
        return;
    }
    sql.set("component", transaction.quote(config.component));
    const auto released = transaction.exec1(sql("write/cohorts_of_former_year"))[0].as<std::int64_t>();
    record_cohort_prefix(transaction, config, source);
    if (released > 0) {
        spdlog::info(
            "source {}: cohorts.prefix is '{}' now: {} cohorts of the former one are released, with their members",
            source, config.mapping.cohorts.prefix, released);
    }
}

}  // namespace entstream::consumer::merge
