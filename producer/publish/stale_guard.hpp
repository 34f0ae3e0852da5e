#pragma once

#include <array>
#include <vector>

#include "producer/index/index.hpp"

namespace entstream::producer::publish {

/// Remembers whose entryCSN this session has shown. What was queued on the provider during a refresh is replayed
/// afterwards and can be older than what the refresh gave: it must not be published. In a new session CSNs may go back
/// (a provider restored from a backup), so the memory ends with the session.
class StaleGuard {
  public:
    explicit StaleGuard(const index::Index& index) : index_(&index) {}

    void new_session() { shown_ = {}; }

    /// The index holds an image of the entry that this session gave.
    void note(const index::EntryRef& ref) {
        std::vector<bool>& shown = shown_[static_cast<std::size_t>(ref.kind)];
        if (ref.slot >= shown.size()) {
            shown.resize(index_->table(ref.kind).slots());
        }
        shown[ref.slot] = true;
    }

    /// Whether an image with this entryCSN is older than the one in the index, which this session gave.
    [[nodiscard]] bool is_stale(const index::EntryRef& ref, const index::PackedCsn& csn) const {
        return was_shown(ref) && csn.known() && csn < index_->entry(ref).csn;
    }

    /// The same for a deletion: CSNs of different servers are not compared.
    [[nodiscard]] bool is_stale_removal(const index::EntryRef& ref, const index::PackedCsn& csn) const {
        return is_stale(ref, csn) && csn.sid() == index_->entry(ref).csn.sid();
    }

    /// Whether this session has given the image with this entryCSN already. In the stream, the same again is a snapshot
    /// of the same moment or an older one: what an overlay changed since does not touch entryCSN.
    [[nodiscard]] bool is_repeated(const index::EntryRef& ref, const index::PackedCsn& csn) const {
        return was_shown(ref) && csn.known() && csn == index_->entry(ref).csn && index_->entry(ref).present();
    }

  private:
    [[nodiscard]] bool was_shown(const index::EntryRef& ref) const {
        const std::vector<bool>& shown = shown_[static_cast<std::size_t>(ref.kind)];
        return ref.slot < shown.size() && shown[ref.slot];
    }

    const index::Index* index_;
    std::array<std::vector<bool>, index::entry_kinds.size()> shown_;
};

}  // namespace entstream::producer::publish
