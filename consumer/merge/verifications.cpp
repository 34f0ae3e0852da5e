#include "consumer/merge/verifications.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <pqxx/transaction>

#include <algorithm>

#include "consumer/merge/database.hpp"
#include "consumer/merge/migrate.hpp"
#include "consumer/merge/sql_templates.hpp"
#include "consumer/merge/time_limits.hpp"

namespace entstream::consumer::merge {

namespace {

/// Empty: it is no difference.
std::string kind_of(const std::string& action) {
    if (action == "created" || action == "adopted") {
        return "missing";
    }
    if (action == "suspended" || action == "released" || action == "removed" || action == "held") {
        return "surplus";
    }
    const bool waits = action == "parked" || action == "spared" || action == "gone" || action == "kept";
    return waits ? "" : "different";
}

std::string to_json(const std::vector<Difference>& differences) {
    nlohmann::json list = nlohmann::json::array();
    for (const Difference& difference : differences) {
        list.push_back({{"source", difference.source},
                        {"between", difference.between},
                        {"entity", difference.entity},
                        {"kind", difference.kind},
                        {"objects", difference.objects}});
    }
    return list.dump();
}

}  // namespace

std::vector<Difference> differences_of(const std::string& source, const std::vector<PlanTotal>& totals) {
    std::vector<Difference> differences;
    for (const PlanTotal& total : totals) {
        const std::string kind = kind_of(total.action);
        if (kind.empty() || total.objects == 0) {
            continue;
        }
        const auto known = std::find_if(differences.begin(), differences.end(), [&](const Difference& difference) {
            return difference.entity == total.entity && difference.kind == kind;
        });
        if (known == differences.end()) {
            differences.push_back({.source = source,
                                   .between = "log_moodle",
                                   .entity = total.entity,
                                   .kind = kind,
                                   .objects = total.objects});
        } else {
            known->objects += total.objects;
        }
    }
    return differences;
}

void store_verification(const ConsumerConfig& config, const Verification& verification) {
    Connection connection(config.database);
    const std::string limits = time_limits(connection.get(), config.database.statement_timeout);
    pqxx::work transaction(connection.get());
    transaction.exec0(limits);
    if (transaction.exec1("SELECT to_regclass('entstream.property')")[0].is_null()) {
        return;
    }
    check_schema_version(transaction, config.database);
    SqlTemplates sql(config.database.schema, config.database.prefix);
    const auto begun_at =
        std::chrono::duration_cast<std::chrono::milliseconds>(verification.begun_at.time_since_epoch()).count();
    sql.set("target", transaction.quote(config.target));
    sql.set("begun_at", fmt::format("to_timestamp({}::double precision / 1000)", begun_at));
    sql.set("owner", transaction.quote(verification.by));
    sql.set("records", std::to_string(verification.records));
    sql.set("totals", transaction.quote(to_json(verification.differences)));
    sql.set("options", transaction.quote(verification.compared));
    sql.set("outcome", transaction.quote(verification.outcome));
    transaction.exec(sql("verify/store"));
    transaction.commit();
}

}  // namespace entstream::consumer::merge
