#include "bench/entgen/family.hpp"

#include <array>

#include "bench/entgen/random.hpp"

namespace entstream::entgen {

namespace {

struct Size {
    int pupils;
    int parents;
};

// Families come in blocks that all hold the same numbers, so that a person's block is a division away.
constexpr int pupils_per_block = 8;
constexpr int parents_per_block = 9;
constexpr int families_per_block = 7;  // at the most

using Block = std::array<Size, families_per_block>;

constexpr std::array<Block, 4> blocks{{
    {{{1, 2}, {1, 1}, {2, 2}, {1, 1}, {1, 1}, {2, 2}, {0, 0}}},
    {{{2, 2}, {2, 1}, {1, 2}, {1, 1}, {1, 1}, {1, 2}, {0, 0}}},
    {{{1, 1}, {3, 2}, {1, 2}, {1, 1}, {1, 1}, {1, 2}, {0, 0}}},
    {{{1, 1}, {1, 2}, {1, 1}, {2, 2}, {1, 1}, {1, 1}, {1, 1}}},
}};

constexpr bool block_sizes_hold() {
    for (const Block& block : blocks) {
        int pupils = 0;
        int parents = 0;
        for (const Size& size : block) {
            pupils += size.pupils;
            parents += size.parents;
        }
        if (pupils != pupils_per_block || parents != parents_per_block) {
            return false;
        }
    }
    return true;
}
static_assert(block_sizes_hold());

}  // namespace

Family Families::find(int block, int pupil, int parent) const {
    Random random{seed_, purpose::family, static_cast<std::uint64_t>(school_), static_cast<std::uint64_t>(block)};
    const Block& sizes = blocks.at(static_cast<std::size_t>(random.below(static_cast<int>(blocks.size()))));
    Family family{block * families_per_block, block * pupils_per_block, 0, block * parents_per_block, 0};
    for (const Size& size : sizes) {
        family.pupils = size.pupils;
        family.parents = size.parents;
        if (pupil < family.first_pupil + size.pupils || parent < family.first_parent + size.parents) {
            break;
        }
        family.number += 1;
        family.first_pupil += size.pupils;
        family.first_parent += size.parents;
    }
    return family;
}

Family Families::of_pupil(int pupil) const {
    const int block = pupil / pupils_per_block;
    return find(block, pupil, (block + 1) * parents_per_block);
}

Family Families::of_parent(int parent) const {
    const int block = parent / parents_per_block;
    return find(block, (block + 1) * pupils_per_block, parent);
}

int Families::parents_of_first(int pupils) const {
    if (pupils == 0) {
        return 0;
    }
    const Family last = of_pupil(pupils - 1);
    return last.first_parent + last.parents;
}

}  // namespace entstream::entgen
