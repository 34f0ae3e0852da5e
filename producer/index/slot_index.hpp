#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace entstream::producer::index {

/// Position of an entry in its EntryTable; never reused while the process lives, so that a member can go on naming an
/// entry that left.
using Slot = std::uint32_t;
inline constexpr Slot no_slot = 0xFFFFFFFF;

/// A hash table from a key to the slot that holds the key: the key itself is not stored again, only 32 bits of its
/// hash. 8 octets a cell, open addressing.
class SlotIndex {
  public:
    /// The slot among those with this hash that `is_it` accepts; no_slot when there is none.
    template <typename Predicate>
    [[nodiscard]] Slot find(std::uint64_t hash, Predicate is_it) const {
        if (cells_.empty()) {
            return no_slot;
        }
        const std::uint32_t tag = tag_of(hash);
        for (std::size_t i = tag & mask();; i = (i + 1) & mask()) {
            const Cell& cell = cells_[i];
            if (cell.slot == no_slot || (cell.tag == tag && is_it(cell.slot))) {
                return cell.slot;
            }
        }
    }

    void insert(std::uint64_t hash, Slot slot);
    /// Forgets the slot under this hash; nothing happens when it is not there.
    void erase(std::uint64_t hash, Slot slot);

  private:
    struct Cell {
        std::uint32_t tag{};
        Slot slot = no_slot;
    };

    static std::uint32_t tag_of(std::uint64_t hash) {
        return static_cast<std::uint32_t>((hash * 0x9E3779B97F4A7C15ULL) >> 32U);
    }
    [[nodiscard]] std::size_t mask() const { return cells_.size() - 1; }
    void place(Cell cell);
    void grow();

    std::vector<Cell> cells_;  ///< a power of two, at most three quarters full
    std::size_t used_ = 0;
};

}  // namespace entstream::producer::index
