#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "consumer/delta.hpp"

/// How entries of the directory become rows of Moodle, as configuration says it (docs/configuration.md). Plain data:
/// nothing is compiled or checked here; map::Mapper does both.
namespace entstream::consumer::map {

enum class LetterCase { keep, lower, upper };

/// In which form a rule gives a date.
enum class DateForm { none, unix_time, iso, day_month_year };

/// One text made from an entry: value (or first_of), regex, date, table, default, transliterate, case, length.
struct FieldRule {
    std::string value;                         ///< template: text with ${attribute} (first value) or ${attribute[*]}
    std::string regex;                         ///< RE2; no match gives ""; empty: no regex
    std::string rewrite = "\\1";               ///< what is made of the regex's captures; the first by default
    std::map<std::string, std::string> table;  ///< text -> text, from the configuration or from a file of its own;
                                               ///< what is not in it gives ""; empty: no table
    std::string default_value;                 ///< template, used when all that gave ""
    LetterCase letter_case = LetterCase::keep;
    std::size_t length = 0;  ///< the most characters; 0: only Moodle's own limit of the column
    /// Instead of a value: the first one whose `when` matches and that gives something counts. An element has no
    /// default, case, length, transliteration or first_of of its own, and gives nothing where one of its attributes is
    /// absent.
    std::vector<FieldRule> first_of{};
    std::string when{};              ///< of an element of first_of: RFC 4515; empty: always
    DateForm date = DateForm::none;  ///< what is no date gives ""
    std::string time_zone = "UTC";   ///< of dates, IANA's name
    bool transliterate = false;      ///< into Latin letters without accents

    bool operator==(const FieldRule&) const = default;
};

/// Whether a rule says anything; one that does not leaves its field unmapped.
bool says_something(const FieldRule& rule);

/// Rules by user_field_names; nullopt: the field is not mapped, Moodle's value stays.
using UserFieldRules = std::array<std::optional<FieldRule>, user_field_count>;

/// Kind of person: pupil, teacher ... The first one whose filter matches an entry decides.
struct UserType {
    std::string name;       ///< for who reads the configuration; changes nothing
    std::string filter;     ///< RFC 4515, evaluated on the after-image
    UserFieldRules fields;  ///< these replace those of UserMapping::fields

    bool operator==(const UserType&) const = default;
};

/// An entry that `select` or every type refuses is not wanted here: it is handled like one that left.
struct UserMapping {
    std::string select;  ///< RFC 4515; empty: everybody
    std::vector<UserType> types;
    UserFieldRules fields;
    bool extended_username_chars = false;        ///< $CFG->extendedusernamechars
    std::vector<std::string> languages{};        ///< installed language packs; empty: any
    std::map<std::string, FieldRule> profile{};  ///< custom profile fields, by mdl_user_info_field.shortname

    bool operator==(const UserMapping&) const = default;
};

/// Each value of an attribute of people names a cohort that they are members of. The rules see the entry with this one
/// value in the attribute's place; a value that gives no name or no idnumber names no cohort. The idnumber is the
/// cohort's identity: whoever gives the same one, by whatever attribute, is in the same cohort.
struct CohortsFromPeople {
    std::string name;    ///< for who reads the configuration; changes nothing
    std::string filter;  ///< RFC 4515; empty: everybody who is taken over
    std::string attribute;
    FieldRule cohort_name;
    FieldRule cohort_idnumber;
    FieldRule cohort_description;
    FieldRule cohort_level{};       ///< as CohortMapping::level
    FieldRule cohort_identifier{};  ///< as CohortMapping::identifier

    bool operator==(const CohortsFromPeople&) const = default;
};

struct CohortMapping {
    bool from_groups = true;  ///< false: no group becomes a cohort, and the rest counts for nothing but from_people
    std::string select;       ///< RFC 4515; tells groups that become cohorts from all others; never empty
    std::string prefix;       ///< of the school year, before names and idnumbers of all cohorts; empty: none
    std::optional<bool> visible{};  ///< mdl_cohort.visible; nullopt: new ones and those that come back are, others stay
    FieldRule name;
    FieldRule idnumber;
    FieldRule description;
    FieldRule level{};       ///< gives system or coursecat; says nothing: new ones are at system level, others stay
    FieldRule identifier{};  ///< names the course category (mdl_course_categories.idnumber)
    std::vector<CohortsFromPeople> from_people;

    bool operator==(const CohortMapping&) const = default;
};

/// A role object says who has which role where.
struct RoleMapping {
    std::string select;    ///< RFC 4515; empty: every role object
    FieldRule role;        ///< gives mdl_role.shortname
    FieldRule level;       ///< gives system, user, coursecat, course, module or block
    FieldRule identifier;  ///< names the category, course ...; not asked for at system level
    std::map<ContextLevel, std::string> keys = {{ContextLevel::user, "username"},
                                                {ContextLevel::category, "idnumber"},
                                                {ContextLevel::course, "idnumber"},
                                                {ContextLevel::module, "idnumber"},
                                                {ContextLevel::block, "id"}};  ///< which column the identifier is in
    /// Enrolment method beside roles in courses (mdl_enrol.enrol); empty: nobody is enrolled. Not in the fingerprint:
    /// sweeps enrol who has his role already.
    std::string enrol{};

    bool operator==(const RoleMapping&) const = default;
};

/// Whether anything says where cohorts are to be.
bool places_cohorts(const CohortMapping& cohorts);

/// The whole mapping of one target.
struct MappingConfig {
    UserMapping users;
    CohortMapping cohorts;
    RoleMapping roles;
    std::vector<std::string> institutions{};  ///< codes that %ID% stands for

    bool operator==(const MappingConfig&) const = default;
};

/// Stable across versions and machines: 32 hex digits. Another one means that rows made before may differ.
std::string fingerprint(const MappingConfig& config);

}  // namespace entstream::consumer::map
