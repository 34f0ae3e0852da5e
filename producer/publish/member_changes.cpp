#include "producer/publish/member_changes.hpp"

#include <algorithm>
#include <utility>

#include "common/ldap/dn.hpp"
#include "common/model/topics.hpp"
#include "producer/publish/change_fields.hpp"
#include "producer/publish/kinds.hpp"

namespace entstream::producer::publish {

namespace {

bool is_blank(const std::string& text) {
    return text.find_first_not_of(' ') == std::string::npos;
}

}  // namespace

MemberValues member_values(const std::vector<const std::string*>& values) {
    MemberValues result;
    result.reserve(values.size());
    for (const std::string* text : values) {
        if (!is_blank(*text)) {
            result.push_back({.hash = index::ParsedDn(*text).hash, .text = text});
        }
    }
    std::sort(result.begin(), result.end(), [](const MemberValue& a, const MemberValue& b) { return a.hash < b.hash; });
    result.erase(std::unique(result.begin(), result.end(),
                             [](const MemberValue& a, const MemberValue& b) { return a.hash == b.hash; }),
                 result.end());
    return result;
}

MemberValues MemberChanges::unknown(const index::EntryRef& parent, const MemberValues& values) const {
    MemberValues result;
    const index::MemberTable& members = index_->members(parent.kind);
    for (const MemberValue& value : values) {
        const bool had = parent.slot != index::no_slot && members.find(parent.slot, value.hash) != nullptr;
        if (!had && index_->table(EntryKind::user).find_dn(value.hash) == index::no_slot && !names_group(value.hash)) {
            result.push_back(value);
        }
    }
    return result;
}

bool MemberChanges::names_group(const ValueHash& value) const {
    return index_->nesting.depth() > 0 && index_->group_named(value) != index::no_slot;
}

void MemberChanges::publish(const index::EntryRef& parent, const index::Member& member, const std::string& value,
                            v1::Operation operation, const std::string& csn, const Origin& origin) {
    const Uuid& parent_uuid = index_->entry(parent).uuid;
    start_change(change_, v1::KIND_MEMBER, operation, parent_uuid, csn, origin);
    v1::Member& record = *change_.mutable_member();
    record.set_parent_kind(record_kind(parent.kind));
    record.set_parent_uuid(parent_uuid.to_bytes());
    record.set_value(value);
    if (member.user != index::no_slot) {
        record.set_member_uuid(index_->table(EntryKind::user)[member.user].uuid.to_bytes());
    }
    if (operation == v1::OPERATION_DELETE) {
        change_.set_reason(v1::REASON_VALUE_REMOVED);
    }
    publisher_->change(member_key(parent_uuid, member.value), change_);
}

bool MemberChanges::set(const index::EntryRef& parent, const MemberValues& values, const std::string& csn,
                        const Origin& origin) {
    const std::vector<index::Member>& before = index_->members(parent.kind).of(parent.slot);
    std::vector<index::Member> after;
    std::vector<index::Member> removed;
    std::vector<std::pair<index::Member, const std::string*>> passed_on;
    after.reserve(values.size());
    bool changed = false;
    auto old = before.begin();
    for (const MemberValue& value : values) {
        while (old != before.end() && old->value < value.hash) {
            removed.push_back(*old++);
        }
        if (old != before.end() && old->value == value.hash) {
            index::Member& kept = after.emplace_back(*old++);
            if (index_->misnames(kept)) {
                kept.user = index_->table(EntryKind::user).find_dn(kept.value);
                passed_on.emplace_back(kept, value.text);
            } else if (origin.unconditional) {
                publish(parent, kept, *value.text, v1::OPERATION_UPDATE, csn, origin);
            }
            continue;
        }
        const index::Member added{.value = value.hash, .user = index_->table(EntryKind::user).find_dn(value.hash)};
        after.push_back(added);
        publish(parent, added, *value.text, v1::OPERATION_CREATE, csn, origin);
        if (added.user == index::no_slot) {
            index_->await(parent, added.value, *value.text);
        }
        changed = true;
    }
    removed.insert(removed.end(), old, before.end());
    for (const auto& [member, text] : passed_on) {
        publish(parent, member, *text, v1::OPERATION_UPDATE, csn, origin);
        index_->stop_awaiting(parent, member.value);
    }
    if (!removed.empty() && index_->nesting.has_changes() && !index_->nesting.of(parent).empty()) {
        before_removals_(origin);
    }
    Origin of_removals = origin;
    of_removals.removals = {.cause = v1::CAUSE_VALUE_REMOVED, .members = removed.size()};
    for (const index::Member& gone : removed) {
        publish(parent, gone, {}, v1::OPERATION_DELETE, csn, of_removals);
        index_->stop_awaiting(parent, gone.value);
    }
    if (changed || !passed_on.empty() || !removed.empty()) {
        index_->members(parent.kind).replace(parent.slot, std::move(after));
        index_->nesting.touch(parent);
        return true;
    }
    return false;
}

void MemberChanges::remove_hidden(const index::EntryRef& parent, const ValueHash& value, const Origin& origin) {
    publish(parent, {.value = value}, {}, v1::OPERATION_DELETE, {}, origin);
}

void MemberChanges::drop(const index::EntryRef& parent) {
    const Uuid& uuid = index_->entry(parent).uuid;
    for (const index::Member& member : index_->members(parent.kind).of(parent.slot)) {
        publisher_->tombstone(member_key(uuid, member.value));
        index_->stop_awaiting(parent, member.value);
    }
    index_->members(parent.kind).replace(parent.slot, {});
    for (const index::Inner& inner : index_->nesting.of(parent)) {
        for (const index::Member& member : inner.members) {
            publisher_->tombstone(member_key(uuid, member.value));
        }
    }
    index_->nesting.replace(parent, {});
}

void MemberChanges::publish_memberships(index::Slot user, const ValueHash& dn_hash, const std::string& dn,
                                        const Origin& origin) {
    for (const EntryKind kind : {EntryKind::group, EntryKind::role}) {
        const index::MemberTable& members = index_->members(kind);
        for (index::Slot parent = 0; parent < members.parents(); ++parent) {
            for (const index::Member& member : members.of(parent)) {
                if (member.user == user) {
                    publish({.kind = kind, .slot = parent}, member, member.value == dn_hash ? dn : std::string(),
                            v1::OPERATION_UPDATE, {}, origin);
                }
            }
        }
    }
}

void MemberChanges::resolve(const ValueHash& dn, const std::string& csn, const Origin& origin) {
    const index::Slot user = index_->table(EntryKind::user).find_dn(dn);
    for (const auto& [parent, value] : index_->take_awaiting(dn)) {
        const index::Member resolved{.value = dn, .user = user};
        index_->members(parent.kind).put(parent.slot, resolved);
        index_->nesting.touch(parent);
        publish(parent, resolved, value, v1::OPERATION_UPDATE, csn, origin);
    }
}

}  // namespace entstream::producer::publish
