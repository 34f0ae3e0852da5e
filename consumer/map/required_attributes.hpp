#pragma once

#include <string>
#include <vector>

#include "consumer/map/compiled_mapping.hpp"
#include "entstream/v1/change.pb.h"

namespace entstream::consumer::map {

/// Attributes that a mapping reads, by the kind of entry it reads them from; sorted, spelled as configured.
struct RequiredAttributes {
    std::vector<std::string> users;
    std::vector<std::string> groups;
    std::vector<std::string> roles;
};

RequiredAttributes required_attributes_of(const CompiledMapping& mapping);

/// What is required and a source does not publish, one sentence each with the remedy; empty: all is there. A kind of
/// entry that the source does not publish at all is not missed.
std::vector<std::string> missing_attributes(const RequiredAttributes& required, const v1::SourceDescription& source);

}  // namespace entstream::consumer::map
