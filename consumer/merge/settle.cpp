#include "consumer/merge/settle.hpp"

#include <pqxx/except>
#include <pqxx/result>
#include <pqxx/subtransaction>

#include <map>
#include <string>
#include <string_view>

#include "consumer/merge/failure.hpp"

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

void run(pqxx::dbtransaction& transaction, const SqlTemplates& sql, std::string_view file, Settled& settled) {
    try {
        pqxx::subtransaction savepoint(transaction);
        savepoint.exec(sql(file));
        savepoint.commit();
    } catch (const pqxx::sql_error& refused) {
        if (classify(std::current_exception()) != Failure::permanent) {
            throw;
        }
        settled.refused +=
            (settled.refused.empty() ? "" : ", ") + std::string(file) + " (SQLSTATE " + refused.sqlstate() + ")";
    }
}

}  // namespace

Settled settle(pqxx::dbtransaction& transaction, const SqlTemplates& sql) {
    Settled settled;
    const std::map<std::string, std::int64_t> touches = waiting_touches(transaction);
    if (touches.contains("dirty_user") || touches.contains("dirty_context")) {
        run(transaction, sql, "settle/flags", settled);
    }
    if (touches.contains("session")) {
        run(transaction, sql, "settle/sessions", settled);
    }
    if (touches.contains("cohort_sync")) {
        settled.task_is_missing = task_is_missing(transaction, sql);
        run(transaction, sql, "settle/cohort_sync", settled);
        settled.waits_for_task = waiting_touches(transaction).contains("cohort_sync");
    }
    return settled;
}

}  // namespace entstream::consumer::merge
