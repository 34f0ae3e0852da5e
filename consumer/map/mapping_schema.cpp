#include "consumer/map/mapping_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "common/config/checks.hpp"
#include "common/config/config_error.hpp"
#include "consumer/map/compiled_mapping.hpp"
#include "consumer/map/default_mapping.hpp"
#include "consumer/map/institutions.hpp"
#include "consumer/map/moodle_values.hpp"
#include "consumer/map/rule_schema.hpp"

namespace entstream::consumer::map {

namespace {

using config::Fault;
using config::Node;
using config::Reading;
using config::Schema;

std::optional<Fault> check_language(const std::string& code) {
    if (language_code(code, {}) == code) {
        return std::nullopt;
    }
    return Fault{.what = "'" + code + "' is not the code of a language pack",
                 .remedy = "write it as Moodle does: fr, fr_ca"};
}

std::optional<Fault> check_enrolment(const std::string& method) {
    // These enrol whom their own rules name, and nobody else.
    constexpr std::array<std::string_view, 4> of_their_own = {"category", "cohort", "guest", "meta"};
    const bool is_name = !method.empty() && method.front() >= 'a' && method.front() <= 'z' &&
                         method.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
    if (!is_name && !method.empty()) {
        return Fault{.what = "'" + method + "' is not the name of an enrolment method",
                     .remedy = "write it as Moodle does: manual"};
    }
    if (std::find(of_their_own.begin(), of_their_own.end(), method) != of_their_own.end()) {
        return Fault{.what = "the method '" + method + "' enrols whom its own rules name",
                     .remedy = "name one by which single persons are enrolled: manual"};
    }
    return std::nullopt;
}

/// Reports each text that has %ID% in it, at its own place.
void report_institution_marks(const Node& node, const std::string& key, Reading& reading) {
    if (const std::string* text = node.text()) {
        if (text->find(institution_mark) != std::string::npos) {
            reading.add(node, key, Institutions::missing());
        }
    } else if (const Node::List* list = node.list()) {
        for (std::size_t i = 0; i < list->size(); ++i) {
            report_institution_marks((*list)[i], key + '[' + std::to_string(i + 1) + ']', reading);
        }
    } else if (const Node::Table* table = node.table()) {
        for (const auto& [name, element] : *table) {
            report_institution_marks(element, fmt::format("{}.{}", key, name), reading);
        }
    }
}

std::optional<Fault> check_year(const std::string& text) {
    constexpr std::size_t most = 30;
    const bool is_plain = std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > ' ' && c < 0x7F; });
    if (is_plain && text.size() <= most && text.find_first_of("<>") == std::string::npos) {
        return std::nullopt;
    }
    return Fault{.what = "cannot stand before names and ID numbers",
                 .remedy = "write a short word of ASCII letters, digits and signs, like 2026 or 2026-2027"};
}

void add_user_fields(Schema& schema, UserFieldRules& fields) {
    constexpr std::array<std::string_view, user_field_count> descriptions = {
        "Login name: lower case; what Moodle does not allow in it is left out, and said.",
        "ID number.",
        "First name.",
        "Surname.",
        "Email address. What is no address to Moodle is taken for absent; accents are taken off a default.",
        "Institution.",
        "Department.",
        "Phone.",
        "Mobile phone.",
        "Address.",
        "City or town.",
        "Country: a two-letter code of ISO 3166; anything else is taken for absent.",
        "Language: the code of a language pack, fr or fr_ca; anything else, or none of languages, is taken for "
        "absent.",
        "Middle name.",
        "Alternate name.",
        "Description.",
        "Who sees the email address: 0 hidden, 1 everybody, 2 who is in a course with the person. Anything else is "
        "taken "
        "for absent.",
        "Time zone: 99 (that of the site) or a name like Europe/Paris; anything else is taken for absent.",
        "Calendar: gregorian, or the name of another calendar type that the site has.",
        "Theme. Moodle uses it only where the site allows it (`$CFG->allowuserthemes`)."};
    for (std::size_t i = 0; i < user_field_count; ++i) {
        auto& field = fields.at(i);
        config::Property property = rule_property(field.value_or(FieldRule{}), std::string(descriptions.at(i)));
        property.read = [&field](const Node& node, const std::string& key, Reading& reading) {
            read_rule(node, key, reading, field.emplace());
        };
        schema.custom(std::string(user_field_names.at(i)), std::move(property));
    }
}

