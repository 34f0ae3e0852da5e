#include "producer/index/slot_index.hpp"

#include <utility>

namespace entstream::producer::index {

void SlotIndex::place(Cell cell) {
    std::size_t i = cell.tag & mask();
    while (cells_[i].slot != no_slot) {
        i = (i + 1) & mask();
    }
    cells_[i] = cell;
}

void SlotIndex::grow() {
    const std::vector<Cell> old = std::exchange(cells_, std::vector<Cell>(cells_.empty() ? 64 : cells_.size() * 2));
    for (const Cell& cell : old) {
        if (cell.slot != no_slot) {
            place(cell);
        }
    }
}

void SlotIndex::insert(std::uint64_t hash, Slot slot) {
    if ((used_ + 1) * 4 > cells_.size() * 3) {
        grow();
    }
    place({.tag = tag_of(hash), .slot = slot});
    ++used_;
}

void SlotIndex::erase(std::uint64_t hash, Slot slot) {
    if (cells_.empty()) {
        return;
    }
    std::size_t hole = tag_of(hash) & mask();
    while (cells_[hole].slot != slot) {
        if (cells_[hole].slot == no_slot) {
            return;
        }
        hole = (hole + 1) & mask();
    }
    --used_;
    // Close the gap: a later cell of the run moves in when its own place is not between the hole and itself.
    for (std::size_t next = (hole + 1) & mask(); cells_[next].slot != no_slot; next = (next + 1) & mask()) {
        const std::size_t home = cells_[next].tag & mask();
        if (((next - home) & mask()) >= ((next - hole) & mask())) {
            cells_[hole] = cells_[next];
            hole = next;
        }
    }
    cells_[hole] = {};
}

}  // namespace entstream::producer::index
