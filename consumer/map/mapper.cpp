#include "consumer/map/mapper.hpp"

#include <array>
#include <cstddef>
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

tl::unexpected<MappingProblem> unmappable(std::string field, std::string reason, std::string remedy) {
    return tl::unexpected(
        MappingProblem{.field = std::move(field), .reason = std::move(reason), .remedy = std::move(remedy)});
}

tl::unexpected<MappingProblem> nothing_for(const std::string& field) {
    return unmappable(field, "the entry gives nothing for it",
                      "complete the entry in the directory, or give the field a default in the mapping");
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

/// The field that Moodle cannot do without and would take for empty ("0" too); nullopt: all are there.
std::optional<UserField> field_left_empty(const UserDelta& user) {
    for (const UserField field : {UserField::username, UserField::firstname, UserField::lastname, UserField::email}) {
        const std::string& text = user[field].value();
        if (text.empty() || text == "0") {
            return field;
        }
    }
    return std::nullopt;
}

}  // namespace

std::string MappingProblem::to_text() const {
    return field + ": " + reason + "; " + remedy;
}

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

tl::expected<UserDelta, MappingProblem> Mapper::user(const Uuid& uuid, Offset version, const AfterImage& image) const {
    UserDelta user{.uuid = uuid, .version = version, .present = false, .created_at = {}, .fields = {}, .cohorts = {}};
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
    if (const auto field = field_left_empty(user)) {
        return nothing_for(std::string(user_field_names.at(static_cast<std::size_t>(*field))));
    }
    user.cohorts = cohorts_of_person(mapping_->cohorts_from_people, version, image);
    return user;
}

tl::expected<CohortDelta, MappingProblem> Mapper::cohort(const Uuid& uuid, Offset version,
                                                         const AfterImage& image) const {
    CohortDelta cohort;
    cohort.uuid = uuid;
    cohort.version = version;
    if (!mapping_->groups.matches(image)) {
        return cohort;
    }
    cohort.present = true;
    fill_cohort(mapping_->cohort, image, cohort);
    if (cohort.name.empty() || cohort.idnumber.empty()) {
        return nothing_for(cohort.name.empty() ? "name" : "idnumber");
    }
    return cohort;
}

tl::expected<RoleDelta, MappingProblem> Mapper::role(const Uuid& uuid, Offset version, const AfterImage& image) const {
    RoleDelta role;
    role.uuid = uuid;
    role.version = version;
    if (!mapping_->roles.matches(image)) {
        return role;
    }
    role.present = true;
    role.role = mapping_->role->apply(image);
    if (role.role.empty()) {
        return unmappable("role", "the entry names no role that the mapping knows",
                          "add its code to table of role in [roles.fields], or exclude the entry with select");
    }
    const std::string level_name = mapping_->level->apply(image);
    const auto level = level_of(level_name);
    if (!level) {
        return unmappable("level",
                          level_name.empty() ? "the entry names no context level that the mapping knows"
                                             : "'" + level_name + "' is not a context level",
                          "add its code to table of level in [roles.fields], or exclude the entry with select");
    }
    role.level = *level;
    if (role.level == ContextLevel::system) {
        return role;
    }
    const auto key = mapping_->keys.find(role.level);
    role.context_key = key == mapping_->keys.end() ? "id" : key->second;
    role.context_identifier = mapping_->identifier ? mapping_->identifier->apply(image) : std::string();
    if (role.context_identifier.empty()) {
        return nothing_for("identifier");
    }
    return role;
}

std::vector<std::string> Mapper::missing_in(const v1::SourceDescription& source) const {
    return missing_attributes(required_, source);
}

}  // namespace entstream::consumer::map
