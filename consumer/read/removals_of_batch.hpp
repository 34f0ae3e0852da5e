#pragma once

#include <vector>

#include "consumer/delta.hpp"
#include "entstream/v1/change.pb.h"

namespace entstream::consumer::read {

/// Counts the DELETE `change`, of this offset and kind, with those of its batch that belong to the same
/// (Change.removals). Of a producer that did not say so yet nothing is noted.
void count_removal(Offset offset, KeyKind kind, const v1::Change& change, std::vector<RemovalTotals>& of_batch);

}  // namespace entstream::consumer::read
