#include "consumer/merge/adoption.hpp"

#include <fmt/format.h>
#include <pqxx/result>

#include <algorithm>
#include <string_view>
#include <vector>

#include "consumer/delta.hpp"
#include "consumer/merge/database.hpp"
#include "consumer/merge/failure.hpp"

namespace entstream::consumer::merge {
namespace {

bool lists(const std::vector<std::string>& texts, std::string_view text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

const char* boolean(bool value) {
    return value ? "true" : "false";
}

std::string planned_values(const AccountAdoption& accounts) {
    std::string values;
    for (const std::string_view name : user_field_names) {
        const bool is_filled = (accounts.fields == AdoptedFields::fill) != lists(accounts.except, name);
        values += values.empty() ? "" : ",\n       ";
        values += is_filled
                      ? fmt::format(
                            "CASE WHEN (link.adopted OR adopt.uuid IS NOT NULL) AND account.{0}::text <> '' THEN NULL "
                            "ELSE delta.{0} END",
                            name)
                      : fmt::format("delta.{}", name);
    }
    return values;
}

}  // namespace

std::string array_of(const std::vector<std::string>& texts, const Quote& quote) {
    std::string array;
    for (const std::string& text : texts) {
        array += (array.empty() ? "" : ", ") + quote(text);
    }
    return "ARRAY[" + array + "]::text[]";
}

void set_adoption(SqlTemplates& sql, const Adoption& adoption, const std::string& auth, const Quote& quote) {
    const AccountAdoption& accounts = adoption.users;
    sql.set("cohorts.adopt.components", array_of(adoption.cohorts.components, quote));
    sql.set("cohorts.adopt.asks", boolean(adoption.cohorts.asks));
    sql.set("cohorts.adopt.removes_members", boolean(adoption.cohorts.removes_members));
    sql.set("roles.adopt.asks", boolean(adoption.roles.asks));
    // UUIDs made of the ids of accounts that are no entry's: of version 8, which no directory gives.
    sql.set("nobody.prefix", "'e0000000-0000-8000-8000-'");
    sql.set("nobody.first", "'e0000000-0000-8000-8000-000000000000'::uuid");
    sql.set("nobody.last", "'e0000000-0000-8000-8000-ffffffffffff'::uuid");
    sql.set("roles.adopt.components", array_of(adoption.roles.components, quote));
    sql.set("users.adopt.on", boolean(accounts.mode != AdoptMode::off));
    sql.set("users.adopt.asks", boolean(accounts.mode == AdoptMode::ask));
    sql.set("users.adopt.auths", array_of(accounts.auths.empty() ? std::vector{auth} : accounts.auths, quote));
    sql.set("users.adopt.auth", accounts.changes_auth ? quote(auth) : "NULL::text");
    sql.set("users.adopt.clears_password", boolean(accounts.clears_password));
    sql.set("users.adopt.checks_idnumber", boolean(lists(accounts.by, "idnumber")));
    sql.set("user.planned_values", planned_values(accounts));
}

void check_profile_fields(pqxx::transaction_base& transaction, const SqlTemplates& sql, const ConsumerConfig& config) {
    for (const std::string& key : keys_of(config.adopt.users)) {
        if (!key.starts_with(profile_key)) {
            continue;
        }
        for (const char* name : {"user_info_field", "user_info_data"}) {
            const std::string table = transaction.quote(sql.table(name));
            if (!transaction
                     .exec("SELECT coalesce(has_table_privilege(to_regclass(" + table + "), 'SELECT'), false)")[0][0]
                     .as<bool>()) {
                throw TargetError("users.adopt.by has '" + key + "', but user '" + config.database.user +
                                  "' may not read " + sql.table(name) + " in " + describe(config.database) +
                                  ": grant SELECT on it");
            }
        }
        const std::string field = transaction.quote(key.substr(profile_key.size()));
        if (transaction.exec("SELECT FROM " + sql.table("user_info_field") + " WHERE shortname = " + field).empty()) {
            throw TargetError("users.adopt.by has '" + key + "', but the Moodle in " + describe(config.database) +
                              " has no profile field of that short name: nobody's account would be found; correct the "
                              "name (Site administration, Users, User profile fields)");
        }
    }
}

std::vector<std::string> keys_of(const AccountAdoption& accounts) {
    return accounts.mode == AdoptMode::off ? std::vector<std::string>{} : accounts.by;
}

std::string key_of(const CohortAdoption& cohorts) {
    return cohorts.components.empty() ? std::string() : cohorts.by;
}

}  // namespace entstream::consumer::merge
