#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config_error.hpp"
#include "common/config/reading.hpp"
#include "common/model/after_image.hpp"
#include "consumer/delta.hpp"
#include "consumer/map/institutions.hpp"
#include "consumer/map/mapping_config.hpp"
#include "consumer/map/rule.hpp"
#include "consumer/map/selection.hpp"

namespace entstream::consumer::map {

/// Rules of one user type, by UserField; null: not mapped.
using CompiledUserFields = std::array<std::shared_ptr<const Rule>, user_field_count>;

/// Rules of a cohort's texts.
struct CohortRules {
    std::shared_ptr<const Rule> name;
    std::shared_ptr<const Rule> idnumber;
    std::shared_ptr<const Rule> description;  ///< null: cohorts have none
    std::string prefix;                       ///< CohortMapping::prefix
    std::shared_ptr<const Rule> level;        ///< null: it is not said where they are to be
    std::shared_ptr<const Rule> identifier;   ///< null: none is at category level
};

/// What each part of a mapping is compiled with.
struct Compiling {
    Institutions institutions;
    std::vector<config::Problem>& problems;
};

/// A mapping with its filters, templates and regexes compiled. Immutable; may be used from any thread.
class CompiledMapping {
  public:
    /// Adds everything that is wrong to `problems`; the result is of no use then.
    CompiledMapping(const MappingConfig& config, std::vector<config::Problem>& problems);

    struct UserType {
        std::string name;
        Selection selection;
        CompiledUserFields fields;
    };

    /// The rules for an entry; null: it is not selected.
    [[nodiscard]] const CompiledUserFields* fields_for(const AfterImage& image) const;

    Selection users;
    std::vector<UserType> types;
    bool extended_username_chars;
    std::vector<std::string> languages;
    std::map<std::string, std::shared_ptr<const Rule>> profile;  ///< custom profile fields, by short name

    bool cohorts_from_groups;
    Selection groups;  ///< matters only if there are cohorts from groups, as the next
    CohortRules cohort;

    struct FromPeople {
        Selection selection;
        std::string attribute;
        CohortRules cohort;
    };
    std::vector<FromPeople> cohorts_from_people;

    Selection roles;
    std::shared_ptr<const Rule> role;
    std::shared_ptr<const Rule> level;
    std::shared_ptr<const Rule> identifier;  ///< null: only roles at system level can be mapped
    std::map<ContextLevel, std::string> keys;

  private:
    CompiledMapping(const MappingConfig& config, const Compiling& compiling);
};

/// What is said of cohorts from groups without a select.
config::Fault missing_cohort_select();

/// The part of the level's rule that gives a level whatever the entry says: a role object whose level is not known must
/// never get one that is made up. nullopt: there is none. A rule that is a constant as a whole is meant.
std::optional<std::string> made_up_level(const FieldRule& level);
config::Fault fault_of_made_up_level();

/// What is wrong with rules that say where cohorts are to be, by the key inside their section: "level.table.X".
std::map<std::string, config::Fault> faults_of_place(const FieldRule& level, const FieldRule& identifier);

/// Context levels as configuration names them.
std::optional<ContextLevel> level_of(std::string_view name);

/// What tables of the level's rule give although it is no context level, by the key inside the rule: "table.X".
std::map<std::string, std::string> unknown_levels(const FieldRule& level);

}  // namespace entstream::consumer::map
