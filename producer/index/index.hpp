#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "producer/index/attribute_names.hpp"
#include "producer/index/dn_tree.hpp"
#include "producer/index/entry_ref.hpp"
#include "producer/index/entry_table.hpp"
#include "producer/index/member_table.hpp"
#include "producer/index/nesting.hpp"
#include "producer/producer_config.hpp"

namespace entstream::producer::index {

inline constexpr std::array<EntryKind, 3> entry_kinds = {EntryKind::user, EntryKind::group, EntryKind::role};

static_assert(most_searches == 8 * sizeof(SearchSet));

/// Member values that name nobody known, kept so that their records can be published again when somebody gets that DN:
/// the value as it was sent, by the group or role object that has it.
using Awaited = std::map<EntryRef, std::string>;

/// What was published so far, small enough for memory: hashes of attributes and members instead of their values.
/// Restored from the log at start, changed together with each record that is published. When a transaction is lost,
/// the index is thrown away with it and restored again.
///
/// Not thread-safe.
class Index {
  public:
    AttributeNames names;
    Nesting nesting;

    [[nodiscard]] const EntryTable& table(EntryKind kind) const { return tables_[position(kind)]; }
    EntryTable& table(EntryKind kind) { return tables_[position(kind)]; }
    [[nodiscard]] const Entry& entry(const EntryRef& ref) const { return table(ref.kind)[ref.slot]; }
    Entry& entry(const EntryRef& ref) { return table(ref.kind)[ref.slot]; }

    /// Members of the groups or of the role objects. \pre kind is group or role
    [[nodiscard]] const MemberTable& members(EntryKind kind) const { return members_[position(kind)]; }
    MemberTable& members(EntryKind kind) { return members_[position(kind)]; }
    [[nodiscard]] std::size_t member_count() const;

    /// The DN of a present entry, as it was sent.
    [[nodiscard]] std::string dn(const EntryRef& ref) const;

    /// Sets what the entry is now; it becomes present. The same DN in another spelling and the same attributes are no
    /// change.
    void set(const EntryRef& ref, const ParsedDn& dn, const Image& image, const PackedCsn& csn);
    /// The entry left: no longer present, in no search. Its slot and its members stay.
    void remove(const EntryRef& ref);

    /// Whether entries of any kind lie below this DN.
    [[nodiscard]] bool has_entries_below(const ParsedDn& dn) const { return tree_.has_entries_below(dn.normalised); }
    /// The present entries below this DN. Looks at every entry.
    [[nodiscard]] std::vector<EntryRef> entries_below(const ParsedDn& dn) const;

    /// The groups and role objects that have one of these values. Looks at every group and role object.
    [[nodiscard]] std::vector<EntryRef> parents_holding(const std::vector<ValueHash>& values) const;

    /// Whether a member names somebody else than the user who has the DN now. While nobody has it, a member goes on
    /// naming whom it named: he may have been renamed, and the group not rewritten yet.
    [[nodiscard]] bool misnames(const Member& member) const;
    /// Those of parents_holding() whose member of one of these values misnames somebody.
    [[nodiscard]] std::vector<EntryRef> parents_misnaming(const std::vector<ValueHash>& values) const;
    /// DNs that passed from one user to another, or whose user members may not know yet for another reason, since the
    /// last call: what groups and role objects say of them must be looked at again.
    std::vector<ValueHash> take_passed_on();
    [[nodiscard]] bool has_passed_on() const { return !passed_on_.empty(); }
    /// Finds by the members themselves what take_passed_on() must return, after the index was filled from the log.
    void find_passed_on();

    /// The group that a value of a member attribute names; no_slot when it names none. One that was renamed is still
    /// meant, as long as no other one has the DN.
    [[nodiscard]] Slot group_named(const ValueHash& value) const;

    /// Notes a member without user, or drops it again.
    void await(const EntryRef& parent, const ValueHash& value, std::string text);
    void stop_awaiting(const EntryRef& parent, const ValueHash& value);
    /// Those that wait for this DN, who wait no longer.
    Awaited take_awaiting(const ValueHash& dn);
    /// Awaited DNs that a user has, though nobody told those who wait. Looks at all that is awaited.
    [[nodiscard]] std::vector<ValueHash> awaited_and_present() const;
    /// Up to `most` of the awaited DNs, as they were sent; further ones at the next call.
    std::vector<std::string> next_awaited(std::size_t most);

  private:
    void enter_dn(const EntryRef& ref);
    void leave_dn(const EntryRef& ref);
    void forget_unheld_dns();

    static constexpr std::size_t first_vacated = 4096;

    static std::size_t position(EntryKind kind) { return static_cast<std::size_t>(kind); }

    std::array<EntryTable, entry_kinds.size()> tables_;
    std::array<MemberTable, entry_kinds.size()> members_;  ///< the users' stays empty
    DnTree tree_;
    std::unordered_map<ValueHash, Awaited> awaited_;
    std::size_t awaited_bucket_ = 0;             ///< of awaited_, where next_awaited() goes on
    std::unordered_set<ValueHash> vacated_dns_;  ///< of users who left them: members may go on naming them
    std::size_t most_vacated_ = first_vacated;   ///< beyond, those that no member holds are forgotten
    std::unordered_set<ValueHash> passed_on_;
};

}  // namespace entstream::producer::index
