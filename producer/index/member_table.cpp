#include "producer/index/member_table.hpp"

#include <algorithm>

namespace entstream::producer::index {

namespace {

bool before(const Member& member, const ValueHash& value) {
    return member.value < value;
}

}  // namespace

const std::vector<Member>& MemberTable::of(Slot parent) const {
    static const std::vector<Member> none;
    return parent < members_.size() ? members_[parent] : none;
}

std::vector<Member>& MemberTable::list(Slot parent) {
    if (parent >= members_.size()) {
        members_.resize(parent + 1);
    }
    return members_[parent];
}

void MemberTable::replace(Slot parent, std::vector<Member> members) {
    std::vector<Member>& now = list(parent);
    size_ += members.size();
    size_ -= now.size();
    now = std::move(members);
}

const Member* MemberTable::find(Slot parent, const ValueHash& value) const {
    const std::vector<Member>& members = of(parent);
    const auto at = std::lower_bound(members.begin(), members.end(), value, before);
    return at != members.end() && at->value == value ? &*at : nullptr;
}

void MemberTable::put(Slot parent, const Member& member) {
    std::vector<Member>& members = list(parent);
    const auto at = std::lower_bound(members.begin(), members.end(), member.value, before);
    if (at != members.end() && at->value == member.value) {
        *at = member;
        return;
    }
    members.insert(at, member);
    ++size_;
}

bool MemberTable::erase(Slot parent, const ValueHash& value) {
    std::vector<Member>& members = list(parent);
    const auto at = std::lower_bound(members.begin(), members.end(), value, before);
    if (at == members.end() || at->value != value) {
        return false;
    }
    members.erase(at);
    --size_;
    return true;
}

void MemberTable::shrink_to_fit() {
    for (std::vector<Member>& of_parent : members_) {
        of_parent.shrink_to_fit();
    }
}

}  // namespace entstream::producer::index
