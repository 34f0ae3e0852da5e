#pragma once

#include <optional>
#include <string>

#include "common/model/topics.hpp"
#include "entstream/v1/change.pb.h"

namespace entstream {

/// Why a Change is none that entstream-producer writes under this key: another kind, an unknown operation, another
/// entry. nullopt: all is well. Has no personal data. What one program takes for garbage, the other does too.
std::optional<std::string> fault_of(const v1::Change& change, const ParsedKey& key);

}  // namespace entstream
