#include "consumer/adoption_config.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

#include "consumer/delta.hpp"

namespace entstream::consumer {

namespace {

using config::Fault;

constexpr std::string_view profile_key = "profile:";

bool is_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
}

std::optional<Fault> check_adoption_key(const std::string& key) {
    if (key == "idnumber" || key == "username" || key == "email" ||
        (key.starts_with(profile_key) && is_name(std::string_view(key).substr(profile_key.size())))) {
        return std::nullopt;
    }
    return Fault{.what = "'" + key + "' is nothing by which an account is found",
                 .remedy = "write idnumber, username, email, or profile: and the short name of a profile field"};
}

std::optional<Fault> check_auth(const std::string& auth) {
    return is_name(auth) ? std::nullopt
                         : std::optional(Fault{.what = "'" + auth + "' is not the name of an authentication plugin",
                                               .remedy = "write names as mdl_user.auth has them: ldap, manual, cas"});
}

std::optional<Fault> check_field(const std::string& field) {
    if (std::find(user_field_names.begin(), user_field_names.end(), field) != user_field_names.end()) {
        return std::nullopt;
    }
    return Fault{.what = "'" + field + "' is not a field of [users.fields]", .remedy = "use the names of that section"};
}

/// Components of Moodle's own that keep their rows up by themselves.
std::optional<Fault> check_adopted_component(const std::string& component) {
    if (component.starts_with("enrol_") || (!component.empty() && !is_name(component))) {
        return Fault{.what = "'" + component + "' is not a component that can be adopted",
                     .remedy =
                         "write names of plugins that do not make them any more (local_ent_installer), or \"\" "
                         "for what was made by hand"};
    }
    return std::nullopt;
}

void add_account_adoption(config::Schema& schema, AccountAdoption& adoption) {
    schema.section("users.adopt",
                   "Accounts that are in Moodle already and become those of persons in the directory, with their ids "
                   "(docs/adoption.md).");
    schema.choice("mode", adoption.mode,
                  {{"off", AdoptMode::off}, {"exact", AdoptMode::exact}, {"ask", AdoptMode::ask}},
                  "off: none, and a person whose username another account has waits. exact: where exactly one account "
                  "is found that may be taken over. ask: the same, but each one waits for `--approve adopt`.");
    schema.list("by", adoption.by,
                "How the account of a person is found: idnumber, username, email, or profile:<short name> (a profile "
                "field that has the ID number). The first of them that finds any account decides.",
                {.required = false, .check = check_adoption_key});
    schema.list("auth", adoption.auths,
                "Authentication plugins whose accounts may be taken over. Empty: `users.auth` alone.",
                {.required = false, .check = check_auth});
    schema.choice("auth_becomes", adoption.changes_auth, {{"kept", false}, {"ours", true}},
                  "The authentication plugin of such an account: stays what it was, or becomes `users.auth`.");
    schema.choice("password_becomes", adoption.clears_password, {{"kept", false}, {"not cached", true}},
                  "Its password in Moodle: stays, or is overwritten, so that only the plugin lets the person in.");
    schema.choice("fields", adoption.fields, {{"directory", AdoptedFields::directory}, {"fill", AdoptedFields::fill}},
                  "Fields of such an account, now and with each later change: brought to what the directory says, or "
                  "filled only where they are empty.");
    schema.list("except", adoption.except, "Fields for which it is the other way round.",
                {.required = false, .check = check_field});
}

}  // namespace

void add_adoption(config::Schema& schema, Adoption& adoption) {
    add_account_adoption(schema, adoption.users);
    schema.section("cohorts.adopt",
                   "Cohorts that are in Moodle already and become those of groups, with their ids and members "
                   "(docs/adoption.md).");
    schema.list(
        "components", adoption.cohorts.components,
        "Whose cohorts may be taken over: components as mdl_cohort has them, \"\" for those made by hand. Empty: "
        "none.",
        {.required = false, .check = check_adopted_component});
    schema.choice("by", adoption.cohorts.by, {{"idnumber", std::string("idnumber")}, {"name", std::string("name")}},
                  "How the cohort of a group is found.");
    schema.choice("mode", adoption.cohorts.asks, {{"exact", false}, {"ask", true}},
                  "exact: where exactly one cohort is found. ask: the same, but each one waits for `--approve adopt`.");
    schema.choice("members", adoption.cohorts.removes_members, {{"kept", false}, {"removed", true}},
                  "Members of such a cohort whom the directory does not name. removed: they leave it once all its "
                  "members are read; the guard may hold that.");
    schema.section("roles.adopt",
                   "Role assignments that are in Moodle already and that role objects give too: they become ours, "
                   "instead of a second row (docs/adoption.md).");
    schema.list("components", adoption.roles.components,
                "Whose assignments: components as mdl_role_assignments has them, \"\" for those made by hand. Empty: "
                "none.",
                {.required = false, .check = check_adopted_component});
    schema.choice("mode", adoption.roles.asks, {{"exact", false}, {"ask", true}},
                  "exact: at once. ask: each one waits for `--approve adopt`, as the other component's.");
}

void check_adoption(const Adoption& adoption, const config::Node& root, config::Reading& reading) {
    const AccountAdoption& accounts = adoption.users;
    if (accounts.mode != AdoptMode::off && accounts.by.empty()) {
        reading.add_at(root, "users.adopt.by", {"is empty: no account would be found", "name what finds one"});
    }
    if (std::set<std::string>(accounts.by.begin(), accounts.by.end()).size() != accounts.by.size()) {
        reading.add_at(root, "users.adopt.by", {"names something twice", "name each once, the surest first"});
    }
}

}  // namespace entstream::consumer
