#pragma once

#include <string_view>

#include "bench/entgen/identity.hpp"
#include "bench/entgen/ldif_writer.hpp"
#include "bench/entgen/region.hpp"
#include "bench/entgen/summary.hpp"

namespace entstream::entgen {

/// What the entries of all kinds of persons begin with.
struct PersonHead {
    PersonId id;
    std::string_view object_class;       ///< beside inetOrgPerson and ENTPerson
    std::string_view profile;            ///< ENTPersonProfils
    std::string_view structure_dn = {};  ///< ENTPersonStructRattach; empty: none
};

/// Begins the entry and writes the attributes of ENTPerson; the caller adds those of the kind and ends it.
Identity begin_person(const Region& region, const PersonHead& head, LdifWriter& writer);

/// Pupils (ENTEleve) and their parents (ENTAuxPersRelEleve).
void write_families(const Region& region, const School& school, LdifWriter& writer, Summary& summary);

/// Teachers (ENTAuxEnseignant) and the others who work in the school (ENTAuxNonEnsEtab).
/// \param next the school that teachers are lent to; nullptr at the end of the region
void write_staff(const Region& region, const School& school, const School* next, LdifWriter& writer, Summary& summary);

}  // namespace entstream::entgen
