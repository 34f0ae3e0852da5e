#include "consumer/map/mapping_config.hpp"

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <utility>

#include "common/model/uuid.hpp"

namespace entstream::consumer::map {

namespace {

constexpr std::size_t first_user_fields = 13;  // the others came later

/// Everything of a mapping as one text, each part with its length before it, so that no two mappings give the same.
class Canonical {
  public:
    void add(const std::string& text) { text_ += std::to_string(text.size()) + ':' + text; }
    void add(std::size_t number) { add(std::to_string(number)); }

    void add(const FieldRule& rule) {
        add(rule.value);
        add(rule.regex);
        add(rule.rewrite);
        add(rule.table.size());
        for (const auto& [from, to] : rule.table) {
            add(from);
            add(to);
        }
        add(rule.default_value);
        add(static_cast<std::size_t>(rule.letter_case));
        add(rule.length);
        ++rules_;
        add_later(rule);
    }

    void add(const UserFieldRules& rules) {
        for (std::size_t i = 0; i < rules.size(); ++i) {
            const auto& rule = rules.at(i);
            if (i < first_user_fields) {
                add(static_cast<std::size_t>(rule.has_value()));
                add(rule.value_or(FieldRule{}));
            } else if (rule) {
                Canonical field;
                field.add(*rule);
                later_ << user_field_names.at(i) << " after rule " << rules_ << ' ' << field.text().size() << ':'
                       << field.text();
            }
        }
    }

    /// At the end, and only what is there: a mapping without what came to the language of rules later keeps the
    /// fingerprint that it had before.
    [[nodiscard]] std::string text() const { return text_ + later_.str(); }

    void add_later(const std::string& name, const FieldRule& rule) {
        Canonical alone;
        alone.add(rule);
        later_ << name.size() << ':' << name << alone.text().size() << ':' << alone.text();
    }

    /// What has come to a mapping later, by name.
    void add_later(const std::string& name, std::vector<std::string> values) {
        if (!values.empty()) {
            std::sort(values.begin(), values.end());  // their order means nothing
            later_ << name << ' ' << values.size() << ' ';
            for (const std::string& value : values) {
                later_ << value.size() << ':' << value;
            }
        }
    }

  private:
    /// What has come to rules later; the rule is known by its number.
    void add_later(const FieldRule& rule) {
        const FieldRule plain;
        if (rule.first_of == plain.first_of && rule.when == plain.when && rule.date == plain.date &&
            rule.time_zone == plain.time_zone && rule.transliterate == plain.transliterate) {
            return;
        }
        Canonical elements;
        for (const FieldRule& element : rule.first_of) {
            elements.add(element);
        }
        const std::string text = elements.text();
        later_ << "rule " << rules_ << ' ' << text.size() << ':' << text << rule.when.size() << ':' << rule.when
               << static_cast<int>(rule.date) << ' ' << rule.time_zone.size() << ':' << rule.time_zone
               << rule.transliterate;
    }

    std::string text_;
    std::ostringstream later_;
    std::size_t rules_ = 0;
};

}  // namespace

bool says_something(const FieldRule& rule) {
    return !rule.value.empty() || !rule.default_value.empty() || !rule.first_of.empty();
}

bool places_cohorts(const CohortMapping& cohorts) {
    return (cohorts.from_groups && says_something(cohorts.level)) ||
           std::any_of(cohorts.from_people.begin(), cohorts.from_people.end(),
                       [](const CohortsFromPeople& from_people) { return says_something(from_people.cohort_level); });
}

std::string fingerprint(const MappingConfig& config) {
    Canonical canonical;
    canonical.add(config.users.select);
    canonical.add(static_cast<std::size_t>(config.users.extended_username_chars));
    canonical.add(config.users.fields);
    canonical.add(config.users.types.size());
    for (const UserType& type : config.users.types) {
        canonical.add(type.filter);
        canonical.add(type.fields);
    }
    canonical.add(config.cohorts.select);
    for (const FieldRule* rule : {&config.cohorts.name, &config.cohorts.idnumber, &config.cohorts.description}) {
        canonical.add(*rule);
    }
    canonical.add(config.roles.select);
    for (const FieldRule* rule : {&config.roles.role, &config.roles.level, &config.roles.identifier}) {
        canonical.add(*rule);
    }
    canonical.add(config.roles.keys.size());
    for (const auto& [level, key] : config.roles.keys) {
        canonical.add(static_cast<std::size_t>(level));
        canonical.add(key);
    }
    // At the end, and only where they say anything: a mapping without them keeps the fingerprint that it had before
    // there were such.
    if (!config.cohorts.from_groups) {
        canonical.add("no cohorts from groups");
    }
    if (!config.cohorts.prefix.empty()) {
        canonical.add("prefix of cohorts");
        canonical.add(config.cohorts.prefix);
    }
    if (config.cohorts.visible) {
        canonical.add(*config.cohorts.visible ? "cohorts are visible" : "cohorts are hidden");
    }
    for (const CohortsFromPeople& cohorts : config.cohorts.from_people) {
        canonical.add(cohorts.filter);
        canonical.add(cohorts.attribute);
        for (const FieldRule* rule : {&cohorts.cohort_name, &cohorts.cohort_idnumber, &cohorts.cohort_description}) {
            canonical.add(*rule);
        }
    }
    canonical.add_later("institutions", config.institutions);
    canonical.add_later("languages", config.users.languages);
    for (const auto& [name, rule] : config.users.profile) {
        canonical.add_later("profile/" + name, rule);
    }
    const auto add_place = [&](const std::string& cohorts, const FieldRule& level, const FieldRule& identifier) {
        if (says_something(level)) {
            canonical.add_later(cohorts + ".level", level);
            canonical.add_later(cohorts + ".identifier", identifier);
        }
    };
    add_place("cohorts", config.cohorts.level, config.cohorts.identifier);
    for (std::size_t i = 0; i < config.cohorts.from_people.size(); ++i) {
        const CohortsFromPeople& cohorts = config.cohorts.from_people[i];
        add_place("cohorts/" + std::to_string(i), cohorts.cohort_level, cohorts.cohort_identifier);
    }
    std::string hash = Uuid::from_name(canonical.text()).to_text();
    std::erase(hash, '-');
    return hash;
}

}  // namespace entstream::consumer::map
