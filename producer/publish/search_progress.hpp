#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "common/metrics/labels.hpp"
#include "common/model/uuid.hpp"
#include "entstream/v1/state.pb.h"
#include "producer/producer_config.hpp"
#include "producer/publish/publisher.hpp"
#include "producer/publish/restore.hpp"
#include "producer/sync/cookie.hpp"

namespace entstream::producer::publish {

/// How far one search has got. Outlives the sessions with the provider; what must outlive the process is in `stored`.
struct SearchProgress {
    std::string name;
    EntryKind kind{};
    std::string fingerprint;  ///< of the configuration
    v1::SearchState stored;   ///< as the state topic has it, or will have it with the open transaction
    sync::Cookie cookie;      ///< includes everything that was published
    bool resync = false;      ///< the next session must ask without cookie
    metrics::RefreshReason why = metrics::RefreshReason::first;  ///< resync is set
    std::string suffix_uuid;                                     ///< of the directory at hand, octets; empty: unknown
    /// Not empty: the entries were published from another view (this one), so what is absent now may be the
    /// configuration's doing, or another directory's: it is withheld, not removed.
    std::string withhold_from;
    /// Entries that a refresh did not show, too many to believe it at once: removed when the next refresh without
    /// cookie does not show them either.
    std::unordered_set<Uuid> suspects;

    /// Sets resync; of several reasons the first counts.
    void read_again(metrics::RefreshReason reason) {
        why = resync ? why : reason;
        resync = true;
    }

    /// A session with a directory begins. \param suffix  entryUUID of its suffix, octets; empty: unknown
    /// \returns whether it is another directory than the one that the entries were read from
    bool meet(const std::string& suffix);
    /// What the search shows now: view_id.
    [[nodiscard]] std::string view() const;

    /// Writes the state as it is, under the search's name.
    void store(Publisher& publisher, std::uint64_t generation);
    /// Writes that a refresh has begun to have effects; the cookie stays the one before it.
    void store_refresh_begun(Publisher& publisher, std::uint64_t generation);
    /// Writes that the search must be read without cookie, whoever reads it next: the cookie that the state topic has
    /// does not include everything. Nothing when it has none.
    void store_resync(Publisher& publisher, std::uint64_t generation);
    /// Writes the cookie, after everything that it includes. \returns false when the state topic says it all already
    bool store_cookie(Publisher& publisher, std::uint64_t generation);

  private:
    /// The stored state is of what the search shows now.
    void note_view();
};

/// By position in ProducerConfig::searches. Says in the log why a search must be read anew.
std::vector<SearchProgress> restore_progress(const ProducerConfig& config, const Restored& restored);

}  // namespace entstream::producer::publish
