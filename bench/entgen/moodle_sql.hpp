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
/// \param prefix of Moodle's tables, e.g. `mdl_`
/// \throws std::invalid_argument for a prefix that is not [a-z0-9_]+, std::runtime_error when the stream fails
void write_moodle_sql(const Region& region, std::string_view prefix, std::ostream& out);

}  // namespace entstream::entgen
