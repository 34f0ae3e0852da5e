#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "producer/index/index.hpp"
#include "producer/producer_config.hpp"
#include "producer/publish/entry_changes.hpp"
#include "producer/publish/origin.hpp"
#include "producer/publish/publisher.hpp"
#include "producer/publish/restore.hpp"
#include "producer/publish/side_reads.hpp"
#include "producer/publish/stale_guard.hpp"

namespace entstream::producer::publish {

/// What the searches contain, as it was published: takes images and losses, from the stream or from side reads, and
/// publishes what they change.
///
/// Values of a member attribute that name nobody known are looked up before they are published, because the users of a
/// container that no search shows change their DNs without a message.
class Content {
  public:
    /// \param commit_if_full  called between records that need not be in one transaction
    Content(const ProducerConfig& config, index::Index& index, Publisher& publisher, SideReads& side,
            std::function<void()> commit_if_full);

    /// What images were seen before does not count any more. `generation` goes into every record from now on.
    /// \param in_full  by search: whether this session reads it in full
    void new_session(std::uint64_t generation, std::vector<bool> in_full);

    /// An image from the stream.
    /// \returns nullopt when it is older than what this session has shown, or of an entry that a look-up found gone;
    /// nothing happens then
    std::optional<Applied> streamed(const sync::EntryMessage& message, const index::ParsedDn& dn, v1::Phase phase);
    /// An image from a side read.
    /// \returns nullopt when it is older than what this session has shown; nothing happens then
    std::optional<Applied> looked_up(const sync::EntryMessage& message, v1::Phase phase);

    /// An image from a side read, published with its memberships whether it differs or not.
    /// \returns as looked_up()
    std::optional<Applied> republished(const sync::EntryMessage& message);
    /// An image of a reconcile, which the stream must not have touched since the reconcile began (was_touched()).
    /// \returns nullopt when its entryCSN is older than what was published; nothing happens then
    std::optional<Applied> reconciled(const sync::EntryMessage& message);
    /// From now on notes which entries are touched by anything but reconciled().
    void watch() { touched_.emplace(); }
    void stop_watching() { touched_.reset(); }
    [[nodiscard]] bool was_touched(const Uuid& uuid) const { return touched_ && touched_->contains(uuid); }
    /// The stream said something about the entry.
    void touch(const Uuid& uuid) {
        if (touched_) {
            touched_->insert(uuid);
        }
    }
    /// A reconcile did not find the entry in these searches. What the stream has still queued about it is older.
    /// \param removals  what this reconcile brings in all
    void found_gone(const index::EntryRef& ref, index::SearchSet searches, const RemovalTotals& removals);
    /// Of the records of PHASE_RECONCILE from now on.
    void set_reconcile_generation(std::uint64_t generation) { reconcile_generation_ = generation; }

    /// The search holds the entry as well, which looks as it did.
    void hold(const index::EntryRef& ref, std::size_t search) { entries_.set_holder(ref, search, true); }

    /// The search does not hold the entry any more. It is deleted unless another search holds it; those of the same
    /// kind that are not known to hold it are asked, because a move between searches is no deletion.
    /// \param dn  as the provider gave it; may be empty
    /// \param removals  what it is part of
    void lose(const index::EntryRef& ref, std::size_t search, const Removal& removal, const std::string& dn,
              v1::Phase phase, const RemovalTotals& removals);

    /// A look-up did not find the entry in the search any more. What the stream has still queued about it is older.
    /// \param removals  what it is part of; nullptr: of nothing else
    void not_found(const index::EntryRef& ref, std::size_t search, v1::Phase phase,
                   const RemovalTotals* removals = nullptr);

    /// The searches in `lost` do not hold the entry any more, and nobody needs to be asked.
    /// \param removals  what this refresh, or whatever it is, brings in all
    void lose_for_certain(const index::EntryRef& ref, index::SearchSet lost, const Removal& removal,
                          const std::string& dn, v1::Phase phase, const RemovalTotals& removals);

    [[nodiscard]] const StaleGuard& guard() const { return guard_; }
    /// Takes over which entries are withheld, and writes into the state topic what it lacks about who holds which.
    void restore(const Restored& restored);

    /// No search shows the entry any more, because the view is another one: it is kept.
    void withhold(const index::EntryRef& ref, const std::string& former_view) { entries_.withhold(ref, former_view); }
    [[nodiscard]] const Withheld& withheld() const { return entries_.withheld(); }

    /// What others' records hide on the log is published again as the directory has it, or its deletion is: entries of
    /// this kind and their members, unless this session has done so already. At the end of the refresh of the kind.
    /// \param absence_counts  an entry that is not found has left; else it is left as it is
    void mend(EntryKind kind, bool absence_counts, v1::Phase phase);
    [[nodiscard]] const Damage& damage() const { return damage_; }

    /// Publishes what follows from changed groups for those in which they stand (nested_groups). After a refresh of all
    /// searches, \param all  all of them are compared.
    void update_nested(v1::Phase phase, bool all = false) {
        if (all) {
            entries_.update_all_nested(origin(phase));
        } else {
            entries_.update_nested(origin(phase));
        }
    }

    /// Members that still wait for their user though he is known by now are published again. Of the others some are
    /// looked up, a few at each call: their user may have got that DN without a message.
    void resolve_waiting(v1::Phase phase);

    /// Users whose new DN was noticed only by looking up a member, since the last call. Groups may hold the former one.
    std::vector<Rename> take_renames() { return std::exchange(renames_, {}); }
    [[nodiscard]] bool has_renames() const { return !renames_.empty(); }

  private:
    [[nodiscard]] Origin origin(v1::Phase phase, const RemovalTotals& removals = {}) const {
        return {.phase = phase,
                .generation = phase == v1::PHASE_RECONCILE ? reconcile_generation_ : generation_,
                .removals = removals};
    }
    void look_at_hidden(const index::EntryRef& ref, v1::Phase phase);
    void settle_claim(const index::EntryRef& holder, v1::Phase phase);
    /// The entry, unless the image is older than what this session has shown of it.
    std::optional<Applied> publish_looked_up(const sync::EntryMessage& message, const Origin& origin);
    Applied publish(const sync::EntryMessage& message, const index::ParsedDn& dn, const Origin& origin);
    void look_up(const MemberValues& members, v1::Phase phase);
    /// Searches for users that may not have told all their DNs.
    [[nodiscard]] std::vector<std::size_t> searches_to_ask(v1::Phase phase) const;
    void member_found(const sync::EntryMessage& message, v1::Phase phase);

    const ProducerConfig* config_;
    index::Index* index_;
    SideReads* side_;
    EntryChanges entries_;
    StaleGuard guard_;
    std::function<void()> commit_if_full_;
    std::uint64_t generation_ = 0;
    std::uint64_t reconcile_generation_ = 0;
    std::vector<bool> in_full_;
    std::size_t looked_up_in_refresh_ = 0;             ///< members, one by one
    bool all_read_in_refresh_ = false;                 ///< the users, for members that are unknown
    std::optional<std::unordered_set<Uuid>> touched_;  ///< since the reconcile under way began
    std::set<index::EntryRef> gone_;                   ///< found gone by look-ups of this session
    std::vector<Rename> renames_;
    Damage damage_;  ///< what is not mended yet
};

}  // namespace entstream::producer::publish
