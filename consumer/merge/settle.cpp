#include "consumer/merge/settle.hpp"

#include <pqxx/result>
#include <pqxx/transaction>
#include <spdlog/spdlog.h>

#include <map>
#include <string>

namespace entstream::consumer::merge {
namespace {

std::map<std::string, std::int64_t> waiting_touches(pqxx::transaction_base& transaction) {
    std::map<std::string, std::int64_t> touches;
    for (const auto& row : transaction.exec("SELECT kind, count(*) FROM entstream.touch GROUP BY kind")) {
        touches[row[0].as<std::string>()] = row[1].as<std::int64_t>();
    }
    return touches;
}

void warn_if_nobody_comes(pqxx::transaction_base& transaction, const SqlTemplates& sql) {
    const pqxx::result task = transaction.exec("SELECT disabled FROM " + sql.table("task_scheduled") +
                                               " WHERE classname = " + sql.value("sync_task"));
    if (task.empty() || task[0][0].as<int>() != 0) {
        spdlog::warn(
            "members of a cohort in use have changed, but Moodle's task {} is disabled or missing: enrolments "
            "stay as they are until it runs",
            sql.value("sync_task"));
    }
}

}  // namespace

bool settle(pqxx::connection& connection, const SqlTemplates& sql) {
    pqxx::work transaction(connection);
    transaction.exec0("SET LOCAL lock_timeout = '2s'");
    const std::map<std::string, std::int64_t> touches = waiting_touches(transaction);
    if (touches.contains("dirty_user") || touches.contains("dirty_context")) {
        transaction.exec(sql("settle_flags"));
    }
    if (touches.contains("session")) {
        transaction.exec(sql("settle_sessions"));
    }
    bool waits_for_task = false;
    if (touches.contains("cohort_sync")) {
        warn_if_nobody_comes(transaction, sql);
        transaction.exec(sql("settle_cohort_sync"));
        waits_for_task = waiting_touches(transaction).contains("cohort_sync");
    }
    transaction.commit();
    return waits_for_task;
}

}  // namespace entstream::consumer::merge
