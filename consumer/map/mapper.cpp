#include "consumer/map/mapper.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "common/config/config_error.hpp"
#include "consumer/map/cohorts.hpp"
#include "consumer/map/compiled_mapping.hpp"
#include "consumer/map/moodle_values.hpp"
#include "consumer/map/text.hpp"
#include "consumer/map/trace.hpp"

namespace entstream::consumer::map {

namespace {

constexpr const char* created_attribute = "createTimestamp";

constexpr std::size_t text_limit = 10000;  // of columns that have none

// Widths of the columns of mdl_user, by UserField.
constexpr std::array<std::size_t, user_field_count> user_lengths = {
    100, 255, 100, 100, 100, 255, 255, 20, 20, 255, 120, 2, 30, 255, 255, text_limit, 1, 100, 30, 50};

std::string problem_with(const std::string& fields, const std::string& reason, const std::string& remedy) {
    return fields + ": " + reason + "; " + remedy;
}

void append_sentence(std::string& text, const std::string& sentence) {
    text += (text.empty() ? "" : ". ") + sentence;
}

std::string nothing_for(const std::string& fields) {
    return problem_with(fields, "the entry gives nothing for it",
                        "complete the entry in the directory, or give the field a default in the mapping");
}

void append(std::string& fields, std::string_view field) {
    fields += fields.empty() ? "" : ", ";
    fields += field;
}

/// What else is to be said of a user's fields than that they are empty.
struct Remarks {
    bool no_address = false;       ///< what the entry gives for email is none
    bool lost_characters = false;  ///< of the username
};

/// What a field makes of a text before it is cut; empty: the text stays as it is.
FieldForm form_of(UserField field, const CompiledMapping& mapping, std::size_t length, Remarks& remarks) {
    switch (field) {
        case UserField::username:
            return [&](std::string text, Origin) {
                const std::string lower = with_case(std::move(text), LetterCase::lower);
                std::string username = clean_username(lower, mapping.extended_username_chars);
                remarks.lost_characters = username.size() != lower.size();
                return username;
            };
        case UserField::email:
            // One that is cut would be somebody else's.
            return [&, length](std::string text, Origin origin) {
                if (origin == Origin::fallback && !is_mail_address(text)) {
                    text = made_up_address(std::move(text));
                }
                const bool is_address = is_mail_address(text) && text.size() <= length;
                remarks.no_address = !is_address;
                return is_address ? text : std::string();
            };
        case UserField::country:
            return [](std::string text, Origin) { return country_code(std::move(text)); };
        case UserField::lang:
            return [&](std::string text, Origin) { return language_code(std::move(text), mapping.languages); };
        case UserField::maildisplay:
            return
                [](const std::string& text, Origin) { return text == "0" || text == "1" || text == "2" ? text : ""; };
        case UserField::timezone:
            return [](const std::string& text, Origin) { return is_time_zone(text) ? text : ""; };
        case UserField::calendartype:
        case UserField::theme:
            return [](const std::string& text, Origin) { return is_plugin_name(text) ? text : ""; };
        default:
            return {};
    }
}

/// Whether Moodle takes nothing for a value of the field; where it does not, its own value stays.
bool may_be_empty(UserField field) {
    return field != UserField::maildisplay && field != UserField::timezone && field != UserField::calendartype;
}

/// The value of a field as mdl_user takes it.
std::string user_value(const Rule& rule, UserField field, const AfterImage& image, const CompiledMapping& mapping,
                       Remarks& remarks) {
    const std::size_t length = rule.length_within(user_lengths.at(static_cast<std::size_t>(field)));
    std::string text = rule.apply(image, form_of(field, mapping, length, remarks));
    const std::size_t octets = text.size();
    text = field == UserField::idnumber ? cut_identifier(std::move(text), length) : cut(std::move(text), length);
    trace_cut(octets, text);
    return text;
}

/// What else the rule of lang gives, value by value and its default at last.
std::vector<std::string> other_languages(const Rule& rule, const std::string& first, const AfterImage& image,
                                         const CompiledMapping& mapping) {
    Trace unseen;
    const Tracing aside(unseen);
    const std::size_t length = rule.length_within(user_lengths.at(static_cast<std::size_t>(UserField::lang)));
    std::vector<std::string> given = {first};
    for (std::string next = first; !next.empty();) {
        next = rule.apply(image, [&](std::string text, Origin) {
            text = cut(language_code(std::move(text), mapping.languages), length);
            return std::find(given.begin(), given.end(), text) == given.end() ? text : std::string();
        });
        given.push_back(next);
    }
    given.pop_back();
    given.erase(given.begin());
    return given;
}

/// Takes out the fields that Moodle cannot do without and would take for empty ("0" too). \returns what is wrong with
/// the user; empty: nothing
std::string problem_of(UserDelta& user, const Remarks& remarks) {
    std::string names;
    std::string problem;
    for (const UserField field : {UserField::username, UserField::firstname, UserField::lastname, UserField::email}) {
        const std::string& text = user[field].value();
        if (!text.empty() && text != "0") {
            continue;
        }
        user[field].reset();
        if (field != UserField::email || !remarks.no_address) {
            append(names, user_field_names.at(static_cast<std::size_t>(field)));
        } else {
            problem = problem_with("email", "what the entry gives is no address",
                                   "correct the entry in the directory, or give the field a default in the mapping");
        }
    }
    std::string text = names.empty() ? std::string() : nothing_for(names);
    if (!problem.empty()) {
        append_sentence(text, problem);
    }
    if (user[UserField::username] && remarks.lost_characters) {
        append_sentence(text, problem_with("username", "characters that Moodle does not allow in it were left out",
                                           "add transliterate = true to its rule, or a regex, so that no two people "
                                           "come to the same name"));
    }
    return text;
}

/// Why a rule gives nothing for an entry of which the mapping must know something.
std::string unknown_in(const std::string& field, const Rule& rule, const AfterImage& image) {
    const std::vector<std::string> names = rule.attributes();
    const auto has = [&](const std::string& name) { return image.find(name) != nullptr; };
    if (names.empty() || std::any_of(names.begin(), names.end(), has)) {
        return problem_with(field, "the entry names no " + field + " that the mapping knows",
                            "correct the entry, let the rule of " + field +
                                " in [roles.fields] know it (regex, table), or exclude the entry with select");
    }
    std::string list;
    for (const std::string& name : names) {
        append(list, name);
    }
    return problem_with(field, "the entry has nothing that its rule reads (" + list + ")",
                        "complete the entry in the directory, or exclude it with select in [roles]");
}

/// Fills in what the role object says. \returns what is wrong with it, each part by itself; empty: nothing
std::string read_role(const CompiledMapping& mapping, const AfterImage& image, RoleDelta& role) {
    std::string problems;
    const auto report = [&](const std::string& problem) { problems += (problems.empty() ? "" : " | ") + problem; };
    trace_field("role");
    role.role = mapping.role->apply(image);
    if (role.role.empty()) {
        report(unknown_in("role", *mapping.role, image));
    }
    trace_field("level");
    const std::string level_name = mapping.level->apply(image);
    const auto level = level_of(level_name);
    if (!level) {
        report(
            level_name.empty()
                ? unknown_in("level", *mapping.level, image)
                : problem_with("level", "'" + level_name + "' is not a context level",
                               "add its code to table of level in [roles.fields], or exclude the entry with select"));
        return problems;  // whether an identifier is needed depends on it
    }
    role.level = *level;
    if (role.level == ContextLevel::system) {
        return problems;
    }
    const auto key = mapping.keys.find(role.level);
    role.context_key = key == mapping.keys.end() ? "id" : key->second;
    if (mapping.identifier == nullptr) {
        report(problem_with("identifier", "the mapping has no rule for it, which roles below system level need",
                            "write one in [roles.fields]"));
        return problems;
    }
    trace_field("identifier");
    role.context_identifier = mapping.identifier->apply(image);
    if (role.context_identifier.empty()) {
        report(unknown_in("identifier", *mapping.identifier, image));
    }
    return problems;
}

}  // namespace

Mapper::Mapper(const MappingConfig& config) : fingerprint_(map::fingerprint(config)) {
    std::vector<config::Problem> problems;
    mapping_ = std::make_unique<const CompiledMapping>(config, problems);
    if (!problems.empty()) {
        throw config::ConfigError(std::move(problems));
    }
    required_ = required_attributes_of(*mapping_);
}

Mapper::Mapper(Mapper&&) noexcept = default;
Mapper& Mapper::operator=(Mapper&&) noexcept = default;
Mapper::~Mapper() = default;

UserDelta Mapper::user(const Uuid& uuid, Offset version, const AfterImage& image) const {
    UserDelta user;
    user.uuid = uuid;
    user.version = version;
    const CompiledUserFields* rules = mapping_->fields_for(image);
    if (rules == nullptr) {
        return user;
    }
    user.present = true;
    user.created_at = image.first(created_attribute);
    Remarks remarks;
    for (std::size_t i = 0; i < user_field_count; ++i) {
        if (const auto& rule = rules->at(i)) {
            trace_field(user_field_names.at(i));
            const auto field = static_cast<UserField>(i);
            std::string text = user_value(*rule, field, image, *mapping_, remarks);
            if (!text.empty() || may_be_empty(field)) {
                user[field] = std::move(text);
            }
        }
    }
    if (const auto& lang = user[UserField::lang]; lang && !lang->empty()) {
        user.other_languages =
            other_languages(*rules->at(static_cast<std::size_t>(UserField::lang)), *lang, image, *mapping_);
    }
    user.problem = problem_of(user, remarks);
    for (const auto& [name, rule] : mapping_->profile) {
        trace_field("profile field " + name);
        user.profile.emplace_back(name, cut(rule->apply(image), rule->length_within(text_limit)));
    }
    user.cohorts = cohorts_of_person(mapping_->cohorts_from_people, version, image);
    return user;
}

CohortDelta Mapper::cohort(const Uuid& uuid, Offset version, const AfterImage& image) const {
    CohortDelta cohort;
    cohort.uuid = uuid;
    cohort.version = version;
    const bool is_selected = mapping_->cohorts_from_groups && mapping_->groups.matches(image);
    trace_filter(mapping_->cohorts_from_groups ? "cohorts.select" : "cohorts.from_groups = false",
                 mapping_->groups.text(), is_selected);
    if (!is_selected) {
        return cohort;
    }
    cohort.present = true;
    const std::string misplaced = fill_cohort(mapping_->cohort, image, cohort);
    std::string names;
    if (cohort.name.empty()) {
        append(names, "name");
    }
    if (cohort.idnumber.empty()) {
        append(names, "idnumber");
    }
    if (!names.empty()) {
        cohort.problem = nothing_for(names);
    }
    if (!misplaced.empty()) {
        append_sentence(cohort.problem, misplaced);
    }
    return cohort;
}

RoleDelta Mapper::role(const Uuid& uuid, Offset version, const AfterImage& image) const {
    RoleDelta nothing;
    nothing.uuid = uuid;
    nothing.version = version;
    const bool is_selected = mapping_->roles.matches(image);
    trace_filter("roles.select", mapping_->roles.text(), is_selected);
    if (!is_selected) {
        return nothing;
    }
    RoleDelta role = nothing;
    role.present = true;
    nothing.problem = read_role(*mapping_, image, role);
    return nothing.problem.empty() ? role : nothing;
}

std::vector<std::string> Mapper::missing_in(const v1::SourceDescription& source) const {
    return missing_attributes(required_, source);
}

}  // namespace entstream::consumer::map
