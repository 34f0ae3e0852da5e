#include "consumer/app/mapped_entry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "common/model/after_image.hpp"

namespace entstream::consumer::app {

const MappedValue* MappedEntry::value_of(const map::Trace::Field& field) const {
    const auto found =
        std::find_if(values.begin(), values.end(), [&](const MappedValue& value) { return value.name == field.name; });
    return found == values.end() ? nullptr : &*found;
}

MappedEntry map_traced(const map::Mapper& mapper, KeyKind kind, const Uuid& uuid, Offset offset,
                       const v1::Change& change) {
    MappedEntry result;
    const map::Tracing tracing(result.trace);
    const AfterImage image(change.attributes());
    if (kind == KeyKind::user) {
        UserDelta user = mapper.user(uuid, offset, image);
        result.present = user.present;
        result.problem = user.problem;
        for (std::size_t i = 0; i < user_field_count; ++i) {
            const std::string name(user_field_names.at(i));
            result.values.push_back({.name = name, .column = name, .value = user.fields.at(i)});
        }
        for (const auto& [name, value] : user.profile) {
            result.values.push_back({.name = "profile field " + name, .column = "", .value = value});
        }
        result.cohorts = std::move(user.cohorts);
    } else if (kind == KeyKind::group) {
        const CohortDelta cohort = mapper.cohort(uuid, offset, image);
        result.present = cohort.present;
        result.problem = cohort.problem;
        result.values = {{.name = "cohort's name", .column = "name", .value = cohort.name},
                         {.name = "cohort's idnumber", .column = "idnumber", .value = cohort.idnumber},
                         {.name = "cohort's description", .column = "description", .value = cohort.description}};
        if (cohort.level) {
            result.values.push_back({.name = "cohort's level",
                                     .column = "level",
                                     .value = std::to_string(static_cast<int>(*cohort.level))});
            result.values.push_back({.name = "cohort's category", .column = "category", .value = cohort.category});
        }
    } else {
        const RoleDelta role = mapper.role(uuid, offset, image);
        result.present = role.present;
        result.problem = role.problem;
        if (role.present) {
            result.values = {
                {.name = "role", .column = "role", .value = role.role},
                {.name = "level", .column = "level", .value = std::to_string(static_cast<int>(role.level))},
                {.name = "identifier", .column = "identifier", .value = role.context_identifier}};
        }
    }
    return result;
}

std::string describe_record(const std::string& source, Offset offset, const v1::Change& change) {
    constexpr std::string_view operation_prefix = "OPERATION_";
    constexpr std::string_view phase_prefix = "PHASE_";
    return fmt::format("source {}, offset {}, {}, {}", source, offset,
                       v1::Operation_Name(change.operation()).substr(operation_prefix.size()),
                       v1::Phase_Name(change.phase()).substr(phase_prefix.size()));
}

std::string describe_outcome(const MappedEntry& mapped) {
    if (!mapped.problem.empty()) {
        return "cannot be mapped in full: " + mapped.problem;
    }
    return mapped.present ? std::string() : "not selected: it is handled like an entry that left";
}

std::string describe_field(const map::Trace::Field& field, const MappedEntry& mapped, const merge::Facts& object) {
    const MappedValue* const value = mapped.value_of(field);
    if (value == nullptr) {
        return field.name;
    }
    std::string text = field.name + (value->value ? " = " + map::in_quotes(*value->value) : ": nothing");
    const auto there = object.find(value->column);
    if (there == object.end()) {
        return text + (object.empty() || value->column.empty() ? "" : ", Moodle has nothing");
    }
    return text +
           (value->value == there->second ? ", as Moodle has it" : ", Moodle has " + map::in_quotes(there->second));
}

}  // namespace entstream::consumer::app
