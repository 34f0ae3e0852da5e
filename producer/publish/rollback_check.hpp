#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "producer/index/index.hpp"
#include "producer/producer_config.hpp"
#include "producer/publish/newest_deletions.hpp"
#include "producer/publish/search_progress.hpp"
#include "producer/publish/side_reads.hpp"

namespace entstream::producer::publish {

/// Finds out whether a provider lacks changes that were published: a database that was restored from a backup, whose
/// contextCSN has been lifted beyond our cookies by later writes, so that it answers them without an error.
///
/// What such a database cannot have are the entries that were changed last. They are read again, the newest first, by
/// the server id of their entryCSN:
/// - with an older entryCSN: the provider went back;
/// - with the same one: it has everything up to there, since a server's changes are in the order of their CSNs;
/// - with a newer one, or not there: changed or deleted meanwhile, which says nothing: the next one. Those that were
///   not there must turn out to have left when the refresh has ended.
/// An entry whose deletion was published and that is there again, older than the deletion, tells the same.
///
/// Costs one read in most cases, and none where nothing has changed since the last session.
class RollbackCheck {
  public:
    /// All references outlive the object.
    RollbackCheck(const ProducerConfig& config, const index::Index& index, SideReads& side)
        : config_(&config), index_(&index), side_(&side) {}

    void restore(NewestDeletions deletions) { deletions_ = std::move(deletions); }
    /// A deletion was published. \param csn  of the deletion
    void deleted(const index::EntryRef& ref, const index::PackedCsn& csn) { deletions_.note(ref, csn); }

    /// A session begins that resumes some of these searches from their cookies.
    /// \returns why they must not be trusted, in words for the log; nullopt: nothing speaks against them
    /// \throws whatever the side reads throw
    std::optional<std::string> look(const std::vector<SearchProgress>& progress,
                                    const std::vector<std::string>& context_csns);
    /// The refresh of all searches has ended. \returns as look()
    [[nodiscard]] std::optional<std::string> after_refresh();

  private:
    /// Entries of one server id, newest first.
    struct Witnesses {
        std::vector<std::pair<index::PackedCsn, index::EntryRef>> entries;
        bool all = true;  ///< there are no others
    };

    [[nodiscard]] std::map<unsigned, Witnesses> newest_entries() const;
    std::optional<std::string> look_at_entries(const Witnesses& witnesses, index::PackedCsn& known);
    std::optional<std::string> look_at_deletions(unsigned sid, const index::PackedCsn& known);
    /// The entry's entryCSN at the provider; nullopt: it is in none of these searches.
    std::optional<index::PackedCsn> csn_at_provider(const Uuid& uuid, index::SearchSet searches);

    const ProducerConfig* config_;
    const index::Index* index_;
    SideReads* side_;
    NewestDeletions deletions_;
    std::vector<std::pair<index::EntryRef, index::SearchSet>> missing_;  ///< not found, not explained yet
};

}  // namespace entstream::producer::publish
