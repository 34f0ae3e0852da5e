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
    const bool moved = !was_present || changed.dn_hash != dn.hash;
    changed.csn = csn;
    if (moved || !changed.packed.holds(image)) {
        const DnTree::ContainerId container = tree_.enter(dn);
        if (was_present) {
            tree_.leave(changed.container);
        } else {
            ++entries.present_;
        }
        changed.container = container;
        changed.packed = PackedImage(image, DnTree::rdn(dn.text));
    }
    if (moved) {
        if (was_present) {
            leave_dn(ref);
            if (ref.kind == EntryKind::group && nesting.depth() > 0) {
                nesting.renamed(changed.dn_hash, ref.slot);
            }
        }
        changed.dn_hash = dn.hash;
        enter_dn(ref);
    }
}

void Index::enter_dn(const EntryRef& ref) {
    const bool contested = table(ref.kind).enter_dn(ref.slot);
    if (ref.kind == EntryKind::user) {
        const ValueHash& dn = entry(ref).dn_hash;
        const bool vacated = !vacated_dns_.empty() && vacated_dns_.erase(dn) > 0;
        if (contested || vacated) {
            passed_on_.insert(dn);
        }
    } else if (ref.kind == EntryKind::group) {
        nesting.forget_former(entry(ref).dn_hash);
        nesting.touch_dn(entry(ref).dn_hash);
    }
}

void Index::leave_dn(const EntryRef& ref) {
    const bool contested = table(ref.kind).leave_dn(ref.slot);
    if (ref.kind != EntryKind::user) {
        if (ref.kind == EntryKind::group) {
            nesting.touch_dn(entry(ref).dn_hash);
        }
        return;
    }
    if (contested) {
        passed_on_.insert(entry(ref).dn_hash);
        return;
    }
    vacated_dns_.insert(entry(ref).dn_hash);
    if (vacated_dns_.size() > most_vacated_) {
        forget_unheld_dns();
    }
}

// Most who leave are in no group any more, and a renamed container empties as many DNs as it has users.
void Index::forget_unheld_dns() {
    std::unordered_set<ValueHash> held;
    for (const EntryKind kind : parent_kinds) {
        for (Slot parent = 0; parent < members(kind).parents(); ++parent) {
            for (const Member& member : members(kind).of(parent)) {
                if (vacated_dns_.contains(member.value)) {
                    held.insert(member.value);
                }
            }
        }
    }
    vacated_dns_ = std::move(held);
    most_vacated_ = std::max(first_vacated, 2 * vacated_dns_.size());
}

void Index::remove(const EntryRef& ref) {
    EntryTable& entries = table(ref.kind);
    Entry& gone = entries[ref.slot];
    if (gone.present()) {
        leave_dn(ref);
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

bool Index::misnames(const Member& member) const {
    const EntryTable& users = table(EntryKind::user);
    const Slot holder = users.find_dn(member.value);
    return holder != no_slot && holder != member.user;
}

std::vector<EntryRef> Index::parents_misnaming(const std::vector<ValueHash>& values) const {
    const std::unordered_set<ValueHash> wanted(values.begin(), values.end());
    std::vector<EntryRef> result = parents_holding(values);
    std::erase_if(result, [&](const EntryRef& parent) {
        const std::vector<Member>& all = members(parent.kind).of(parent.slot);
        return std::none_of(all.begin(), all.end(),
                            [&](const Member& member) { return wanted.contains(member.value) && misnames(member); });
    });
    return result;
}

std::vector<ValueHash> Index::take_passed_on() {
    std::vector<ValueHash> result(passed_on_.begin(), passed_on_.end());
    passed_on_.clear();
    return result;
}

void Index::find_passed_on() {
    passed_on_.clear();
    vacated_dns_.clear();
    const EntryTable& users = table(EntryKind::user);
    for (const EntryKind kind : parent_kinds) {
        for (Slot parent = 0; parent < members(kind).parents(); ++parent) {
            for (const Member& member : members(kind).of(parent)) {
                if (member.user != no_slot && users[member.user].present() &&
                    users[member.user].dn_hash == member.value) {
                    continue;
                }
                if (users.find_dn(member.value) != no_slot) {
                    passed_on_.insert(member.value);
                } else if (member.user != no_slot) {
                    vacated_dns_.insert(member.value);
                }
            }
        }
    }
    most_vacated_ = std::max(first_vacated, 2 * vacated_dns_.size());
}

Slot Index::group_named(const ValueHash& value) const {
    const EntryTable& groups = table(EntryKind::group);
    if (const Slot holder = groups.find_dn(value); holder != no_slot) {
        return holder;
    }
    const Slot former = nesting.former_holder(value);
    return former != no_slot && groups[former].present() ? former : no_slot;
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

std::vector<ValueHash> Index::awaited_and_present() const {
    std::vector<ValueHash> result;
    for (const auto& [dn, waiting] : awaited_) {
        if (table(EntryKind::user).find_dn(dn) != no_slot) {
            result.push_back(dn);
        }
    }
    return result;
}

std::vector<std::string> Index::next_awaited(std::size_t most) {
    std::vector<std::string> result;
    for (std::size_t looked_at = 0; looked_at < awaited_.bucket_count() && result.size() < most; ++looked_at) {
        awaited_bucket_ = (awaited_bucket_ + 1) % awaited_.bucket_count();
        for (auto each = awaited_.begin(awaited_bucket_); each != awaited_.end(awaited_bucket_); ++each) {
            result.push_back(each->second.begin()->second);
        }
    }
    return result;
}

}  // namespace entstream::producer::index
