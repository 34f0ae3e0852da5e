#include "consumer/map/mapper.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "common/config/config_error.hpp"
#include "consumer/map/cohorts.hpp"
#include "consumer/map/compiled_mapping.hpp"
#include "consumer/map/text.hpp"

namespace entstream::consumer::map {

namespace {

constexpr const char* created_attribute = "createTimestamp";

// Widths of the columns of mdl_user, by UserField.
constexpr std::array<std::size_t, user_field_count> user_lengths = {100, 255, 100, 100, 100, 255, 255,
                                                                    20,  20,  255, 120, 2,   30};

std::string problem_with(const std::string& fields, const std::string& reason, const std::string& remedy) {
    return fields + ": " + reason + "; " + remedy;
}

std::string nothing_for(const std::string& fields) {
    return problem_with(fields, "the entry gives nothing for it",
                        "complete the entry in the directory, or give the field a default in the mapping");
}

void append(std::string& fields, std::string_view field) {
    fields += fields.empty() ? "" : ", ";
    fields += field;
}

bool is_country(const std::string& text) {
    const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
    return text.size() == 2 && is_letter(text[0]) && is_letter(text[1]);
}

/// The value of a field as mdl_user takes it.
std::string user_value(const Rule& rule, UserField field, const AfterImage& image, bool extended_username_chars) {
    const std::size_t length = rule.length_within(user_lengths.at(static_cast<std::size_t>(field)));
    std::string text = rule.apply(image);
    switch (field) {
        case UserField::username:
            return cut(clean_username(std::move(text), extended_username_chars), length);
        case UserField::idnumber:
            return cut_identifier(std::move(text), length);
        case UserField::country:
            // The first two letters of a country's name are another country's code.
            text = with_case(std::move(text), LetterCase::upper);
            return is_country(text) ? text : std::string();
        default:
            return cut(std::move(text), length);
    }
}

/// Takes out the fields that Moodle cannot do without and would take for empty ("0" too). \returns their names
std::string take_out_empty_fields(UserDelta& user) {
    std::string names;
    for (const UserField field : {UserField::username, UserField::firstname, UserField::lastname, UserField::email}) {
        const std::string& text = user[field].value();
        if (text.empty() || text == "0") {
            user[field].reset();
            append(names, user_field_names.at(static_cast<std::size_t>(field)));
        }
    }
    return names;
}

/// Fills in what the role object says. \returns what is wrong with it; empty: nothing
std::string read_role(const CompiledMapping& mapping, const AfterImage& image, RoleDelta& role) {
    role.role = mapping.role->apply(image);
    if (role.role.empty()) {
        return problem_with("role", "the entry names no role that the mapping knows",
                            "add its code to table of role in [roles.fields], or exclude the entry with select");
    }
    const std::string level_name = mapping.level->apply(image);
    const auto level = level_of(level_name);
    if (!level) {
        return problem_with("level",
                            level_name.empty() ? "the entry names no context level that the mapping knows"
                                               : "'" + level_name + "' is not a context level",
                            "add its code to table of level in [roles.fields], or exclude the entry with select");
    }
    role.level = *level;
    if (role.level == ContextLevel::system) {
        return {};
    }
    const auto key = mapping.keys.find(role.level);
    role.context_key = key == mapping.keys.end() ? "id" : key->second;
    role.context_identifier = mapping.identifier ? mapping.identifier->apply(image) : std::string();
    return role.context_identifier.empty() ? nothing_for("identifier") : std::string();
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
    for (std::size_t i = 0; i < user_field_count; ++i) {
        if (const auto& rule = rules->at(i)) {
            user.fields.at(i) = user_value(*rule, static_cast<UserField>(i), image, mapping_->extended_username_chars);
        }
    }
    if (const std::string names = take_out_empty_fields(user); !names.empty()) {
        user.problem = nothing_for(names);
    }
    user.cohorts = cohorts_of_person(mapping_->cohorts_from_people, version, image);
    return user;
}

CohortDelta Mapper::cohort(const Uuid& uuid, Offset version, const AfterImage& image) const {
    CohortDelta cohort;
    cohort.uuid = uuid;
    cohort.version = version;
    if (!mapping_->groups.matches(image)) {
        return cohort;
    }
    cohort.present = true;
    fill_cohort(mapping_->cohort, image, cohort);
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
    return cohort;
}

RoleDelta Mapper::role(const Uuid& uuid, Offset version, const AfterImage& image) const {
    RoleDelta nothing;
    nothing.uuid = uuid;
    nothing.version = version;
    if (!mapping_->roles.matches(image)) {
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
