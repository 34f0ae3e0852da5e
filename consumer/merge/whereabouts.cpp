#include "consumer/merge/whereabouts.hpp"

#include <pqxx/result>

#include "consumer/merge/moodle_check.hpp"
#include "consumer/merge/time_limits.hpp"
#include "consumer/merge/user_columns.hpp"

namespace entstream::consumer::merge {

Whereabouts::Whereabouts(const ConsumerConfig& config)
    : connection_(config.database),
      limits_(time_limits(connection_.get(), config.database.statement_timeout)),
      transaction_(connection_.get()),
      sql_(config.database.schema, config.database.prefix) {
    transaction_.exec0(limits_);
    find_moodle(transaction_, sql_, config.database);
    sql_.set("component", transaction_.quote(config.component));
    sql_.set("roles.enrol", transaction_.quote(config.mapping.roles.enrol));
    set_user_columns(sql_, "''");
}

bool Whereabouts::has_schema() {
    return !transaction_.exec1("SELECT to_regclass('entstream.enrolment')")[0].is_null();
}

std::vector<Uuid> Whereabouts::named(std::string_view username) {
    sql_.set("username", transaction_.quote(std::string(username)));
    std::vector<Uuid> entries;
    for (const auto& row : transaction_.exec(sql_("explain/named"))) {
        if (const auto uuid = Uuid::from_text(row[0].as<std::string>())) {
            entries.push_back(*uuid);
        }
    }
    return entries;
}

std::vector<Facts> Whereabouts::ask(const std::string& query, const std::string& source, const Uuid& uuid,
                                    const std::string& kind, const std::string& key) {
    sql_.set("source", transaction_.quote(source));
    sql_.set("uuid", "'" + uuid.to_text() + "'::uuid");
    sql_.set("kind", transaction_.quote(kind));
    sql_.set("key", transaction_.quote(key));
    std::vector<Facts> rows;
    for (const auto& row : transaction_.exec(sql_("explain/" + query))) {
        Facts& facts = rows.emplace_back();
        for (const auto& field : row) {
            if (!field.is_null()) {
                facts.emplace(field.name(), field.as<std::string>());
            }
        }
    }
    return rows;
}

}  // namespace entstream::consumer::merge
