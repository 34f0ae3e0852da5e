#pragma once

#include <deque>

#include "producer/index/entry.hpp"
#include "producer/index/slot_index.hpp"

namespace entstream::producer::index {

/// The entries of one kind, by UUID and by DN. Changes of what is indexed go through Index, which keeps the tree of DNs
/// beside it.
class EntryTable {
  public:
    /// no_slot when the UUID was never met.
    [[nodiscard]] Slot find(const Uuid& uuid) const;
    /// Adds a slot for a UUID that was never met; its entry is not present.
    Slot find_or_add(const Uuid& uuid);
    /// The present entry of this DN; no_slot when there is none. Several can claim it for a while, because what the
    /// directory tells late, or not at all, makes one of them stand where it is not any more: then it is the one with
    /// the highest entryCSN, whatever the order in which they came, and of those without one the one met last.
    [[nodiscard]] Slot find_dn(const ValueHash& dn) const;

    [[nodiscard]] const Entry& operator[](Slot slot) const { return entries_[slot]; }
    Entry& operator[](Slot slot) { return entries_[slot]; }

    /// Number of slots: present entries are among [0, slots()).
    [[nodiscard]] Slot slots() const { return static_cast<Slot>(entries_.size()); }
    [[nodiscard]] std::size_t present() const { return present_; }

  private:
    friend class Index;
    /// \returns whether another entry claims the DN too
    bool enter_dn(Slot slot);
    /// \returns whether another entry claims the DN, and has it now
    bool leave_dn(Slot slot);

    std::deque<Entry> entries_;  // grows without copying
    SlotIndex by_uuid_;
    SlotIndex by_dn_;
    std::size_t present_ = 0;
    std::size_t contested_ = 0;  ///< claims beyond the first of each DN
};

}  // namespace entstream::producer::index
