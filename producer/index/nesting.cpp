#include "producer/index/nesting.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "common/ldap/dn.hpp"

namespace entstream::producer::index {

namespace {

bool is_of_lower_group(const Inner& inner, Slot group) {
    return inner.group < group;
}

bool is_of_lower_value(const Member& member, const ValueHash& value) {
    return member.value < value;
}

}  // namespace

ValueHash nested_value(const Uuid& group, const Uuid& user) {
    return ldap::hash128("nested/" + group.to_bytes() + user.to_bytes());
}

const Inners& Nesting::of(const EntryRef& parent) const {
    static const Inners none;
    const auto found = inners_.find(parent);
    return found == inners_.end() ? none : found->second;
}

void Nesting::replace(const EntryRef& parent, Inners inners) {
    if (inners.empty()) {
        inners_.erase(parent);
    } else {
        inners_.insert_or_assign(parent, std::move(inners));
    }
}

void Nesting::put(const EntryRef& parent, Slot group, const Member& member) {
    Inners& inners = inners_[parent];
    auto inner = std::lower_bound(inners.begin(), inners.end(), group, is_of_lower_group);
    if (inner == inners.end() || inner->group != group) {
        inner = inners.insert(inner, Inner{.group = group, .members = {}});
    }
    std::vector<Member>& members = inner->members;
    const auto at = std::lower_bound(members.begin(), members.end(), member.value, is_of_lower_value);
    if (at == members.end() || at->value != member.value) {
        members.insert(at, member);
    }
}

void Nesting::erase(const EntryRef& parent, Slot group, const ValueHash& value) {
    const auto inners = inners_.find(parent);
    if (inners == inners_.end()) {
        return;
    }
    const auto inner = std::lower_bound(inners->second.begin(), inners->second.end(), group, is_of_lower_group);
    if (inner == inners->second.end() || inner->group != group) {
        return;
    }
    std::erase_if(inner->members, [&](const Member& member) { return member.value == value; });
    if (inner->members.empty()) {
        inners->second.erase(inner);
    }
    if (inners->second.empty()) {
        inners_.erase(inners);
    }
}

std::size_t Nesting::count(const EntryRef& parent) const {
    std::size_t members = 0;
    for (const Inner& inner : of(parent)) {
        members += inner.members.size();
    }
    return members;
}

bool Nesting::holds(const EntryRef& parent, const ValueHash& value) const {
    const Inners& inners = of(parent);
    return std::any_of(inners.begin(), inners.end(), [&](const Inner& inner) {
        const auto at = std::lower_bound(inner.members.begin(), inner.members.end(), value, is_of_lower_value);
        return at != inner.members.end() && at->value == value;
    });
}

std::vector<EntryRef> Nesting::parents_of(const std::unordered_set<Slot>& groups) const {
    std::vector<EntryRef> parents;
    for (const auto& [parent, inners] : inners_) {
        if (std::any_of(inners.begin(), inners.end(),
                        [&](const Inner& inner) { return groups.contains(inner.group); })) {
            parents.push_back(parent);
        }
    }
    return parents;
}

Slot Nesting::former_holder(const ValueHash& dn) const {
    const auto found = former_dns_.find(dn);
    return found == former_dns_.end() ? no_slot : found->second;
}

Nesting::Changes Nesting::take_changes() {
    Changes changes{.parents = std::exchange(touched_, {}), .dns = {touched_dns_.begin(), touched_dns_.end()}};
    touched_dns_.clear();
    return changes;
}

}  // namespace entstream::producer::index
