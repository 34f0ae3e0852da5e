#include "consumer/map/required_attributes.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>
#include <string_view>

#include "common/model/after_image.hpp"
#include "consumer/map/text.hpp"

namespace entstream::consumer::map {

namespace {

// The producer publishes these with every entry.
constexpr std::array<std::string_view, 2> always_published = {"entryCSN", "createTimestamp"};

using Names = std::vector<std::string>;

void append(Names& names, Names more) {
    std::move(more.begin(), more.end(), std::back_inserter(names));
}

void append(Names& names, const std::shared_ptr<const Rule>& rule) {
    if (rule != nullptr) {
        append(names, rule->attributes());
    }
}

void append(Names& names, const CohortRules& cohort) {
    for (const auto* rule : {&cohort.name, &cohort.idnumber, &cohort.description, &cohort.level, &cohort.identifier}) {
        append(names, *rule);
    }
}

/// Sorted, each once whatever its case.
Names unique_names(Names names) {
    std::sort(names.begin(), names.end(), [](const std::string& left, const std::string& right) {
        const std::string left_folded = with_case(left, LetterCase::lower);
        const std::string right_folded = with_case(right, LetterCase::lower);
        return left_folded != right_folded ? left_folded < right_folded : left < right;
    });
    names.erase(std::unique(names.begin(), names.end(), same_attribute), names.end());
    return names;
}

void add_missing(const Names& required, const v1::SourceDescription& source, v1::Kind kind, std::string_view entries,
                 Names& sentences) {
    Names searches;
    Names published(always_published.begin(), always_published.end());
    for (const v1::SourceDescription::Search& search : source.searches()) {
        if (search.kind() == kind) {
            searches.push_back(search.name());
            append(published, Names(search.attributes().begin(), search.attributes().end()));
        }
    }
    for (const std::string& name : required) {
        const auto is_name = [&](const std::string& other) { return same_attribute(name, other); };
        if (!searches.empty() && std::none_of(published.begin(), published.end(), is_name)) {
            sentences.push_back("the mapping of " + std::string(entries) + " reads the attribute " + name +
                                ", which source '" + source.source() + "' does not publish; add it to attributes of " +
                                "the producer's search '" + searches.front() + "', or remove it from the mapping");
        }
    }
}

}  // namespace

RequiredAttributes required_attributes_of(const CompiledMapping& mapping) {
    Names users = mapping.users.attributes();
    for (const CompiledMapping::UserType& type : mapping.types) {
        append(users, type.selection.attributes());
        for (const auto& rule : type.fields) {
            append(users, rule);
        }
    }
    for (const auto& [name, rule] : mapping.profile) {
        append(users, rule);
    }
    for (const CompiledMapping::FromPeople& from_people : mapping.cohorts_from_people) {
        append(users, from_people.selection.attributes());
        users.push_back(from_people.attribute);
        append(users, from_people.cohort);
    }
    Names groups;
    if (mapping.cohorts_from_groups) {
        groups = mapping.groups.attributes();
        append(groups, mapping.cohort);
    }
    Names roles = mapping.roles.attributes();
    for (const auto* rule : {&mapping.role, &mapping.level, &mapping.identifier}) {
        append(roles, *rule);
    }
    return {.users = unique_names(std::move(users)),
            .groups = unique_names(std::move(groups)),
            .roles = unique_names(std::move(roles))};
}

std::vector<std::string> missing_attributes(const RequiredAttributes& required, const v1::SourceDescription& source) {
    Names sentences;
    add_missing(required.users, source, v1::KIND_USER, "users", sentences);
    add_missing(required.groups, source, v1::KIND_GROUP, "groups", sentences);
    add_missing(required.roles, source, v1::KIND_ROLE, "role objects", sentences);
    return sentences;
}

}  // namespace entstream::consumer::map
