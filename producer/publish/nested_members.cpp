#include "producer/publish/nested_members.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "common/model/topics.hpp"
#include "producer/publish/change_fields.hpp"
#include "producer/publish/kinds.hpp"

namespace entstream::producer::publish {

namespace {

using index::EntryRef;
using index::Inner;
using index::Inners;
using index::Member;
using index::Slot;

bool is_of_lower_value(const Member& left, const Member& right) {
    return left.value < right.value;
}

/// Calls `use` for each membership that `inners` has and `others` has not.
template <typename Use>
void for_each_missing(const Inners& inners, const Inners& others, const Use& use) {
    static const std::vector<Member> none;
    auto other = others.begin();
    for (const Inner& inner : inners) {
        other = std::find_if(other, others.end(), [&](const Inner& each) { return each.group >= inner.group; });
        const bool same = other != others.end() && other->group == inner.group;
        std::vector<Member> missing;
        const std::vector<Member>& there = same ? other->members : none;
        std::set_difference(inner.members.begin(), inner.members.end(), there.begin(), there.end(),
                            std::back_inserter(missing), is_of_lower_value);
        for (const Member& member : missing) {
            use(inner.group, member);
        }
    }
}

}  // namespace

void NestedMembers::publish(const EntryRef& parent, Slot group, const Member& member, v1::Operation operation,
                            const Origin& origin) {
    const EntryRef inner{.kind = EntryKind::group, .slot = group};
    const Uuid& parent_uuid = index_->entry(parent).uuid;
    start_change(change_, v1::KIND_MEMBER, operation, parent_uuid, {}, origin);
    v1::Member& record = *change_.mutable_member();
    record.set_parent_kind(record_kind(parent.kind));
    record.set_parent_uuid(parent_uuid.to_bytes());
    record.set_member_uuid(index_->table(EntryKind::user)[member.user].uuid.to_bytes());
    record.set_via_uuid(index_->entry(inner).uuid.to_bytes());
    if (operation == v1::OPERATION_DELETE) {
        change_.set_reason(v1::REASON_VALUE_REMOVED);
    } else if (index_->entry(inner).present()) {
        record.set_value(index_->dn(inner));
    }
    publisher_->change(member_key(parent_uuid, member.value), change_);
}

void NestedMembers::tell_too_deep(const EntryRef& parent) {
    if (told_too_deep_.insert(parent).second) {
        spdlog::warn(
            "{} {}: groups in it are nested deeper than nested_groups = {}; what lies deeper is left out. Remedy: "
            "raise "
            "nested_groups (at most 10), or flatten the groups",
            parent.kind == EntryKind::role ? "role object" : "group", index_->entry(parent).uuid.to_text(),
            index_->nesting.depth());
    }
}

std::vector<Member> NestedMembers::members_by_way_of(const EntryRef& parent, Slot group) {
    std::unordered_set<Slot> users;
    std::unordered_set<Slot> met = {group};
    if (parent.kind == EntryKind::group) {
        met.insert(parent.slot);
    }
    std::vector<Slot> level = {group};
    for (unsigned depth = 1; !level.empty(); ++depth) {
        if (depth > index_->nesting.depth()) {
            tell_too_deep(parent);
            break;
        }
        std::vector<Slot> next;
        for (const Slot each : level) {
            for (const Member& member : index_->members(EntryKind::group).of(each)) {
                if (member.user != index::no_slot) {
                    users.insert(member.user);
                } else if (const Slot inner = index_->group_named(member.value);
                           inner != index::no_slot && met.insert(inner).second) {
                    next.push_back(inner);
                }
            }
        }
        level = std::move(next);
    }
    std::vector<Member> members;
    members.reserve(users.size());
    const Uuid& via = index_->table(EntryKind::group)[group].uuid;
    for (const Slot user : users) {
        members.push_back({.value = index::nested_value(via, index_->table(EntryKind::user)[user].uuid), .user = user});
    }
    std::sort(members.begin(), members.end(), is_of_lower_value);
    return members;
}

Inners NestedMembers::inners_of(const EntryRef& parent) {
    Inners inners;
    if (index_->nesting.depth() == 0 || !index_->entry(parent).present()) {
        return inners;
    }
    std::set<Slot> groups;
    for (const Member& member : index_->members(parent.kind).of(parent.slot)) {
        if (member.user == index::no_slot) {
            groups.insert(index_->group_named(member.value));
        }
    }
    groups.erase(index::no_slot);
    if (parent.kind == EntryKind::group) {
        groups.erase(parent.slot);
    }
    for (const Slot group : groups) {
        inners.push_back({.group = group, .members = members_by_way_of(parent, group)});
    }
    return inners;
}

void NestedMembers::publish_differences(const Parents& parents, const Origin& origin,
                                        const std::function<void()>& commit_if_full) {
    std::vector<std::pair<EntryRef, Inners>> changed;
    Origin of_removals = origin;
    of_removals.removals = {.cause = v1::CAUSE_VALUE_REMOVED};
    for (const EntryRef& parent : parents) {
        Inners now = inners_of(parent);
        const Inners& before = index_->nesting.of(parent);
        if (now.empty() && before.empty()) {
            continue;
        }
        for_each_missing(now, before, [&](Slot group, const Member& member) {
            publish(parent, group, member, v1::OPERATION_CREATE, origin);
            commit_if_full();
        });
        for_each_missing(before, now, [&](Slot, const Member&) { ++of_removals.removals.members; });
        changed.emplace_back(parent, std::move(now));
    }
    for (auto& [parent, now] : changed) {
        for_each_missing(index_->nesting.of(parent), now, [&, of = parent](Slot group, const Member& member) {
            publish(of, group, member, v1::OPERATION_DELETE, of_removals);
            commit_if_full();
        });
        index_->nesting.replace(parent, std::move(now));
    }
}

void NestedMembers::update(const Origin& origin, const std::function<void()>& commit_if_full) {
    index::Nesting& nesting = index_->nesting;
    if (!nesting.has_changes()) {
        return;
    }
    index::Nesting::Changes changes = nesting.take_changes();
    Parents affected = std::move(changes.parents);
    if (!changes.dns.empty()) {
        const std::vector<EntryRef> holding = index_->parents_holding(changes.dns);
        affected.insert(holding.begin(), holding.end());
    }
    // And those in which these stand, and so on.
    std::unordered_set<Slot> groups;
    for (std::vector<EntryRef> level(affected.begin(), affected.end()); !level.empty();) {
        groups.clear();
        for (const EntryRef& ref : level) {
            if (ref.kind == EntryKind::group) {
                groups.insert(ref.slot);
            }
        }
        level = nesting.parents_of(groups);
        std::erase_if(level, [&](const EntryRef& parent) { return !affected.insert(parent).second; });
    }
    publish_differences(affected, origin, commit_if_full);
}

void NestedMembers::update_all(const Origin& origin, const std::function<void()>& commit_if_full) {
    static_cast<void>(index_->nesting.take_changes());
    Parents all;
    if (index_->nesting.depth() > 0) {
        for (const EntryKind kind : {EntryKind::group, EntryKind::role}) {
            for (Slot parent = 0; parent < index_->members(kind).parents(); ++parent) {
                all.insert({.kind = kind, .slot = parent});
            }
        }
    }
    for (const auto& each : index_->nesting.all()) {
        all.insert(each.first);
    }
    publish_differences(all, origin, commit_if_full);
}

void NestedMembers::republish(const EntryRef& parent, const Origin& origin) {
    for (const Inner& inner : index_->nesting.of(parent)) {
        for (const Member& member : inner.members) {
            publish(parent, inner.group, member, v1::OPERATION_UPDATE, origin);
        }
    }
}

void NestedMembers::republish_of(Slot user, const Origin& origin) {
    for (const auto& [parent, inners] : index_->nesting.all()) {
        for (const Inner& inner : inners) {
            for (const Member& member : inner.members) {
                if (member.user == user) {
                    publish(parent, inner.group, member, v1::OPERATION_UPDATE, origin);
                }
            }
        }
    }
}

bool NestedMembers::republish_one(const EntryRef& parent, const ValueHash& value, const Origin& origin) {
    for (const Inner& inner : index_->nesting.of(parent)) {
        for (const Member& member : inner.members) {
            if (member.value == value) {
                publish(parent, inner.group, member, v1::OPERATION_UPDATE, origin);
                return true;
            }
        }
    }
    return false;
}

}  // namespace entstream::producer::publish
