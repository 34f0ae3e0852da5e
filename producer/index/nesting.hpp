#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "producer/index/entry_ref.hpp"
#include "producer/index/member_table.hpp"

namespace entstream::producer::index {

/// Names the record of a membership by way of a group: one for each group in the member attribute and each person, so
/// that who leaves by one way stays by the other.
ValueHash nested_value(const Uuid& group, const Uuid& user);

/// A group that stands in the member attribute of a group or role object, and whom it brings: its members and those of
/// the groups in it.
struct Inner {
    Slot group = no_slot;
    std::vector<Member> members;  ///< ascending by nested_value(); all of them resolved
};
/// Ascending by group.
using Inners = std::vector<Inner>;

/// Memberships by way of other groups (ProducerConfig::nested_groups), as they were published, and what may have
/// changed them since. Empty while the option is off and always was. Not thread-safe.
class Nesting {
  public:
    /// How deep groups may be nested; 0: changes are not noted.
    void set_depth(unsigned depth) { depth_ = depth; }
    [[nodiscard]] unsigned depth() const { return depth_; }
    [[nodiscard]] bool empty() const { return inners_.empty(); }

    [[nodiscard]] const Inners& of(const EntryRef& parent) const;
    [[nodiscard]] const std::map<EntryRef, Inners>& all() const { return inners_; }
    void replace(const EntryRef& parent, Inners inners);
    /// Single memberships, for restoring.
    void put(const EntryRef& parent, Slot group, const Member& member);
    void erase(const EntryRef& parent, Slot group, const ValueHash& value);

    /// How many persons the groups in the parent bring.
    [[nodiscard]] std::size_t count(const EntryRef& parent) const;
    [[nodiscard]] bool holds(const EntryRef& parent, const ValueHash& value) const;
    /// The parents in which one of these groups stands.
    [[nodiscard]] std::vector<EntryRef> parents_of(const std::unordered_set<Slot>& groups) const;

    /// A group was renamed: who still lists its former DN means this group, as long as no other one has that DN.
    void renamed(const ValueHash& former_dn, Slot group) { former_dns_.insert_or_assign(former_dn, group); }
    void forget_former(const ValueHash& dn) { former_dns_.erase(dn); }
    /// no_slot: none had it.
    [[nodiscard]] Slot former_holder(const ValueHash& dn) const;

    /// The members of a group or role object changed.
    void touch(const EntryRef& parent) {
        if (depth_ > 0) {
            touched_.insert(parent);
        }
    }
    /// Another group has this DN, or none.
    void touch_dn(const ValueHash& dn) {
        if (depth_ > 0) {
            touched_dns_.insert(dn);
        }
    }
    [[nodiscard]] bool has_changes() const { return !touched_.empty() || !touched_dns_.empty(); }
    struct Changes {
        std::set<EntryRef> parents;
        std::vector<ValueHash> dns;
    };
    /// Since the last call.
    Changes take_changes();

  private:
    unsigned depth_ = 0;
    std::map<EntryRef, Inners> inners_;  ///< of parents that have some
    std::unordered_map<ValueHash, Slot> former_dns_;
    std::set<EntryRef> touched_;
    std::unordered_set<ValueHash> touched_dns_;
};

}  // namespace entstream::producer::index
