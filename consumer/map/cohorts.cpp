#include "consumer/map/cohorts.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "consumer/map/text.hpp"
#include "consumer/map/trace.hpp"

namespace entstream::consumer::map {

namespace {

constexpr std::size_t name_length = 254;
constexpr std::size_t idnumber_length = 100;
constexpr std::size_t description_length = 10000;  // the column has no limit

std::string applied(const Rule& rule, const AfterImage& image, std::size_t column) {
    return cut(rule.apply(image), rule.length_within(column));
}

/// With the school year before it: "2026 4EME1", "2026_4EME1". What is empty stays so.
std::string in_year(const std::string& prefix, char separator, std::string text) {
    if (prefix.empty() || text.empty()) {
        return text;
    }
    text = prefix + separator + text;
    trace_step([&] { return "prefix: " + in_quotes(text); });
    return text;
}

std::string problem_with(const std::string& field, const std::string& reason) {
    return field + ": " + reason + "; correct the entry, let the rule of " + field +
           " in [cohorts] know it (regex, table, default), or exclude the entry with select";
}

/// \returns what is wrong; empty: nothing
std::string fill_place(const CohortRules& rules, const AfterImage& image, CohortDelta& cohort) {
    if (!rules.level) {
        return {};
    }
    trace_field("cohort's level");
    const std::string name = rules.level->apply(image);
    const auto level = level_of(name);
    if (!level || (*level != ContextLevel::system && *level != ContextLevel::category)) {
        return problem_with("level", name.empty() ? "the entry names no level that the mapping knows"
                                                  : in_quotes(name) + " is neither system nor coursecat");
    }
    if (*level == ContextLevel::category) {
        trace_field("cohort's category");
        cohort.category = rules.identifier ? rules.identifier->apply(image) : std::string();
        if (cohort.category.empty()) {
            return problem_with("identifier", "the entry names no course category that the mapping knows");
        }
    }
    cohort.level = level;
    return {};
}

}  // namespace

std::string fill_cohort(const CohortRules& rules, const AfterImage& image, CohortDelta& cohort) {
    trace_field("cohort's name");
    cohort.name = cut(in_year(rules.prefix, ' ', applied(*rules.name, image, name_length)), name_length);
    trace_field("cohort's idnumber");
    cohort.idnumber = cut_identifier(in_year(rules.prefix, '_', rules.idnumber->apply(image)),
                                     rules.idnumber->length_within(idnumber_length));
    if (rules.description) {
        trace_field("cohort's description");
        cohort.description = applied(*rules.description, image, description_length);
    }
    return fill_place(rules, image, cohort);
}

std::vector<CohortDelta> cohorts_of_person(const std::vector<CompiledMapping::FromPeople>& rules, Offset version,
                                           const AfterImage& image) {
    std::vector<CohortDelta> cohorts;
    for (const CompiledMapping::FromPeople& rule : rules) {
        const AfterImage::Values* values = image.find(rule.attribute);
        if (values == nullptr) {
            continue;
        }
        const bool is_selected = rule.selection.matches(image);
        trace_filter("cohorts.from_people of " + rule.attribute, rule.selection.text(), is_selected);
        if (!is_selected) {
            continue;
        }
        v1::Attribute one_value;
        one_value.set_name(rule.attribute);
        std::string& current = *one_value.add_values();
        const AfterImage image_of_value = image.with(one_value);
        for (const std::string& value : *values) {
            current = value;
            trace_field("cohort from " + rule.attribute + " = " + in_quotes(value));
            CohortDelta cohort;
            const bool has_place = fill_cohort(rule.cohort, image_of_value, cohort).empty();
            cohort.uuid = Uuid::from_name("cohort of people/" + cohort.idnumber);
            const auto is_same = [&](const CohortDelta& other) { return other.uuid == cohort.uuid; };
            if (cohort.name.empty() || cohort.idnumber.empty() || !has_place ||
                std::any_of(cohorts.begin(), cohorts.end(), is_same)) {
                continue;
            }
            cohort.version = version;
            cohort.present = true;
            cohorts.push_back(std::move(cohort));
        }
    }
    return cohorts;
}

}  // namespace entstream::consumer::map
