#pragma once

#include <string>

namespace entstream::entgen {

/// Check letter of a UAI (school code): the seven digits modulo 23 in an alphabet without I, O and Q.
/// \pre 0 <= digits <= 9 999 999
char uai_check_letter(int digits);

/// UAI of a school of the region, e.g. `0359001U`: invented numbers in four départements, unique per index.
/// \pre 0 <= school_index < max_schools (region.hpp)
std::string uai_of_school(int school_index);

}  // namespace entstream::entgen
