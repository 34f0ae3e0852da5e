#pragma once

#include "bench/entgen/ldif_writer.hpp"
#include "bench/entgen/region.hpp"
#include "bench/entgen/summary.hpp"

namespace entstream::entgen {

/// Writes the whole region, parents before children: base, organizational units, then school by school its structure
/// entry, persons, groups and role objects. Holds two schools at a time.
/// \returns what was written
Summary write_directory(const Region& region, LdifWriter& writer);

}  // namespace entstream::entgen
