#include "producer/publish/kind_refresh.hpp"

#include <algorithm>
#include <utility>

#include "producer/sync/message_queue.hpp"

namespace entstream::producer::publish {

namespace {

constexpr std::size_t most_staged_octets = 64UL << 20U;

}  // namespace

KindRefresh::KindRefresh(RefreshParts parts, EntryKind kind, std::uint64_t generation)
    : parts_(std::move(parts)), kind_(kind), generation_(generation) {}

void KindRefresh::begin(std::size_t search, bool cookie_sent) {
    runs_[search].cookie_sent = cookie_sent;
}

v1::Phase KindRefresh::phase(std::size_t search) const {
    const bool published_before = !parts_.progress[search].stored.fingerprint().empty();
    return runs_.at(search).cookie_sent || !published_before ? v1::PHASE_REFRESH : v1::PHASE_RESYNC;
}

void KindRefresh::holds(std::size_t search, const index::EntryRef& ref) {
    std::vector<bool>& seen = run(search).seen;
    if (ref.slot >= seen.size()) {
        seen.resize(std::max<std::size_t>(parts_.index.table(kind_).slots(), ref.slot + 1));
    }
    seen[ref.slot] = true;
    if (const auto loss = losses_.find(ref.slot); loss != losses_.end()) {
        loss->second.searches &= ~(index::SearchSet{1} << search);
    }
}

bool KindRefresh::was_seen(index::Slot slot) const {
    return std::any_of(runs_.begin(), runs_.end(),
                       [&](const auto& run) { return slot < run.second.seen.size() && run.second.seen[slot]; });
}

void KindRefresh::still_there(std::size_t search, const Uuid& uuid) {
    const index::Slot slot = parts_.index.table(kind_).find(uuid);
    if (slot == index::no_slot || !parts_.index.table(kind_)[slot].present()) {
        run(search).unknown.push_back(uuid);
        return;
    }
    const index::EntryRef ref{.kind = kind_, .slot = slot};
    holds(search, ref);
    parts_.content.hold(ref, search);
}

void KindRefresh::gone(std::size_t search, const Uuid& uuid, const std::string& dn) {
    const index::Slot slot = parts_.index.table(kind_).find(uuid);
    if (slot == index::no_slot || !parts_.index.table(kind_)[slot].present()) {
        return;  // deleted before we ever saw it
    }
    const bool moved = !dn.empty() && index::ParsedDn(dn).hash != parts_.index.table(kind_)[slot].dn_hash;
    lose_later(search, {.kind = kind_, .slot = slot},
               {.reason = moved ? v1::REASON_MOVED_OUT_OF_SCOPE : v1::REASON_DELETED_OR_FILTERED, .csn = {}}, dn);
}

void KindRefresh::lose_later(std::size_t search, const index::EntryRef& ref, const Removal& removal,
                             const std::string& dn) {
    Loss& loss = losses_[ref.slot];
    loss.searches |= index::SearchSet{1} << search;
    loss.removal = removal;
    loss.dn = dn;
    loss.named = true;
}

void KindRefresh::entry(sync::EntryMessage&& message) {
    Run& of_search = run(message.search);
    if (message.cookie) {
        cookie(message.search, *message.cookie);
    }
    switch (message.state) {
        case sync::EntryState::present:
            ++of_search.present;
            ++counts_.unchanged;
            still_there(message.search, message.uuid);
            break;
        case sync::EntryState::remove:
            gone(message.search, message.uuid, message.dn);
            break;
        case sync::EntryState::add:
        case sync::EntryState::modify: {
            ++of_search.entries;
            ++counts_.entries;
            if (of_search.cookie_sent && parts_.provider == sync::ProviderKind::ds389) {
                complete_image(message);
            }
            const index::EntryTable& entries = parts_.index.table(kind_);
            const index::Slot slot = entries.find(message.uuid);
            if (slot != index::no_slot) {
                holds(message.search, {.kind = kind_, .slot = slot});
            }
            // The DN is another entry's: that one was deleted, or renamed and not sent yet. Which of the two shows at
            // the end; a deletion must be published first.
            const index::ParsedDn dn(message.dn);
            const index::Slot holder = entries.find_dn(dn.hash);
            if (holder != index::no_slot && holder != slot && !was_seen(holder)) {
                stage(std::move(message));
            } else {
                image(message, dn);
            }
            break;
        }
    }
}

// In a refresh from a cookie, 389-ds sends user attributes only, whatever the search asks for.
void KindRefresh::complete_image(sync::EntryMessage& message) {
    if (auto whole = parts_.side.read_uuid(message.search, message.uuid)) {
        message.dn = std::move(whole->dn);
        message.attributes = std::move(whole->attributes);
    }
    // Otherwise it left in the meantime, and persist will say so.
}

void KindRefresh::image(const sync::EntryMessage& message, const index::ParsedDn& dn) {
    const auto applied = parts_.content.streamed(message, dn, phase(message.search));
    if (!applied) {
        return;
    }
    holds(message.search, applied->entry);
    if (applied->previous_dn) {
        renames_.push_back({.entry = applied->entry, .previous_dn = *applied->previous_dn});
    }
    if (applied->created && run(message.search).cookie_sent && parts_.follow_ups.may_have_moved_in(message)) {
        moved_in_.push_back(message.dn);
    }
    owes_follow_ups_ = owes_follow_ups_ || !renames_.empty() || !moved_in_.empty() || parts_.content.has_renames();
}

void KindRefresh::stage(sync::EntryMessage&& message) {
    const std::size_t octets = sync::memory_of(message);
    if (staged_octets_ + octets > most_staged_octets) {
        staged_uuids_[message.search].insert(message.uuid);
        return;
    }
    staged_octets_ += octets;
    staged_.push_back(std::move(message));
}

void KindRefresh::id_set(const sync::IdSetMessage& message) {
    if (message.cookie) {
        cookie(message.search, *message.cookie);
    }
    for (const Uuid& uuid : message.uuids) {
        if (message.refresh_deletes) {
            gone(message.search, uuid, {});
        } else {
            ++run(message.search).present;
            ++counts_.unchanged;
            still_there(message.search, uuid);
        }
    }
}

void KindRefresh::cookie(std::size_t search, const std::string& octets) {
    const sync::Cookie cookie = sync::Cookie::parse(octets);
    if (cookie.opaque()) {
        run(search).cookie.merge(cookie);
    }
}

KindRefresh::Outcome KindRefresh::ended(std::size_t search, const std::optional<std::string>& cookie) {
    Run& of_search = run(search);
    of_search.refreshing = false;
    if (cookie) {
        of_search.cookie.merge(sync::Cookie::parse(*cookie));
    }
    const bool all = std::none_of(runs_.begin(), runs_.end(), [](const auto& each) { return each.second.refreshing; });
    return all ? finish() : Outcome::going_on;
}

}  // namespace entstream::producer::publish
