#pragma once

#include <cstddef>
#include <vector>

#include "common/model/topics.hpp"
#include "producer/index/slot_index.hpp"

namespace entstream::producer::index {

/// One value of a member attribute: 20 octets.
struct Member {
    ValueHash value;      ///< names the value in the record key
    Slot user = no_slot;  ///< whom it names; no_slot: nobody known
};

/// The members of the groups, or of the role objects, by the parent's slot; ascending by value hash.
class MemberTable {
  public:
    [[nodiscard]] const std::vector<Member>& of(Slot parent) const;
    /// Takes the new members of a parent. \pre ascending by value, no value twice
    void replace(Slot parent, std::vector<Member> members);
    /// The member of this value; null when the parent has none.
    [[nodiscard]] const Member* find(Slot parent, const ValueHash& value) const;
    /// Adds or replaces one member, which costs a move of those behind it: for single changes and for restoring.
    void put(Slot parent, const Member& member);
    /// \returns whether it was there
    bool erase(Slot parent, const ValueHash& value);

    /// Gives back the memory that the lists kept to grow into.
    void shrink_to_fit();

    [[nodiscard]] std::size_t size() const { return size_; }
    /// Parents are among [0, parents()).
    [[nodiscard]] Slot parents() const { return static_cast<Slot>(members_.size()); }

  private:
    std::vector<Member>& list(Slot parent);

    std::vector<std::vector<Member>> members_;
    std::size_t size_ = 0;
};

}  // namespace entstream::producer::index