/// [users.profile]: rules by the short names of profile fields.
void add_profile(Schema& schema, std::map<std::string, FieldRule>& profile) {
    config::Property property;
    property.shape = config::Shape::table;
    property.type = "table of rules";
    property.description =
        "Custom profile fields by their short name, `[users.profile]` with a rule for each: fields of the types text, "
        "menu (the option as it is written), checkbox (0 or 1) and datetime (`date = \"unix\"`). Where Moodle lacks "
        "the "
        "field, or it does not take the value, the value waits and is tried again.";
    property.read = [&profile](const Node& node, const std::string& key, Reading& reading) {
        if (node.table() == nullptr) {
            reading.add(node, key, {"must be a table", "write [users.profile] with a rule per field"});
            return;
        }
        for (const auto& [name, rule] : *node.table()) {
            const std::string rule_key = fmt::format("{}.{}", key, name);
            if (!is_profile_field(name)) {
                reading.add(rule, rule_key, {"is not the short name of a profile field", "use letters, digits and _"});
            }
            read_rule(rule, rule_key, reading, profile[name]);
        }
    };
    schema.custom("profile", std::move(property));
}

void describe_type(Schema& schema, UserType& type) {
    schema.text("name", type.name, "Says what kind it is to who reads the file: \"pupil\".",
                {.required = true, .secret = false, .check = {}});
    schema.text("filter", type.filter, "Which entries are of this type.",
                {.required = true, .secret = false, .check = check_selection});
    config::Property fields;
    fields.shape = config::Shape::table;
    fields.type = "table of rules";
    fields.description = "Rules that replace those of [users.fields] for this type: [users.type.fields].";
    UserFieldRules sample;
    Schema columns;
    add_user_fields(columns, sample);
    fields.columns = columns.properties();
    for (config::Property& column : fields.columns) {
        column.read = nullptr;  // it is bound to the sample
    }
    fields.read = [&type](const Node& node, const std::string& key, Reading& reading) {
        if (node.table() == nullptr) {
            reading.add(node, key, {"must be a table", "write [users.type.fields] with a rule per field"});
            return;
        }
        Schema keys;
        add_user_fields(keys, type.fields);
        keys.read_nested(node, key + '.', reading);
    };
    schema.custom("fields", std::move(fields));
}

/// Where cohorts are to be.
void add_place(Schema& schema, FieldRule& level, FieldRule& identifier) {
    add_rule(
        schema, "level", level,
        "Context level: `\"system\"` or `\"coursecat\"`. A cohort that is elsewhere is moved there. Without it new "
        "ones are at system level, and each stays where it is.");
    add_rule(schema, "identifier", identifier,
             "At level coursecat: the ID number of the course category. While Moodle has none of it, or several, a new "
             "cohort waits, and one that is there stays where it is; sweeps look again.");
}

void describe_from_people(Schema& schema, CohortsFromPeople& from_people) {
    schema.text("name", from_people.name, "Says what they are to who reads the file: \"classes\".",
                {.required = true, .secret = false, .check = {}});
    schema.text("filter", from_people.filter, "Whose values count. Empty: those of everybody who is taken over.",
                {.required = false, .secret = false, .check = check_selection});
    schema.text("attribute", from_people.attribute, "The attribute. The producer must publish it.",
                {.required = true, .secret = false, .check = config::check_attribute});
    schema.section("fields", "");
    add_rule(schema, "idnumber", from_people.cohort_idnumber,
             "ID number, by which the cohort is known: whoever has a value that gives the same one is in the same "
             "cohort. A rule without attributes puts everybody who has a value into one.",
             true);
    add_rule(schema, "name", from_people.cohort_name,
             "Name. It should follow from what the ID number is made of: the latest record counts.", true);
    add_rule(schema, "description", from_people.cohort_description, "Description.");
    add_place(schema, from_people.cohort_level, from_people.cohort_identifier);
}

/// Whether the file has this section, with something in it.
bool has_section(const Node& root, const std::string& section) {
    const Node* node = root.find(section);
    return node != nullptr && (node->table() == nullptr || !node->table()->empty());
}

/// Whether the file gives a rule; a faulty one counts, since that is said elsewhere.
bool gives_rule(const Node& root, const std::string& key) {
    const Node* node = root.find(key);
    return node != nullptr && (node->text() == nullptr || !node->text()->empty());
}

void require_rules(const Node& root, const std::string& section, std::initializer_list<std::string_view> names,
                   Reading& reading) {
    for (const std::string_view name : names) {
        const std::string key = section + '.' + std::string(name);
        if (has_section(root, section) && !gives_rule(root, key)) {
            reading.add_at(root, section,
                           {"has no rule for " + std::string(name) +
                                ": what stands in the file replaces all of the built-in section",
                            "copy the rule from what --print-mapping prints, or write one"});
        }
    }
}

}  // namespace

