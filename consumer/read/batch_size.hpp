#pragma once

#include <algorithm>
#include <cstddef>

namespace entstream::consumer::read {

/// How much a batch takes at the most.
struct BatchSize {
    std::size_t records{};
    std::size_t members_for_one = 1;  ///< so many member records count as one record
};

/// \param configured       consumer.batch_records
/// \param first_load       not everything that the source had has been in once: nobody works with these rows yet, and
///                         they may be locked for longer. A member record takes a fifth of the time of an account, and
///                         each batch of them looks at all accounts once
/// \param changes_nothing  the batch before was full and changed nothing in Moodle, because it was delivered again: no
///                         row of Moodle is locked in such a stretch, and the fewer batches the less they cost
constexpr BatchSize batch_size(std::size_t configured, bool first_load, bool changes_nothing) {
    constexpr std::size_t most_beside_people = 4000;
    constexpr std::size_t members_for_an_account = 8;
    if (changes_nothing) {
        return {.records = 2 * configured, .members_for_one = members_for_an_account};
    }
    return first_load ? BatchSize{.records = configured, .members_for_one = members_for_an_account}
                      : BatchSize{.records = std::min(configured, most_beside_people)};
}

}  // namespace entstream::consumer::read
