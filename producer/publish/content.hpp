#pragma once

#include <optional>
#include <string>
#include <vector>

#include "producer/index/index.hpp"
#include "producer/producer_config.hpp"
#include "producer/publish/entry_changes.hpp"
#include "producer/publish/origin.hpp"
#include "producer/publish/publisher.hpp"
#include "producer/publish/side_reads.hpp"
#include "producer/publish/stale_guard.hpp"

namespace entstream::producer::publish {

/// What the searches contain, as it was published: takes images and losses, from the stream or from side reads, and
/// publishes what they change.
class Content {
  public:
    Content(const ProducerConfig& config, index::Index& index, Publisher& publisher, SideReads& side);

    /// What images were seen before does not count any more. `generation` goes into every record from now on.
    void new_session(std::uint64_t generation);

    /// \returns nullopt when the image is older than what this session has shown; nothing happens then
    std::optional<Applied> apply(const sync::EntryMessage& message, const index::ParsedDn& dn, v1::Phase phase);
    std::optional<Applied> apply(const sync::EntryMessage& message, v1::Phase phase) {
        return apply(message, index::ParsedDn(message.dn), phase);
    }

    /// The search holds the entry as well, which looks as it did.
    void hold(const index::EntryRef& ref, std::size_t search) { entries_.set_holder(ref, search, true); }

    /// The search does not hold the entry any more. It is deleted unless another search holds it; those of the same
    /// kind that are not known to hold it are asked, because a move between searches is no deletion.
    /// \param dn  as the provider gave it; may be empty
    void lose(const index::EntryRef& ref, std::size_t search, const Removal& removal, const std::string& dn,
              v1::Phase phase);

    /// The searches in `lost` do not hold the entry any more, and nobody needs to be asked.
    /// \param removals  DELETEs that this refresh brings in all
    void lose_for_certain(const index::EntryRef& ref, index::SearchSet lost, const Removal& removal,
                          const std::string& dn, v1::Phase phase, std::uint64_t removals);

    [[nodiscard]] const StaleGuard& guard() const { return guard_; }
    /// Writes into the state topic which searches hold the entries.
    void write_holders(const std::vector<index::EntryRef>& refs);

    /// See MemberChanges::take_unresolved.
    std::vector<std::string> take_unresolved() { return entries_.take_unresolved(); }

  private:
    [[nodiscard]] Origin origin(v1::Phase phase, std::uint64_t removals = 0) const {
        return {.phase = phase, .generation = generation_, .removals = removals};
    }

    const ProducerConfig* config_;
    index::Index* index_;
    SideReads* side_;
    EntryChanges entries_;
    StaleGuard guard_;
    std::uint64_t generation_ = 0;
};

}  // namespace entstream::producer::publish
