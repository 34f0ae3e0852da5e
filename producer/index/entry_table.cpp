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
    if (contested_ == 0) {
        return by_dn_.find(hash_of(dn), [&](Slot slot) { return entries_[slot].dn_hash == dn; });
    }
    Slot newest = no_slot;
    static_cast<void>(by_dn_.find(hash_of(dn), [&](Slot slot) {
        const Entry& claimant = entries_[slot];
        if (claimant.dn_hash == dn && (newest == no_slot || entries_[newest].csn < claimant.csn ||
                                       (entries_[newest].csn == claimant.csn && newest < slot))) {
            newest = slot;
        }
        return false;
    }));
    return newest;
}

bool EntryTable::enter_dn(Slot slot) {
    const ValueHash& dn = entries_[slot].dn_hash;
    const bool contested = find_dn(dn) != no_slot;
    contested_ += contested ? 1 : 0;
    by_dn_.insert(hash_of(dn), slot);
    return contested;
}

bool EntryTable::leave_dn(Slot slot) {
    const ValueHash& dn = entries_[slot].dn_hash;
    by_dn_.erase(hash_of(dn), slot);
    const bool contested = find_dn(dn) != no_slot;
    contested_ -= contested ? 1 : 0;
    return contested;
}

}  // namespace entstream::producer::index
