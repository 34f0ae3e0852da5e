#pragma once

#include <cstdint>

namespace entstream::entgen {

enum class PersonKind { staff, teacher, pupil, parent };

/// A person of the region. Everything about a person follows from the seed and these three.
struct PersonId {
    int school = 0;
    PersonKind kind{};
    int index = 0;  ///< within the kind, in the school

    bool operator==(const PersonId&) const = default;

    static constexpr int per_kind = 1024;  ///< numbers set aside in a school; school.cpp stays far below
    static constexpr int per_school = 4 * per_kind;

    /// Unique in the region, and the same whatever the region's size.
    std::int64_t number() const {
        return std::int64_t{school} * per_school + static_cast<int>(kind) * std::int64_t{per_kind} + index;
    }
};

}  // namespace entstream::entgen