void add_user_mapping(Schema& schema, UserMapping& mapping) {
    schema.text("select", mapping.select,
                "Which users this Moodle takes: a filter over their published attributes. Empty: all. Who ceases to "
                "match is handled like one who left.",
                {.required = false, .secret = false, .check = check_selection});
    schema.boolean("extended_username_chars", mapping.extended_username_chars,
                   "Set it if the site has `$CFG->extendedusernamechars`.");
    schema.list("languages", mapping.languages,
                "Language packs that the site has. Empty: it is not looked at which there are.",
                {.required = false, .check = check_language});
    schema.tables("type", mapping.types,
                  "Kinds of persons. The first one whose filter matches counts; who matches none is not taken. Without "
                  "any in the file: pupil, teacher, staff and parent of the SDET.",
                  describe_type);
    add_profile(schema, mapping.profile);
    schema.section("users.fields",
                   "Fields of mdl_user. A field without a rule keeps what it has in Moodle. What stands here replaces "
                   "all of the built-in rules.");
    add_user_fields(schema, mapping.fields);
}

void add_group_mappings(Schema& schema, CohortMapping& cohorts, RoleMapping& roles) {
    schema.section("cohorts", "Groups become cohorts.");
    schema.boolean("from_groups", cohorts.from_groups,
                   "Whether they do. false: no group becomes a cohort; those of cohorts.from_people stay.");
    schema.text("select", cohorts.select,
                "Which groups become cohorts: a filter that tells them from groups that stand for roles, rights or "
                "mailing lists. It cannot be empty, and a file with rules of its own in [cohorts.fields] needs one of "
                "its own: the default belongs to the built-in rules.",
                {.required = false, .secret = false, .check = check_selection});
    schema.text(
        "prefix", cohorts.prefix,
        "The school year, before every cohort: \"2026\" gives the name \"2026 4EME1\" and the ID number "
        "\"2026_4EME1\". With another one, after a rebuild (docs/rebuild.md), the cohorts so far are released with "
        "their members, and every group and value gets a new one.",
        {.required = false, .secret = false, .check = check_year});
    schema.boolean(
        "visible", cohorts.visible,
        "Whether cohorts can be seen in courses by those who enrol: new ones, and those that are there with the next "
        "record of theirs. Without it: new ones can, and each keeps what it has.");
    schema.tables("from_people", cohorts.from_people,
                  "Each value of an attribute of persons gives a cohort that they are members of, beside the cohorts "
                  "of groups. The rules see the entry with this one value in the attribute's place, one value after "
                  "the other; a value for which idnumber or name comes out empty gives no cohort. Who loses the value, "
                  "or leaves, is removed from the cohort; the cohort stays, even empty.",
                  describe_from_people);
    schema.section("cohorts.fields", "Fields of mdl_cohort. What stands here replaces all of the built-in rules.");
    add_rule(schema, "name", cohorts.name, "Name.");
    add_rule(schema, "idnumber", cohorts.idnumber,
             "ID number; one of more than 100 characters ends with a hash, so that it stays its own.");
    add_rule(schema, "description", cohorts.description, "Description.");
    add_place(schema, cohorts.level, cohorts.identifier);

    schema.section("roles",
                   "Role objects become role assignments of their members. One that names no role, no level or, below "
                   "system level, no identifier that the mapping "
                   "knows gives nothing and is reported with the reason of each.");
    schema.text("select", roles.select, "Which role objects this Moodle takes. Empty: all.",
                {.required = false, .secret = false, .check = check_selection});
    schema.text(
        "enrol", roles.enrol,
        "The enrolment method, `manual`, by which people are enrolled in the course beside a role in it: a role "
        "alone does not let them in. The course's first enabled instance of it is taken; without one nobody is "
        "enrolled there. Who has no role in the course any more is suspended in it, not unenrolled. Empty: "
        "nobody is enrolled.",
        {.required = false, .secret = false, .check = check_enrolment});
    schema.section("roles.fields", "What a role object says. What stands here replaces all of the built-in rules.");
    add_rule(schema, "role", roles.role, "Short name of the role.");
    add_rule(
        schema, "level", roles.level,
        "Context level: system, user, coursecat, course, module or block. It is never made up: `default` must come "
        "from the entry.");
    add_rule(schema, "identifier", roles.identifier, "Which course, category ...; not read at system level.");
    schema.section("roles.keys", "The column that the identifier stands in, by context level.");
    const auto column = [&](const std::string& name, const std::string& description, ContextLevel level,
                            std::initializer_list<const char*> columns) {
        std::vector<std::pair<std::string, std::string>> choices;
        for (const char* one : columns) {
            choices.emplace_back(one, one);
        }
        schema.choice(name, roles.keys[level], choices, description);
    };
    column("coursecat", "Of categories.", ContextLevel::category, {"idnumber", "id"});
    column("course", "Of courses.", ContextLevel::course, {"idnumber", "id", "shortname"});
    column("module", "Of modules (activities).", ContextLevel::module, {"idnumber", "id"});
    column("block", "Of blocks.", ContextLevel::block, {"id"});
    column("user", "Of users.", ContextLevel::user, {"username", "id", "idnumber"});
}

