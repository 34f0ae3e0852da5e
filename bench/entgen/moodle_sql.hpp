#pragma once

#include <ostream>
#include <string_view>

#include "bench/entgen/region.hpp"

namespace entstream::entgen {

/// Writes the SQL (PostgreSQL) that gives a Moodle database what the region's role objects refer to: one category per
/// school (idnumber = UAI) and its courses, with their contexts and a manual enrolment instance each, as Moodle 5.1
/// itself would have them. One course is left out (course.hpp).
///
/// Each statement stands for itself and skips what exists; there is no transaction in it, so that the caller can
/// choose one (`psql -1`).
///
/// \param prefix of Moodle's tables, as check_prefix() wants it
/// \throws std::invalid_argument as check_prefix(), std::runtime_error when the stream fails
void write_moodle_sql(const Region& region, std::string_view prefix, std::ostream& out);

/// \throws std::invalid_argument for a prefix of tables that is not [a-z0-9_]+, e.g. `mdl_`
void check_prefix(std::string_view prefix);

}  // namespace entstream::entgen
