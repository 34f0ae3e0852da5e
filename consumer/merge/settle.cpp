#include "consumer/merge/settle.hpp"

#include <pqxx/result>

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

bool task_is_missing(pqxx::transaction_base& transaction, const SqlTemplates& sql) {
    const pqxx::result task = transaction.exec("SELECT disabled FROM " + sql.table("task_scheduled") +
                                               " WHERE classname = " + sql.value("sync_task"));
    return task.empty() || task[0][0].as<int>() != 0;
}

}  // namespace

Settled settle(pqxx::transaction_base& transaction, const SqlTemplates& sql) {
    Settled settled;
    const std::map<std::string, std::int64_t> touches = waiting_touches(transaction);
    if (touches.contains("dirty_user") || touches.contains("dirty_context")) {
        transaction.exec(sql("settle_flags"));
    }
    if (touches.contains("session")) {
        transaction.exec(sql("settle_sessions"));
    }
    if (touches.contains("cohort_sync")) {
        settled.task_is_missing = task_is_missing(transaction, sql);
        transaction.exec(sql("settle_cohort_sync"));
        settled.waits_for_task = waiting_touches(transaction).contains("cohort_sync");
    }
    return settled;
}

}  // namespace entstream::consumer::merge
