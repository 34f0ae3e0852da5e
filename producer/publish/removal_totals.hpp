#pragma once

#include <cstdint>

#include "entstream/v1/change.pb.h"
#include "producer/index/index.hpp"

namespace entstream::producer::publish {

/// What a DELETE belongs to, and how many removals that brings, of each kind: Change.removals.
struct RemovalTotals {
    v1::Cause cause = v1::CAUSE_UNSPECIFIED;
    std::uint64_t users = 0;
    std::uint64_t groups = 0;
    std::uint64_t roles = 0;
    std::uint64_t members = 0;

    /// One more entry, and the members that go with it. \pre it is not removed yet
    void add(const index::Index& index, const index::EntryRef& ref);
};

/// The cause of what leaves in this phase.
v1::Cause cause_of(v1::Phase phase);

}  // namespace entstream::producer::publish
