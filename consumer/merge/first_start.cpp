#include "consumer/merge/first_start.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/result>

namespace entstream::consumer::merge {

FirstStart look_at_first_start(pqxx::transaction_base& transaction, const SqlTemplates& sql) {
    const pqxx::row found = transaction.exec(sql("open/first_start"))[0];
    if (found["begun"].as<bool>() || !found["has_content"].as<bool>()) {
        return FirstStart::free;
    }
    return found["approved"].as<bool>() ? FirstStart::approved : FirstStart::waits;
}

void store_first_start(pqxx::transaction_base& transaction, SqlTemplates sql, const std::vector<PlanTotal>& totals,
                       std::int64_t records) {
    nlohmann::json lines = nlohmann::json::array();
    for (const PlanTotal& total : totals) {
        nlohmann::json line = {{"entity", total.entity}, {"action", total.action}, {"objects", total.objects}};
        if (!total.reason.empty()) {
            line["reason"] = total.reason;
        }
        lines.push_back(std::move(line));
    }
    sql.set("records", std::to_string(records));
    sql.set("totals", transaction.quote(lines.dump()));
    transaction.exec(sql("open/first_start_store"));
}

bool approve_first_start(pqxx::transaction_base& transaction) {
    return transaction.exec(SqlTemplates("", "")("open/first_start_approve")).affected_rows() > 0;
}

}  // namespace entstream::consumer::merge
