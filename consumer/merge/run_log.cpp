#include "consumer/merge/run_log.hpp"

#include <pqxx/transaction>

#include "consumer/merge/database.hpp"
#include "consumer/merge/migrate.hpp"
#include "consumer/merge/sql_templates.hpp"
#include "consumer/merge/time_limits.hpp"

namespace entstream::consumer::merge {
namespace {

template <typename Note>
auto noted(const ConsumerConfig& config, const Note& note) {
    Connection connection(config.database);
    const std::string limits = time_limits(connection.get(), config.database.statement_timeout);
    pqxx::work transaction(connection.get());
    transaction.exec0(limits);
    check_schema_version(transaction, config.database);
    SqlTemplates sql(config.database.schema, config.database.prefix);
    const auto result = note(transaction, sql);
    transaction.commit();
    return result;
}

}  // namespace

std::int64_t begin_run(const ConsumerConfig& config, const std::string& kind, const std::string& owner,
                       const std::string& options) {
    return noted(config, [&](pqxx::work& transaction, SqlTemplates& sql) {
        sql.set("kind", transaction.quote(kind));
        sql.set("target", transaction.quote(config.target));
        sql.set("owner", transaction.quote(owner));
        sql.set("options", transaction.quote(options));
        return transaction.exec(sql("replay/run_begin"))[0][0].as<std::int64_t>();
    });
}

void end_run(const ConsumerConfig& config, std::int64_t id, std::int64_t records, const std::string& totals,
             const std::string& outcome) {
    noted(config, [&](pqxx::work& transaction, SqlTemplates& sql) {
        sql.set("id", std::to_string(id));
        sql.set("records", std::to_string(records));
        sql.set("totals", transaction.quote(totals));
        sql.set("outcome", transaction.quote(outcome));
        return transaction.exec(sql("replay/run_end")).affected_rows();
    });
}

}  // namespace entstream::consumer::merge
