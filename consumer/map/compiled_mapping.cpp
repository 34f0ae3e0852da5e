#include "consumer/map/compiled_mapping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "common/config/checks.hpp"
#include "consumer/map/text_template.hpp"
#include "consumer/map/trace.hpp"

namespace entstream::consumer::map {

namespace {

using Problems = std::vector<config::Problem>;

void add_problem(Problems& problems, const std::string& key, std::string what, std::string remedy) {
    problems.push_back({.place = "mapping", .key = key, .what = std::move(what), .remedy = std::move(remedy)});
}

Selection compile_selection(const std::string& text, const std::string& key, const Compiling& compiling) {
    auto selection = Selection::parse(text, compiling.institutions);
    if (!selection) {
        add_problem(compiling.problems, key, selection.error().what, selection.error().remedy);
        return {};
    }
    return std::move(*selection);
}

std::shared_ptr<const Rule> compile_rule(const FieldRule& rule, const std::string& key, const Compiling& compiling) {
    return says_something(rule)
               ? std::make_shared<const Rule>(Rule::compile(rule, key, compiling.problems, compiling.institutions))
               : nullptr;
}

std::shared_ptr<const Rule> compile_required(const FieldRule& rule, const std::string& key,
                                             const Compiling& compiling) {
    auto compiled = compile_rule(rule, key, compiling);
    if (compiled == nullptr) {
        add_problem(compiling.problems, key, "is missing",
                    "set it; a section of the file replaces all of the built-in one, which --print-mapping prints");
    }
    return compiled;
}

/// A rule that has nothing built in for it.
std::shared_ptr<const Rule> compile_own(const FieldRule& rule, const std::string& key, const Compiling& compiling) {
    auto compiled = compile_rule(rule, key, compiling);
    if (compiled == nullptr) {
        add_problem(compiling.problems, key, "is missing",
                    "write a template, like \"${ENTEleveClasses}\", or a table with one");
    }
    return compiled;
}

void compile_place(const FieldRule& level, const FieldRule& identifier, const std::string& section,
                   const Compiling& compiling, CohortRules& cohort) {
    cohort.level = compile_rule(level, section + ".level", compiling);
    cohort.identifier = compile_rule(identifier, section + ".identifier", compiling);
    for (auto& [key, fault] : faults_of_place(level, identifier)) {
        add_problem(compiling.problems, fmt::format("{}.{}", section, key), fault.what, fault.remedy);
    }
}

CohortRules compile_groups(const CohortMapping& config, const Compiling& compiling) {
    if (config.select.empty()) {
        config::Fault fault = missing_cohort_select();
        add_problem(compiling.problems, "cohorts.select", std::move(fault.what), std::move(fault.remedy));
    }
    CohortRules cohort{.name = compile_required(config.name, "cohorts.fields.name", compiling),
                       .idnumber = compile_required(config.idnumber, "cohorts.fields.idnumber", compiling),
                       .description = compile_rule(config.description, "cohorts.fields.description", compiling),
                       .prefix = config.prefix,
                       .level = nullptr,
                       .identifier = nullptr};
    compile_place(config.level, config.identifier, "cohorts.fields", compiling, cohort);
    return cohort;
}

CompiledMapping::FromPeople compile_from_people(const CohortsFromPeople& from_people, const std::string& prefix,
                                                const std::string& key, const Compiling& compiling) {
    if (auto fault = config::check_attribute(from_people.attribute)) {
        add_problem(compiling.problems, key + ".attribute", std::move(fault->what), std::move(fault->remedy));
    }
    CohortRules cohort{
        .name = compile_own(from_people.cohort_name, key + ".fields.name", compiling),
        .idnumber = compile_own(from_people.cohort_idnumber, key + ".fields.idnumber", compiling),
        .description = compile_rule(from_people.cohort_description, key + ".fields.description", compiling),
        .prefix = prefix,
        .level = nullptr,
        .identifier = nullptr};
    compile_place(from_people.cohort_level, from_people.cohort_identifier, key + ".fields", compiling, cohort);
    return {.selection = compile_selection(from_people.filter, key + ".filter", compiling),
            .attribute = from_people.attribute,
            .cohort = std::move(cohort)};
}

/// The rules of `base`, with those of `fields` in their place.
CompiledUserFields compile_fields(const UserFieldRules& fields, const std::string& key, CompiledUserFields base,
                                  const Compiling& compiling) {
    for (std::size_t i = 0; i < user_field_count; ++i) {
        if (const auto& rule = fields.at(i)) {
            base.at(i) = compile_rule(*rule, key + '.' + std::string(user_field_names.at(i)), compiling);
        }
    }
    return base;
}

/// Whether a template gives the same text for every entry.
bool is_constant(const std::string& text) {
    const auto parsed = TextTemplate::parse(text, Institutions({"any"}));
    return !text.empty() && parsed && parsed->attributes().empty();
}

/// Levels that cohorts cannot be at, and what looked up in Moodle must not be cut, by the key inside the rule.
void add_faults_of_level(const FieldRule& level, const std::string& key, std::map<std::string, config::Fault>& faults) {
    const auto check = [&](const std::string& at, const std::string& text) {
        if (const auto known = level_of(text);
            !known || (*known != ContextLevel::system && *known != ContextLevel::category)) {
            faults.emplace(at, config::Fault{.what = "'" + text + "' is not where a cohort can be",
                                             .remedy = "use system or coursecat"});
        }
    };
    // What stands before a table or a regex is not the level yet.
    if (level.table.empty() && level.regex.empty()) {
        if (is_constant(level.value)) {
            check(key + "value", level.value);
        }
    }
    if (is_constant(level.default_value)) {
        check(key + "default", level.default_value);
    }
    for (const auto& [from, to] : level.table) {
        check(fmt::format("{}table.{}", key, from), to);
    }
    for (std::size_t i = 0; level.table.empty() && i < level.first_of.size(); ++i) {
        add_faults_of_level(level.first_of[i], key + "first_of[" + std::to_string(i + 1) + "].", faults);
    }
}

/// Moodle has no user without these.
void require_user_fields(const CompiledUserFields& fields, const std::string& key, const Compiling& compiling) {
    for (const UserField field : {UserField::username, UserField::firstname, UserField::lastname, UserField::email}) {
        const auto index = static_cast<std::size_t>(field);
        if (fields.at(index) == nullptr) {
            add_problem(compiling.problems, key + '.' + std::string(user_field_names.at(index)), "is missing",
                        "set it here or in [users.fields]; a section of the file replaces all of the built-in one, "
                        "which --print-mapping prints");
        }
    }
}

}  // namespace

CompiledMapping::CompiledMapping(const MappingConfig& config, Problems& problems)
    : CompiledMapping(config, Compiling{.institutions = Institutions(config.institutions), .problems = problems}) {}

CompiledMapping::CompiledMapping(const MappingConfig& config, const Compiling& compiling)
    : users(compile_selection(config.users.select, "users.select", compiling)),
      extended_username_chars(config.users.extended_username_chars),
      languages(config.users.languages),
      cohorts_from_groups(config.cohorts.from_groups),
      groups(compile_selection(config.cohorts.select, "cohorts.select", compiling)),
      cohort(config.cohorts.from_groups ? compile_groups(config.cohorts, compiling) : CohortRules{}),
      roles(compile_selection(config.roles.select, "roles.select", compiling)),
      role(compile_required(config.roles.role, "roles.fields.role", compiling)),
      level(compile_required(config.roles.level, "roles.fields.level", compiling)),
      identifier(compile_rule(config.roles.identifier, "roles.fields.identifier", compiling)),
      keys(config.roles.keys) {
    const CompiledUserFields base = compile_fields(config.users.fields, "users.fields", {}, compiling);
    for (const map::UserType& type : config.users.types) {
        const std::string key = "users.type[" + std::to_string(types.size() + 1) + ']';
        types.push_back({.name = type.name,
                         .selection = compile_selection(type.filter, key + ".filter", compiling),
                         .fields = compile_fields(type.fields, key + ".fields", base, compiling)});
        require_user_fields(types.back().fields, key + ".fields", compiling);
    }
    for (const auto& [name, rule] : config.users.profile) {
        profile.emplace(name, compile_required(rule, "users.profile." + name, compiling));
    }
    if (types.empty()) {
        add_problem(compiling.problems, "users.type", "is missing: nobody would be taken over",
                    "add [[users.type]] tables with a name and a filter");
    }
    for (const CohortsFromPeople& cohorts : config.cohorts.from_people) {
        const std::string key = "cohorts.from_people[" + std::to_string(cohorts_from_people.size() + 1) + ']';
        cohorts_from_people.push_back(compile_from_people(cohorts, config.cohorts.prefix, key, compiling));
    }
    if (const auto made_up = made_up_level(config.roles.level)) {
        config::Fault fault = fault_of_made_up_level();
        add_problem(compiling.problems, "roles.fields.level." + *made_up, std::move(fault.what),
                    std::move(fault.remedy));
    }
    for (const auto& [key, text] : unknown_levels(config.roles.level)) {
        add_problem(compiling.problems, "roles.fields.level." + key, "'" + text + "' is not a context level",
                    "use system, user, coursecat, course, module or block");
    }
}

const CompiledUserFields* CompiledMapping::fields_for(const AfterImage& image) const {
    const bool is_selected = users.matches(image);
    trace_filter("users.select", users.text(), is_selected);
    if (!is_selected) {
        return nullptr;
    }
    const auto type = std::find_if(types.begin(), types.end(), [&](const UserType& candidate) {
        const bool matches = candidate.selection.matches(image);
        trace_filter("type " + in_quotes(candidate.name), candidate.selection.text(), matches);
        return matches;
    });
    return type == types.end() ? nullptr : &type->fields;
}

config::Fault missing_cohort_select() {
    return {.what =
                "says nothing: every group of the directory would become a cohort, also those that stand for roles, "
                "rights or mailing lists",
            .remedy =
                "write a filter that only the groups of classes and the like match, as "
                "\"(cn=*:Etablissements:*)\" or \"(objectClass=ENTClasse)\", or from_groups = false if no group "
                "is to become a cohort"};
}

std::optional<std::string> made_up_level(const FieldRule& level) {
    if (is_constant(level.default_value)) {
        return "default";
    }
    for (std::size_t i = 0; i < level.first_of.size(); ++i) {
        if (level.first_of[i].when.empty() && is_constant(level.first_of[i].value)) {
            return "first_of[" + std::to_string(i + 1) + ']';
        }
    }
    return std::nullopt;
}

config::Fault fault_of_made_up_level() {
    return {.what = "would give roles at a level that the directory does not name",
            .remedy = "remove it: a role object without a level is reported, and gives no role"};
}

std::map<std::string, config::Fault> faults_of_place(const FieldRule& level, const FieldRule& identifier) {
    std::map<std::string, config::Fault> faults;
    add_faults_of_level(level, "level.", faults);
    const bool always_system = level.value == "system" && level.table.empty() && level.regex.empty();
    if (says_something(level) && !always_system && !says_something(identifier)) {
        faults.emplace("identifier", config::Fault{.what = "is missing, which cohorts at level coursecat need",
                                                   .remedy = "write a rule that gives the ID number of the course "
                                                             "category"});
    }
    if (says_something(identifier) && !says_something(level)) {
        faults.emplace("level", config::Fault{.what = "is missing: identifier alone says nothing",
                                              .remedy = "write level = \"coursecat\""});
    }
    for (const auto& [name, rule] : {std::pair("level.length", &level), std::pair("identifier.length", &identifier)}) {
        if (rule->length > 0) {
            faults.emplace(
                name, config::Fault{.what = "does not go with what is looked up in Moodle", .remedy = "remove it"});
        }
    }
    return faults;
}

std::optional<ContextLevel> level_of(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, ContextLevel>, 6> levels = {{{"system", ContextLevel::system},
                                                                                  {"user", ContextLevel::user},
                                                                                  {"coursecat", ContextLevel::category},
                                                                                  {"course", ContextLevel::course},
                                                                                  {"module", ContextLevel::module},
                                                                                  {"block", ContextLevel::block}}};
    for (const auto& [text, level] : levels) {
        if (text == name) {
            return level;
        }
    }
    return std::nullopt;
}

std::map<std::string, std::string> unknown_levels(const FieldRule& level) {
    std::map<std::string, std::string> unknown;
    for (const auto& [from, to] : level.table) {
        if (!level_of(to)) {
            unknown.emplace("table." + from, to);
        }
    }
    // With a table of its own the rule looks up there what its elements give.
    for (std::size_t i = 0; level.table.empty() && i < level.first_of.size(); ++i) {
        for (const auto& [key, text] : unknown_levels(level.first_of[i])) {
            unknown.emplace("first_of[" + std::to_string(i + 1) + "]." + key, text);
        }
    }
    return unknown;
}

}  // namespace entstream::consumer::map
