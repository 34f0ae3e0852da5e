#include "consumer/merge/site.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <vector>

#include "consumer/merge/adoption.hpp"
#include "consumer/merge/failure.hpp"
#include "consumer/merge/user_columns.hpp"

namespace entstream::consumer::merge {
namespace {

/// More users than this whose rights change in one batch: one flag for the whole site instead of one each.
constexpr int most_dirty_users = 300;

std::int64_t to_number(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::string text_in(const pqxx::row& row, const char* column) {
    return row[column].is_null() ? std::string{} : row[column].as<std::string>();
}

/// "2,15" as mdl_config has it.
std::vector<std::int64_t> to_ids(std::string_view list) {
    std::vector<std::int64_t> ids;
    while (!list.empty()) {
        const std::string_view item = list.substr(0, list.find(','));
        if (const std::int64_t id = to_number(item); id > 0) {
            ids.push_back(id);
        }
        list.remove_prefix(std::min(item.size() + 1, list.size()));
    }
    return ids;
}

/// Whether the action changes rows of Moodle.
bool is_written(Action action) {
    return action != Action::parked && action != Action::spared && action != Action::gone && action != Action::held;
}

}  // namespace

std::vector<std::string> languages_of(std::string_view list) {
    constexpr std::string_view spaces = " \t\r\n";
    std::vector<std::string> codes;
    while (!list.empty()) {
        const std::string_view item = list.substr(0, list.find(','));
        list.remove_prefix(std::min(item.size() + 1, list.size()));
        std::string_view code = item.substr(0, item.find('|'));
        code.remove_prefix(std::min(code.find_first_not_of(spaces), code.size()));
        code = code.substr(0, code.find_last_not_of(spaces) + 1);
        if (!code.empty()) {
            codes.emplace_back(code);
        }
    }
    return codes;
}

SiteState read_site_state(const pqxx::row& row) {
    return {.version = text_in(row, "version"),
            // Moodle writes the time at which the upgrade counts as dead.
            .upgrade_running = to_number(text_in(row, "upgraderunning")) > row["now"].as<std::int64_t>(),
            .maintenance = to_number(text_in(row, "maintenance_enabled")) != 0};
}

Site read_site(const pqxx::row& row) {
    Site site;
    static_cast<SiteState&>(site) = read_site_state(row);
    site.now = row["now"].as<std::int64_t>();
    site.logs_to_database = text_in(row, "log_stores").find("logstore_standard") != std::string::npos;
    std::vector<std::int64_t> users = to_ids(text_in(row, "siteadmins"));
    site.actor = users.empty() ? 0 : users.front();
    users.push_back(to_number(text_in(row, "siteguest")));
    for (const std::int64_t user : users) {
        site.protected_users += (site.protected_users.empty() ? "" : ",") + std::to_string(user);
    }
    site.protected_users = "ARRAY[" + site.protected_users + "]::bigint[]";
    site.mnet_host = to_number(text_in(row, "mnet_localhost_id"));
    site.lang = text_in(row, "lang").empty() ? "en" : text_in(row, "lang");
    site.languages = languages_of(text_in(row, "langlist"));
    if (row["system_context"].is_null()) {
        throw TargetError("Moodle has no system context (context level 10): its installation was not completed");
    }
    site.system_context = row["system_context"].as<std::int64_t>();
    site.is_live = row["is_live"].as<bool>();
    site.has_plan_tables = row["has_plan_tables"].as<bool>();
    return site;
}

void set_site(SqlTemplates& sql, const Site& site, const pqxx::transaction_base& transaction) {
    sql.set("actor", std::to_string(site.actor));
    sql.set("protected", site.protected_users);
    sql.set("mnet_host", std::to_string(site.mnet_host));
    set_user_columns(sql, transaction.quote(site.lang));
    sql.set("languages", array_of(site.languages, [&](const std::string& text) { return transaction.quote(text); }));
    sql.set("system_context", std::to_string(site.system_context));
    sql.set("now", std::to_string(site.now));
    sql.set("most_dirty_users", std::to_string(most_dirty_users));
}

void write_audit(pqxx::transaction_base& transaction, SqlTemplates& sql, const Counts& counts, bool per_object) {
    std::string rows;
    bool has_objects = false;
    bool has_enrolments = false;
    for (std::size_t i = 0; i < entity_count; ++i) {
        for (std::size_t j = 0; j < action_count; ++j) {
            const auto entity = static_cast<Entity>(i);
            const auto action = static_cast<Action>(j);
            const std::int64_t objects = counts(entity, action);
            if (objects == 0) {
                continue;
            }
            if (per_object && is_written(action)) {
                has_objects = true;
                has_enrolments = has_enrolments || entity == Entity::enrolment;
            } else {
                rows += (rows.empty() ? "(" : ", (") + sql.value("source") + ", " + sql.value("first_offset") + ", " +
                        sql.value("next_offset") + ", '" + std::string(to_text(entity)) + "', '" +
                        std::string(to_text(action)) + "', " + std::to_string(objects) + ")";
            }
        }
    }
    if (!rows.empty()) {
        sql.set("rows", rows);
        transaction.exec(sql("write/audit"));
    }
    if (has_objects) {
        transaction.exec(sql("write/audit_objects"));
        if (has_enrolments) {
            transaction.exec(sql("write/audit_enrolments"));
        }
    }
}

}  // namespace entstream::consumer::merge
