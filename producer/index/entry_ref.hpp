#pragma once

#include <compare>

#include "producer/index/slot_index.hpp"
#include "producer/producer_config.hpp"

namespace entstream::producer::index {

/// One entry: kind and slot.
struct EntryRef {
    EntryKind kind{};
    Slot slot = no_slot;

    auto operator<=>(const EntryRef&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 misreads it
};

}  // namespace entstream::producer::index
