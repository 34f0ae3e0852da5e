#include "consumer/merge/moodle_check.hpp"

#include <pqxx/result>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <string_view>
#include <vector>

#include "consumer/merge/database.hpp"
#include "consumer/merge/failure.hpp"

namespace entstream::consumer::merge {
namespace {

/// mdl_config's `branch`: 405 is Moodle 4.5, 501 is 5.1.
constexpr int oldest_branch = 405;
constexpr int newest_branch = 502;

struct Place {
    std::string schema;
    std::string prefix;
};

std::string setting(pqxx::transaction_base& transaction, const SqlTemplates& sql, const std::string& name) {
    const pqxx::result found =
        transaction.exec("SELECT value FROM " + sql.table("config") + " WHERE name = " + transaction.quote(name));
    return found.empty() ? std::string{} : found[0][0].as<std::string>();
}

/// Places of this database that look like a Moodle: their config table has a version.
std::vector<Place> moodles_of(pqxx::transaction_base& transaction, const SqlTemplates& sql) {
    std::vector<Place> places;
    for (const auto& row : transaction.exec(sql("open/find_moodle"))) {
        const Place place{row["schema"].as<std::string>(), row["prefix"].as<std::string>()};
        if (!setting(transaction, SqlTemplates(place.schema, place.prefix), "version").empty()) {
            places.push_back(place);
        }
    }
    return places;
}

[[noreturn]] void throw_no_moodle(pqxx::transaction_base& transaction, const SqlTemplates& sql,
                                  const DatabaseConfig& config) {
    std::string message = "no Moodle in " + describe(config) + ": " + sql.table("config") +
                          " is missing, cannot be read, or has no version";
    const std::vector<Place> places = moodles_of(transaction, sql);
    if (places.empty()) {
        message += "; there is none in this database, so check database.name and the rights of user '" + config.user +
                   "' (README, \"Point it at your own Moodle\")";
    } else {
        message += "; there is one with";
        for (const Place& place : places) {
            message += std::string(&place == places.data() ? "" : " and one with") + " database.schema = '" +
                       place.schema + "', database.prefix = '" + place.prefix + "'";
        }
    }
    throw TargetError(message);
}

bool maps_theme(const map::UserMapping& users) {
    constexpr auto theme = static_cast<std::size_t>(UserField::theme);
    return users.fields.at(theme) || std::any_of(users.types.begin(), users.types.end(),
                                                 [](const map::UserType& type) { return type.fields.at(theme); });
}

bool config_is_readable(pqxx::transaction_base& transaction, const SqlTemplates& sql) {
    const std::string name = transaction.quote(sql.table("config"));
    return transaction
        .exec("SELECT coalesce(has_table_privilege(to_regclass(" + name + "), 'SELECT') AND has_schema_privilege(" +
              "(SELECT relnamespace FROM pg_catalog.pg_class WHERE oid = to_regclass(" + name +
              ")), 'USAGE'), false)")[0][0]
        .as<bool>();
}

}  // namespace

void check_columns(pqxx::transaction_base& transaction, const SqlTemplates& sql, const DatabaseConfig& config) {
    SqlTemplates query = sql;
    query.set("schema", transaction.quote(config.schema));
    query.set("prefix", transaction.quote(config.prefix));
    const pqxx::result problems = transaction.exec(query("open/check_columns"));
    if (problems.empty()) {
        return;
    }
    std::string message = "the Moodle in " + describe(config) + " cannot be written:";
    for (const auto& row : problems) {
        message += "\n  " + row[0].as<std::string>();
    }
    throw TargetError(message + "\nGrant the missing rights to user '" + config.user +
                      "' (docs/moodle_tables_of_entstream.md); a missing column means a version of Moodle that this "
                      "program does not know");
}

std::vector<std::string> advice_on_moodle(pqxx::transaction_base& transaction, const SqlTemplates& sql,
                                          const ConsumerConfig& config) {
    std::vector<std::string> advice;
    const std::string& auth = config.auth;
    const bool always_on = auth == "manual" || auth == "nologin";
    if (!always_on && ("," + setting(transaction, sql, "auth") + ",").find("," + auth + ",") == std::string::npos) {
        advice.push_back("accounts of auth '" + auth + "' cannot log in: Moodle has not enabled that authentication " +
                         "(Site administration, Plugins, Authentication)");
    }
    const std::string allowed = setting(transaction, sql, "allowuserthemes");
    if (maps_theme(config.mapping.users) && (allowed.empty() || allowed == "0")) {
        advice.emplace_back(
            "the mapping gives people a theme, but Moodle does not use it: allow it (Site administration, Appearance, "
            "Themes, Allow user themes), or remove theme from [users.fields]");
    }
    const std::string& method = config.mapping.roles.enrol;
    if (!method.empty() && ("," + setting(transaction, sql, "enrol_plugins_enabled") + ",").find("," + method + ",") ==
                               std::string::npos) {
        advice.push_back(
            "enrolments by roles.enrol = '" + method +
            "' let nobody into a course: Moodle has not enabled that method (Site administration, Plugins, "
            "Enrolments)");
    }
    const pqxx::result tasks = transaction.exec("SELECT classname FROM " + sql.table("task_scheduled") +
                                                " WHERE component = 'auth_ldap' AND disabled = 0 ORDER BY 1");
    for (const auto& row : tasks) {
        advice.push_back("Moodle's own task " + row[0].as<std::string>() +
                         " is enabled: it suspends or deletes accounts that it does not find itself; disable it");
    }
    const std::string& component = sql.value("component");
    if (!transaction
             .exec1("SELECT EXISTS (SELECT FROM " + sql.table("config_plugins") + " WHERE plugin = " + component +
                    " AND name = 'version')")[0]
             .as<bool>()) {
        advice.push_back("Moodle has no plugin " + component +
                         ": lists of cohorts show [[pluginname]] for those that entstream makes, and administrators "
                         "have no status page; install it (deploy/moodle)");
    }
    return advice;
}

std::string find_moodle(pqxx::transaction_base& transaction, const SqlTemplates& sql, const DatabaseConfig& config) {
    std::string version = config_is_readable(transaction, sql) ? setting(transaction, sql, "version") : std::string{};
    if (version.empty()) {
        throw_no_moodle(transaction, sql, config);
    }
    return version;
}

std::string check_moodle(pqxx::transaction_base& transaction, const SqlTemplates& sql, const DatabaseConfig& config) {
    std::string version = find_moodle(transaction, sql, config);
    const std::string branch_text = setting(transaction, sql, "branch");
    int branch = 0;
    std::from_chars(branch_text.data(), branch_text.data() + branch_text.size(), branch);
    if (branch < oldest_branch || branch > newest_branch) {
        throw TargetError("the Moodle in " + describe(config) + " is release '" + setting(transaction, sql, "release") +
                          "' (branch '" + branch_text +
                          "'); supported are Moodle 4.5 to 5.2: upgrade Moodle, or use a "
                          "version of entstream that knows this release");
    }
    check_columns(transaction, sql, config);
    return version;
}

}  // namespace entstream::consumer::merge
