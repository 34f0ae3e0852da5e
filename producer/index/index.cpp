#include "producer/index/index.hpp"

#include <algorithm>
#include <unordered_set>

namespace entstream::producer::index {

namespace {

constexpr std::array<EntryKind, 2> parent_kinds = {EntryKind::group, EntryKind::role};
/// Up to here a search per value in each parent's sorted list is cheaper than a walk over all members.
constexpr std::size_t few_values = 8;

bool holds_one_of(const MemberTable& members, Slot parent, const std::vector<ValueHash>& values) {
    return std::any_of(values.begin(), values.end(),
                       [&](const ValueHash& value) { return members.find(parent, value) != nullptr; });
}

}  // namespace

std::size_t Index::member_count() const {
    return members(EntryKind::group).size() + members(EntryKind::role).size();
}

std::string Index::dn(const EntryRef& ref) const {
    const Entry& found = entry(ref);
    std::string text(found.packed.rdn());
    if (const std::string& container = tree_.text(found.container); !container.empty()) {
        text += ',';
        text += container;
    }
    return text;
}

void Index::set(const EntryRef& ref, const ParsedDn& dn, const Image& image, const PackedCsn& csn) {
    EntryTable& entries = table(ref.kind);
    Entry& changed = entries[ref.slot];
    const bool was_present = changed.present();
    if (!was_present || changed.dn_hash != dn.hash || !changed.packed.holds(image)) {
        const DnTree::ContainerId container = tree_.enter(dn);
        if (was_present) {
            entries.leave_dn(ref.slot);
            tree_.leave(changed.container);
        } else {
            ++entries.present_;
        }
        changed.container = container;
        changed.dn_hash = dn.hash;
        entries.enter_dn(ref.slot);
        changed.packed = PackedImage(image, DnTree::rdn(dn.text));
    }
    changed.csn = csn;
}

void Index::remove(const EntryRef& ref) {
    EntryTable& entries = table(ref.kind);
    Entry& gone = entries[ref.slot];
    if (gone.present()) {
        entries.leave_dn(ref.slot);
        tree_.leave(gone.container);
        gone.packed = {};
        --entries.present_;
    }
    gone.searches = 0;
}

std::vector<EntryRef> Index::entries_below(const ParsedDn& dn) const {
    std::vector<EntryRef> result;
    const DnTree::Below below = tree_.below(dn.normalised);
    for (const EntryKind kind : entry_kinds) {
        const EntryTable& entries = table(kind);
        for (Slot slot = 0; slot < entries.slots(); ++slot) {
            if (entries[slot].present() && below(entries[slot].container)) {
                result.push_back({.kind = kind, .slot = slot});
            }
        }
    }
    return result;
}

std::vector<EntryRef> Index::parents_holding(const std::vector<ValueHash>& values) const {
    std::vector<EntryRef> result;
    const bool few = values.size() <= few_values;
    const std::unordered_set<ValueHash> wanted =
        few ? std::unordered_set<ValueHash>{} : std::unordered_set<ValueHash>(values.begin(), values.end());
    for (const EntryKind kind : parent_kinds) {
        const MemberTable& table_of_kind = members(kind);
        for (Slot parent = 0; parent < table_of_kind.parents(); ++parent) {
            const auto& all = table_of_kind.of(parent);
            const bool holds = few ? holds_one_of(table_of_kind, parent, values)
                                   : std::any_of(all.begin(), all.end(),
                                                 [&](const Member& member) { return wanted.contains(member.value); });
            if (holds && entry({.kind = kind, .slot = parent}).present()) {
                result.push_back({.kind = kind, .slot = parent});
            }
        }
    }
    return result;
}

void Index::await(const EntryRef& parent, const ValueHash& value, std::string text) {
    awaited_[value].insert_or_assign(parent, std::move(text));
}

void Index::stop_awaiting(const EntryRef& parent, const ValueHash& value) {
    const auto waiting = awaited_.find(value);
    if (waiting != awaited_.end() && waiting->second.erase(parent) > 0 && waiting->second.empty()) {
        awaited_.erase(waiting);
    }
}

Awaited Index::take_awaiting(const ValueHash& dn) {
    const auto node = awaited_.extract(dn);
    return node ? std::move(node.mapped()) : Awaited{};
}

}  // namespace entstream::producer::index
