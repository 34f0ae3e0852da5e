#include "producer/publish/withheld.hpp"

#include <algorithm>

namespace entstream::producer::publish {

bool Withheld::erase(const index::EntryRef& ref) {
    return std::any_of(by_view_.begin(), by_view_.end(), [&](auto& view) { return view.second.erase(ref) > 0; });
}

const std::set<index::EntryRef>& Withheld::of_view(const std::string& view) const {
    static const std::set<index::EntryRef> none;
    const auto found = by_view_.find(view);
    return found == by_view_.end() ? none : found->second;
}

std::size_t Withheld::count(EntryKind kind) const {
    std::size_t all = 0;
    for (const auto& [view, refs] : by_view_) {
        // Entries of one kind follow each other.
        const auto first = refs.lower_bound({.kind = kind, .slot = 0});
        const auto last = refs.upper_bound({.kind = kind, .slot = index::no_slot});
        all += static_cast<std::size_t>(std::distance(first, last));
    }
    return all;
}

std::set<index::EntryRef> Withheld::all(const std::string& view) const {
    std::set<index::EntryRef> result;
    for (const auto& [of_view, refs] : by_view_) {
        if (view.empty() || of_view == view) {
            result.insert(refs.begin(), refs.end());
        }
    }
    return result;
}

}  // namespace entstream::producer::publish
