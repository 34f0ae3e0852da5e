#include "consumer/merge/approvals.hpp"

#include <pqxx/transaction>

#include <string>

#include "consumer/merge/database.hpp"
#include "consumer/merge/first_start.hpp"
#include "consumer/merge/migrate.hpp"
#include "consumer/merge/sql_templates.hpp"
#include "consumer/merge/time_limits.hpp"

namespace entstream::consumer::merge {
namespace {

/// Runs one decision. \pre the schema is there
template <typename Decide>
auto decide(const ConsumerConfig& config, const Decide& decision) {
    Connection connection(config.database);
    const std::string limits = time_limits(connection.get(), config.database.statement_timeout);
    pqxx::work transaction(connection.get());
    transaction.exec0(limits);
    check_schema_version(transaction, config.database);
    const auto decided = decision(transaction);
    transaction.commit();
    return decided;
}

}  // namespace

bool approve_first_start(const ConsumerConfig& config) {
    return decide(config, [](pqxx::work& transaction) { return approve_first_start(transaction); });
}

std::int64_t approve_adoptions(const ConsumerConfig& config, const std::optional<Uuid>& entry) {
    return decide(config, [&](pqxx::work& transaction) {
        SqlTemplates sql(config.database.schema, config.database.prefix);
        sql.set("entry", entry ? "'" + entry->to_text() + "'::uuid" : "NULL::uuid");
        std::int64_t approved = 0;
        for (const std::string& source : config.sources) {
            sql.set("source", transaction.quote(source));
            for (const char* what : {"open/adoptions_approve", "open/role_adoptions_approve"}) {
                approved += static_cast<std::int64_t>(transaction.exec(sql(what)).affected_rows());
            }
        }
        return approved;
    });
}

}  // namespace entstream::consumer::merge
