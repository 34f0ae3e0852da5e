// What a plan says, row by row: for people, and for those who carry it out later.

#include <pqxx/result>
#include <pqxx/transaction_base>

#include <cstdint>
#include <functional>
#include <string>

#include "consumer/merge/plan.hpp"

namespace entstream::consumer::merge {

void read_units(pqxx::transaction_base& transaction, const SqlTemplates& sql,
                const std::function<void(const ReplayUnit&)>& take) {
    constexpr const char* next_rows = "FETCH 5000 FROM units";
    transaction.exec("DECLARE units NO SCROLL CURSOR FOR SELECT jsonb_build_object('kind', kind, 'row', row) FROM (" +
                     sql("plan/units") + ") AS unit");
    for (pqxx::result rows = transaction.exec(next_rows); !rows.empty(); rows = transaction.exec(next_rows)) {
        for (const auto& row : rows) {
            take(row[0].as<std::string>());
        }
    }
    transaction.exec("CLOSE units");
}

void read_plan(pqxx::transaction_base& transaction, const SqlTemplates& sql,
               const std::function<void(const PlannedObject&)>& take) {
    constexpr const char* next_rows = "FETCH 5000 FROM planned";
    transaction.exec("DECLARE planned NO SCROLL CURSOR FOR " + sql("plan/report"));
    for (pqxx::result rows = transaction.exec(next_rows); !rows.empty(); rows = transaction.exec(next_rows)) {
        for (const auto& row : rows) {
            take({.entity = row["entity"].as(std::string()),
                  .action = row["action"].as(std::string()),
                  .uuid = row["uuid"].as(std::string()),
                  .parent = row["parent"].as(std::string()),
                  .subject = row["subject"].as(std::string()),
                  .moodle_id = row["moodle_id"].as(std::int64_t{0}),
                  .changes = row["changes"].as(std::string()),
                  .reason = row["reason"].as(std::string())});
        }
    }
    transaction.exec("CLOSE planned");
}

}  // namespace entstream::consumer::merge
