#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "consumer/delta.hpp"

namespace entstream::consumer::read {

/// How many deltas a batch has, of all kinds.
std::size_t delta_count(const Batch& batch);

/// Cuts a batch in two stretches of the log with about half of the deltas each; applying both in order is the same as
/// applying the whole. \pre delta_count(batch) > 1
/// \param previous_sequence  of the last record applied before the batch: what is stored with the first half, for the
///                           sequence at the cut is not known. Too low a one only weakens a check until the second half
///                           is in
std::pair<Batch, Batch> split(const Batch& batch, std::uint64_t previous_sequence);

/// The offset of the only delta. \pre delta_count(batch) == 1
Offset only_version(const Batch& batch);

/// The same stretch with no deltas: moves the position only.
Batch without_deltas(const Batch& batch);

}  // namespace entstream::consumer::read
