#pragma once

#include <cstdint>
#include <string>

namespace entstream::entgen {

/// What a region holds, counted while it is written, for comparison with what arrived in Moodle.
struct Summary {
    std::uint64_t seed = 0;
    std::int64_t entries = 0;  ///< all of them, with the base and its organizational units
    std::int64_t schools = 0;
    std::int64_t people = 0;
    std::int64_t pupils = 0;
    std::int64_t teachers = 0;
    std::int64_t staff = 0;
    std::int64_t parents = 0;
    std::int64_t teachers_in_several_schools = 0;
    std::int64_t groups = 0;
    std::int64_t empty_groups = 0;   ///< with the empty member value only
    std::int64_t group_members = 0;  ///< without empty values
    std::int64_t roles = 0;
    std::int64_t role_members = 0;  ///< without empty values
    std::int64_t courses = 0;       ///< written by --moodle-sql
    /// Role objects whose course is deliberately not written by --moodle-sql, and their members.
    std::int64_t unresolved_roles = 0;
    std::int64_t unresolved_role_members = 0;

    /// One JSON object on one line. Adds `members`: group_members and role_members together.
    std::string to_json() const;
};

}  // namespace entstream::entgen
