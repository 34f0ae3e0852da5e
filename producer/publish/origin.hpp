#pragma once

#include <cstdint>
#include <string>

#include "entstream/v1/change.pb.h"
#include "producer/publish/removal_totals.hpp"

namespace entstream::producer::publish {

/// What every record says about where it comes from.
struct Origin {
    v1::Phase phase = v1::PHASE_UNSPECIFIED;
    std::uint64_t generation = 0;
    RemovalTotals removals;      ///< of DELETEs
    bool unconditional = false;  ///< what is as it was is published all the same
};

/// Why and when an entry left.
struct Removal {
    v1::Reason reason = v1::REASON_UNSPECIFIED;
    std::string csn;  ///< of the cookie that told it; may be empty
};

}  // namespace entstream::producer::publish
