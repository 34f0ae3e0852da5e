#pragma once

#include <algorithm>
#include <cstddef>

namespace entstream::producer::publish {

/// More than this, and more than this part of a search's entries, must be missing twice before they are removed.
inline constexpr std::size_t believable_removals = 1000;
inline constexpr std::size_t believable_percent = 20;

/// Whether a single complete read is enough to believe that `absent` of the `held` entries of a search are gone.
inline bool is_believable(std::size_t absent, std::size_t held, bool showed_nothing) {
    return absent == 0 || (!showed_nothing && absent <= std::max(believable_removals, held * believable_percent / 100));
}

}  // namespace entstream::producer::publish
