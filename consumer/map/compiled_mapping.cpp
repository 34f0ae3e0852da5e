#include "consumer/map/compiled_mapping.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "common/config/checks.hpp"

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

CompiledMapping::FromPeople compile_from_people(const CohortsFromPeople& from_people, const std::string& key,
                                                const Compiling& compiling) {
    if (auto fault = config::check_attribute(from_people.attribute)) {
        add_problem(compiling.problems, key + ".attribute", std::move(fault->what), std::move(fault->remedy));
    }
    return {.selection = compile_selection(from_people.filter, key + ".filter", compiling),
            .attribute = from_people.attribute,
            .cohort = {
                .name = compile_own(from_people.cohort_name, key + ".fields.name", compiling),
                .idnumber = compile_own(from_people.cohort_idnumber, key + ".fields.idnumber", compiling),
                .description = compile_rule(from_people.cohort_description, key + ".fields.description", compiling)}};
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
      groups(compile_selection(config.cohorts.select, "cohorts.select", compiling)),
      cohort({.name = compile_required(config.cohorts.name, "cohorts.fields.name", compiling),
              .idnumber = compile_required(config.cohorts.idnumber, "cohorts.fields.idnumber", compiling),
              .description = compile_rule(config.cohorts.description, "cohorts.fields.description", compiling)}),
      roles(compile_selection(config.roles.select, "roles.select", compiling)),
      role(compile_required(config.roles.role, "roles.fields.role", compiling)),
      level(compile_required(config.roles.level, "roles.fields.level", compiling)),
      identifier(compile_rule(config.roles.identifier, "roles.fields.identifier", compiling)),
      keys(config.roles.keys) {
    const CompiledUserFields base = compile_fields(config.users.fields, "users.fields", {}, compiling);
    for (const map::UserType& type : config.users.types) {
        const std::string key = "users.type[" + std::to_string(types.size() + 1) + ']';
        types.push_back({.selection = compile_selection(type.filter, key + ".filter", compiling),
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
        cohorts_from_people.push_back(compile_from_people(cohorts, key, compiling));
    }
    for (const auto& [key, text] : unknown_levels(config.roles.level)) {
        add_problem(compiling.problems, "roles.fields.level." + key, "'" + text + "' is not a context level",
                    "use system, user, coursecat, course, module or block");
    }
}

const CompiledUserFields* CompiledMapping::fields_for(const AfterImage& image) const {
    if (!users.matches(image)) {
        return nullptr;
    }
    const auto type = std::find_if(types.begin(), types.end(),
                                   [&](const UserType& candidate) { return candidate.selection.matches(image); });
    return type == types.end() ? nullptr : &type->fields;
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
