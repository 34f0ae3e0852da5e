#include "consumer/merge/overview.hpp"

#include <pqxx/result>

#include "consumer/merge/lease.hpp"
#include "consumer/merge/migrate.hpp"
#include "consumer/merge/moodle_check.hpp"
#include "consumer/merge/time_limits.hpp"

namespace entstream::consumer::merge {

Overview::Overview(const ConsumerConfig& config)
    : connection_(config.database),
      limits_(time_limits(connection_.get(), config.database.statement_timeout)),
      transaction_(connection_.get()),
      sql_(config.database.schema, config.database.prefix) {
    transaction_.exec0(limits_);
    find_moodle(transaction_, sql_, config.database);
    has_schema_ = !transaction_.exec1("SELECT to_regclass('entstream.property')")[0].is_null();
    if (has_schema_) {
        check_schema_version(transaction_, config.database);
    }
    sql_.set("target", transaction_.quote(config.target));
    sql_.set("lease_seconds", std::to_string(lease_patience.count()));
}

std::string Overview::target(int runs) {
    sql_.set("runs", std::to_string(runs));
    sql_.set("verification", sql_("verify/last"));
    sql_.set("verification_without_result", sql_("verify/without_result"));
    return transaction_.exec1(sql_("status/target"))[0].as<std::string>();
}

std::string Overview::source(const std::string& source) {
    sql_.set("source", transaction_.quote(source));
    return transaction_.exec1(sql_("status/source"))[0].as<std::string>();
}

std::string Overview::letters(const std::string& source) {
    sql_.set("source", transaction_.quote(source));
    return transaction_.exec1(sql_("status/letters"))[0].as<std::string>();
}

}  // namespace entstream::consumer::merge
