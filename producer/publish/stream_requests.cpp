// What others ask of the stream.

#include <algorithm>
#include <numeric>
#include <utility>

#include "common/model/topics.hpp"
#include "producer/publish/stream.hpp"

namespace entstream::producer::publish {

std::uint64_t Stream::begin_generation() {
    content_.set_reconcile_generation(++generation_);
    return generation_;
}

void Stream::count(Treated& treated, const Publisher::Written& before) const {
    treated.changes = publisher_->written().changes - before.changes;
    treated.removals = publisher_->written().removals - before.removals;
}

Treated Stream::treat(const v1::EntryChoice& choice, Treatment treatment) {
    Treated treated;
    const SingleEntries::Found found = SingleEntries(*config_, *index_, *side_).find(choice);
    treated.too_many = found.too_many;
    if (found.too_many || found.empty()) {
        return treated;
    }
    treated.generation = begin_generation();
    const Publisher::Written before = publisher_->written();
    follow_up([&] { treated.compared = publish_found(found, treatment, content_, follow_ups_); });
    content_.update_nested(v1::PHASE_RECONCILE);
    count(treated, before);
    return treated;
}

Treated Stream::approve(const std::string& view) {
    Treated treated;
    const std::set<index::EntryRef> refs = content_.withheld().all(view);
    if (refs.empty()) {
        return treated;
    }
    treated.generation = begin_generation();
    const Publisher::Written before = publisher_->written();
    RemovalTotals removals{.cause = v1::CAUSE_APPROVED};
    for (const index::EntryRef& ref : refs) {
        removals.add(*index_, ref);
    }
    for (const index::EntryRef& ref : refs) {
        content_.lose_for_certain(ref, 0, {.reason = v1::REASON_ABSENT_FROM_REFRESH, .csn = {}}, {},
                                  v1::PHASE_RECONCILE, removals);
        ++treated.compared;
        commit_if_full();
    }
    count(treated, before);
    return treated;
}

std::unique_ptr<Reconcile> Stream::begin_reconcile(std::vector<std::size_t> searches) {
    if (searches.empty()) {
        searches.resize(progress_.size());
        std::iota(searches.begin(), searches.end(), 0);
    }
    const ReconcileParts parts{.config = *config_,
                               .index = *index_,
                               .publisher = *publisher_,
                               .content = content_,
                               .side = *side_,
                               .generation = begin_generation(),
                               .follow_renames =
                                   [this](const std::vector<Rename>& renames) {
                                       follow_up([&] { follow_ups_.renamed(renames, v1::PHASE_RECONCILE); });
                                   },
                               .commit_if_full = [this] { commit_if_full(); }};
    return std::make_unique<Reconcile>(parts, std::move(searches));
}

bool Stream::is_there(const std::string& key) const {
    ParsedKey parsed;
    if (!parse_key(key, parsed)) {
        return true;  // nothing of ours
    }
    return std::any_of(index::entry_kinds.begin(), index::entry_kinds.end(), [&](EntryKind kind) {
        const index::Slot slot = index_->table(kind).find(parsed.uuid);
        if (slot == index::no_slot) {
            return false;
        }
        if (parsed.kind != KeyKind::member) {
            return index_->table(kind)[slot].present();
        }
        return kind != EntryKind::user && (index_->members(kind).find(slot, parsed.value) != nullptr ||
                                           index_->nesting.holds({.kind = kind, .slot = slot}, parsed.value));
    });
}

void Stream::resync() {
    for (SearchProgress& search : progress_) {
        search.read_again(metrics::RefreshReason::asked);
    }
    containers_.resync();
    end_session({.why = "a resync was asked for", .at_once = true});
}

bool Stream::read_in_full() const {
    for (std::size_t search = 0; search < progress_.size(); ++search) {
        if (refreshes_[static_cast<std::size_t>(config_->searches[search].kind)].cookie_sent(search)) {
            return false;
        }
    }
    return true;
}

std::size_t Stream::entries_of_refresh() const {
    std::size_t entries = 0;
    for (const KindRefresh& refresh : refreshes_) {
        entries += refresh.counts().entries;
    }
    return entries;
}

}  // namespace entstream::producer::publish
