#pragma once

#include <vector>

#include "common/model/after_image.hpp"
#include "consumer/delta.hpp"
#include "consumer/map/compiled_mapping.hpp"

namespace entstream::consumer::map {

/// Name, idnumber and description as mdl_cohort takes them, "" where the image gives nothing, and where it is to be.
/// \returns why the image does not say where, without personal data; empty: it does, or the mapping does not ask
std::string fill_cohort(const CohortRules& rules, const AfterImage& image, CohortDelta& cohort);

/// The cohorts that a person's attributes name, each once: as the first of the rules and values names it. Their UUIDs
/// are made of their idnumbers.
std::vector<CohortDelta> cohorts_of_person(const std::vector<CompiledMapping::FromPeople>& rules, Offset version,
                                           const AfterImage& image);

}  // namespace entstream::consumer::map
