#include "consumer/merge/pauses.hpp"

#include <fmt/format.h>
#include <pqxx/result>
#include <pqxx/transaction>

#include "consumer/merge/database.hpp"
#include "consumer/merge/migrate.hpp"
#include "consumer/merge/time_limits.hpp"

namespace entstream::consumer::merge {
namespace {

std::string name_of_pause(const std::string& source) {
    return source.empty() ? "pause" : "pause/" + source;
}

/// Runs one statement of sql/pause. \returns whether it changed something
bool change_pause(const ConsumerConfig& config, const char* statement, const Pause& pause) {
    Connection connection(config.database);
    const std::string limits = time_limits(connection.get(), config.database.statement_timeout);
    pqxx::work transaction(connection.get());
    transaction.exec0(limits);
    check_schema_version(transaction, config.database);
    SqlTemplates sql(config.database.schema, config.database.prefix);
    sql.set("name", transaction.quote(name_of_pause(pause.source)));
    sql.set("by", transaction.quote(pause.by));
    sql.set("why", transaction.quote(pause.why));
    const bool changed = transaction.exec(sql(statement)).affected_rows() > 0;
    transaction.commit();
    return changed;
}

}  // namespace

std::string to_text(const Pause& pause) {
    return fmt::format("{} paused since {} by {}{}{}",
                       pause.source.empty() ? "all sources are" : "source " + pause.source + " is", pause.since,
                       pause.by, pause.why.empty() ? "" : ": ", pause.why);
}

std::vector<Pause> read_pauses(pqxx::transaction_base& transaction, const SqlTemplates& sql) {
    std::vector<Pause> pauses;
    for (const auto& row : transaction.exec(sql("pause/list"))) {
        pauses.push_back({.source = row["source"].as<std::string>(),
                          .since = row["since"].as<std::string>(),
                          .by = row["by"].as<std::string>(),
                          .why = row["why"].as<std::string>()});
    }
    return pauses;
}

bool pause(const ConsumerConfig& config, const Pause& pause) {
    return change_pause(config, "pause/store", pause);
}

bool resume(const ConsumerConfig& config, const std::string& source) {
    return change_pause(config, "pause/remove", {.source = source, .since = {}, .by = {}, .why = {}});
}

}  // namespace entstream::consumer::merge
