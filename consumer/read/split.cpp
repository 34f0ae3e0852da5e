#include "consumer/read/split.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace entstream::consumer::read {

namespace {

std::vector<Offset> versions(const Batch& batch) {
    std::vector<Offset> result;
    result.reserve(delta_count(batch));
    const auto collect = [&](const auto& deltas) {
        for (const auto& delta : deltas) {
            result.push_back(delta.version);
        }
    };
    collect(batch.users);
    collect(batch.cohorts);
    collect(batch.roles);
    collect(batch.members);
    return result;
}

/// Deltas with offsets in [first, next) of the batch go into the result.
Batch stretch(const Batch& batch, Offset first, Offset next) {
    Batch result;
    result.source = batch.source;
    result.log_id = batch.log_id;
    result.first_offset = first;
    result.next_offset = next;
    const auto collect = [&](const auto& from, auto& into) {
        std::copy_if(from.begin(), from.end(), std::back_inserter(into),
                     [&](const auto& delta) { return delta.version >= first && delta.version < next; });
    };
    collect(batch.users, result.users);
    collect(batch.cohorts, result.cohorts);
    collect(batch.roles, result.roles);
    collect(batch.members, result.members);
    for (const RemovalTotals& of_cause : batch.removals) {
        RemovalTotals& part = result.removals.emplace_back(of_cause);
        std::erase_if(part.seen, [&](const RemovalTotals::Seen& removal) {
            return removal.version < first || removal.version >= next;
        });
    }
    return result;
}

}  // namespace

std::size_t delta_count(const Batch& batch) {
    return batch.users.size() + batch.cohorts.size() + batch.roles.size() + batch.members.size();
}

std::pair<Batch, Batch> split(const Batch& batch, std::uint64_t previous_sequence) {
    auto sorted = versions(batch);
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    std::pair<Batch, Batch> halves = {stretch(batch, batch.first_offset, *middle),
                                      stretch(batch, *middle, batch.next_offset)};
    halves.first.last_sequence = previous_sequence;
    halves.second.last_sequence = batch.last_sequence;
    halves.second.watermark = batch.watermark;
    halves.second.published = batch.published;
    return halves;
}

Offset only_version(const Batch& batch) {
    return versions(batch).front();
}

Batch without_deltas(const Batch& batch) {
    Batch result = stretch(batch, batch.first_offset, batch.first_offset);
    result.next_offset = batch.next_offset;
    result.last_sequence = batch.last_sequence;
    result.watermark = batch.watermark;
    result.published = batch.published;
    result.removals = batch.removals;
    return result;
}

}  // namespace entstream::consumer::read
