#include "producer/index/entry_table.hpp"

namespace entstream::producer::index {

namespace {

std::uint64_t hash_of(const Uuid& octets) {
    return std::hash<Uuid>{}(octets);
}

}  // namespace

Slot EntryTable::find(const Uuid& uuid) const {
    return by_uuid_.find(hash_of(uuid), [&](Slot slot) { return entries_[slot].uuid == uuid; });
}

Slot EntryTable::find_or_add(const Uuid& uuid) {
    if (const Slot known = find(uuid); known != no_slot) {
        return known;
    }
    const Slot slot = slots();
    entries_.emplace_back().uuid = uuid;
    by_uuid_.insert(hash_of(uuid), slot);
    return slot;
}

Slot EntryTable::find_dn(const ValueHash& dn) const {
    return by_dn_.find(hash_of(dn), [&](Slot slot) { return entries_[slot].dn_hash == dn; });
}

void EntryTable::enter_dn(Slot slot) {
    const ValueHash& dn = entries_[slot].dn_hash;
    // A rename of containers that nobody told us can leave a former holder behind: the newest one has the DN.
    if (const Slot former = find_dn(dn); former != no_slot) {
        by_dn_.erase(hash_of(dn), former);
    }
    by_dn_.insert(hash_of(dn), slot);
}

void EntryTable::leave_dn(Slot slot) {
    by_dn_.erase(hash_of(entries_[slot].dn_hash), slot);
}

}  // namespace entstream::producer::index
