#pragma once

#include "bench/entgen/ldif_writer.hpp"
#include "bench/entgen/region.hpp"
#include "bench/entgen/summary.hpp"

namespace entstream::entgen {

/// Role objects of a school, `cn=moodle:<ROLE>:<LEVEL>:<identifier>` with `ou` = UAI:
/// ENS:COURS the teacher of each course, TUT:COURS the librarians in the French courses of each level's first class,
/// ADM:CAT the heads and TUT:CAT the counsellors in the school's category.
void write_roles(const Region& region, const School& school, LdifWriter& writer, Summary& summary);

/// `cn=moodle:ADM:SYS:0`: the heads of the region's first schools, as managers of the site.
void write_site_role(const Region& region, LdifWriter& writer, Summary& summary);

}  // namespace entstream::entgen
