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
    return prefix.empty() || text.empty() ? std::move(text) : prefix + separator + text;
}

}  // namespace

void fill_cohort(const CohortRules& rules, const AfterImage& image, CohortDelta& cohort) {
    trace_field("cohort's name");
    cohort.name = cut(in_year(rules.prefix, ' ', applied(*rules.name, image, name_length)), name_length);
    trace_field("cohort's idnumber");
    cohort.idnumber = cut_identifier(in_year(rules.prefix, '_', rules.idnumber->apply(image)),
                                     rules.idnumber->length_within(idnumber_length));
    if (rules.description) {
        trace_field("cohort's description");
        cohort.description = applied(*rules.description, image, description_length);
    }
}

std::vector<CohortDelta> cohorts_of_person(const std::vector<CompiledMapping::FromPeople>& rules, Offset version,
                                           const AfterImage& image) {
    std::vector<CohortDelta> cohorts;
    for (const CompiledMapping::FromPeople& rule : rules) {
        const AfterImage::Values* values = image.find(rule.attribute);
        if (values == nullptr || !rule.selection.matches(image)) {
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
            fill_cohort(rule.cohort, image_of_value, cohort);
            cohort.uuid = Uuid::from_name("cohort of people/" + cohort.idnumber);
            const auto is_same = [&](const CohortDelta& other) { return other.uuid == cohort.uuid; };
            if (cohort.name.empty() || cohort.idnumber.empty() ||
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
