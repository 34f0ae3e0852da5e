// What a plan says, row by row: for people, and for those who carry it out later.

#include <pqxx/row>
#include <pqxx/transaction_base>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "consumer/merge/plan.hpp"
#include "consumer/merge/read_rows.hpp"

namespace entstream::consumer::merge {

namespace {

PlannedObject to_object(const pqxx::row& row) {
    return {.entity = row["entity"].as(std::string()),
            .action = row["action"].as(std::string()),
            .uuid = row["uuid"].as(std::string()),
            .parent = row["parent"].as(std::string()),
            .subject = row["subject"].as(std::string()),
            .moodle_id = row["moodle_id"].as(std::int64_t{0}),
            .changes = row["changes"].as(std::string()),
            .reason = row["reason"].as(std::string()),
            .role_id = row["role_id"].as(std::int64_t{0}),
            .context_id = row["context_id"].as(std::int64_t{0})};
}

}  // namespace

void read_units(pqxx::transaction_base& transaction, const SqlTemplates& sql,
                const std::function<void(const ReplayUnit&)>& take) {
    read_rows(transaction,
              "SELECT jsonb_build_object('kind', kind, 'row', row) FROM (" + sql("plan/units") + ") AS unit",
              [&](const pqxx::row& row) { take(row[0].as<std::string>()); });
}

std::string assigned_name(SqlTemplates sql, std::string_view relation) {
    sql.set("assigned", std::string(relation));
    return sql("plan/assigned_name");
}

void read_plan(pqxx::transaction_base& transaction, SqlTemplates sql,
               const std::function<void(const PlannedObject&)>& take) {
    sql.set("assigned_name", assigned_name(sql, "assigned"));
    sql.set("enrolment_name", sql("plan/enrolment_name"));
    read_rows(transaction, sql("plan/report"), [&](const pqxx::row& row) { take(to_object(row)); });
}

void read_decisions(pqxx::transaction_base& transaction, SqlTemplates sql, std::string_view file,
                    const std::function<void(const Decision&)>& take) {
    sql.set("assignment_name", assigned_name(sql, "assignment"));
    sql.set("place_name", assigned_name(sql, "place"));
    sql.set("named_enrolment", sql("plan/enrolment_name"));
    read_rows(transaction, sql(file), [&](const pqxx::row& row) {
        const pqxx::field version = row["version"];
        take({.object = to_object(row),
              .version = version.is_null() ? std::nullopt : std::optional(version.as<Offset>())});
    });
}

}  // namespace entstream::consumer::merge
