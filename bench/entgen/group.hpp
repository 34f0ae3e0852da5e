#pragma once

#include "bench/entgen/ldif_writer.hpp"
#include "bench/entgen/region.hpp"
#include "bench/entgen/summary.hpp"

namespace entstream::entgen {

/// Groups of a school: per class `…:<LEVEL>:Eleves_<CLASS>` and `Profs_<CLASS>`, per teaching group
/// `…:<LEVEL>:Groupe_<GROUP>`, and `…:Tous_Eleves`, `Tous_Profs`, `Tous_Personnels`, `Tous_Parents`, where … is
/// `ent:Etablissements:<NAME>_<UAI>`.
void write_groups(const Region& region, const School& school, LdifWriter& writer, Summary& summary);

}  // namespace entstream::entgen