void clear_replaced_sections(const Node& root, MappingConfig& mapping) {
    if (has_section(root, "users.fields")) {
        mapping.users.fields = {};
    }
    if (has_section(root, "cohorts.fields")) {
        mapping.cohorts.select = {};
        mapping.cohorts.name = {};
        mapping.cohorts.idnumber = {};
        mapping.cohorts.description = {};
        mapping.cohorts.level = {};
        mapping.cohorts.identifier = {};
    }
    if (has_section(root, "roles.fields")) {
        mapping.roles.role = {};
        mapping.roles.level = {};
        mapping.roles.identifier = {};
    }
}

void check_mapping(const MappingConfig& mapping, const Node& root, Reading& reading) {
    require_rules(root, "users.fields", {"username", "firstname", "lastname", "email"}, reading);
    if (mapping.cohorts.from_groups) {
        require_rules(root, "cohorts.fields", {"name", "idnumber"}, reading);
    }
    require_rules(root, "roles.fields", {"role", "level"}, reading);
    if (mapping.cohorts.from_groups && mapping.cohorts.select.empty()) {
        reading.add_at(root, "cohorts.select", missing_cohort_select());
    }
    for (const auto& [key, fault] : faults_of_place(mapping.cohorts.level, mapping.cohorts.identifier)) {
        reading.add_at(root, "cohorts.fields." + key, fault);
    }
    for (std::size_t i = 0; i < mapping.cohorts.from_people.size(); ++i) {
        const CohortsFromPeople& cohorts = mapping.cohorts.from_people[i];
        for (const auto& [key, fault] : faults_of_place(cohorts.cohort_level, cohorts.cohort_identifier)) {
            reading.add_at(root, "cohorts.from_people[" + std::to_string(i + 1) + "].fields." + key, fault);
        }
    }
    if (mapping.users.types.empty()) {
        reading.add_at(root, "users.type", {"is empty: nobody would be taken over", "add [[users.type]] tables"});
    }
    // What is looked up in Moodle must not be cut.
    const std::map<std::string, const FieldRule*> rules = {
        {"role", &mapping.roles.role}, {"level", &mapping.roles.level}, {"identifier", &mapping.roles.identifier}};
    for (const auto& [name, rule] : rules) {
        if (rule->length > 0) {
            reading.add_at(root, "roles.fields." + name + ".length",
                           {"does not go with what is looked up in Moodle", "remove it"});
        }
    }
    const Node* level = root.find("roles.fields.level");
    for (const auto& [key, text] : unknown_levels(mapping.roles.level)) {
        reading.add_at(
            level == nullptr ? root : *level, key,
            {"'" + text + "' is not a context level", "use system, user, coursecat, course, module or block"},
            "roles.fields.level.");
    }
    if (const auto made_up = made_up_level(mapping.roles.level)) {
        reading.add_at(level == nullptr ? root : *level, *made_up, fault_of_made_up_level(), "roles.fields.level.");
    }
    for (const std::string section : {"users", "cohorts", "roles"}) {
        const Node* node = root.find(section);
        if (node != nullptr && mapping.institutions.empty()) {
            report_institution_marks(*node, section, reading);
        }
    }
}

MappingConfig default_mapping() {
    const Node root = config::parse_toml(default_mapping_toml(), "sdet.toml");
    Reading reading("sdet.toml", [](const std::string&) { return std::nullopt; });
    MappingConfig mapping;
    Schema schema;
    schema.section("users", "");
    add_user_mapping(schema, mapping.users);
    add_group_mappings(schema, mapping.cohorts, mapping.roles);
    schema.read(root, reading);
    check_mapping(mapping, root, reading);
    reading.throw_problems();
    return mapping;
}

}  // namespace entstream::consumer::map
