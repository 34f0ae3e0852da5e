// The end of a refresh: what it means that entries were not shown, and everything that waited for it.

#include <spdlog/spdlog.h>

#include <algorithm>
#include <bit>

#include "producer/publish/believable.hpp"
#include "producer/publish/kind_refresh.hpp"
#include "producer/publish/kinds.hpp"

namespace entstream::producer::publish {

KindRefresh::Outcome KindRefresh::finish() {
    for (const auto& [search, of_search] : runs_) {
        if (of_search.cookie_sent && of_search.entries > 0 && of_search.cookie.empty()) {
            spdlog::warn("search {}: the provider ignored its cookie: it is read again without",
                         parts_.config.searches[search].name);
            parts_.progress[search].read_again(metrics::RefreshReason::doubtful);
            return Outcome::start_over;
        }
    }
    if (!fetch_unknown()) {
        return Outcome::start_over;
    }
    bool believed = true;
    for (const auto& each : runs_) {
        believed = find_absent(each.first) && believed;
    }
    if (!believed) {
        return Outcome::start_over;
    }
    publish_losses();
    publish_staged();
    mend();
    follow_up();
    owes_follow_ups_ = false;
    store_cookies();
    complete_ = true;
    return Outcome::complete;
}

bool KindRefresh::fetch_unknown() {
    for (auto& [search, of_search] : runs_) {
        const index::EntryTable& entries = parts_.index.table(kind_);
        std::erase_if(of_search.unknown, [&, position = search](const Uuid& uuid) {
            const index::Slot slot = entries.find(uuid);
            return slot != index::no_slot && (entries[slot].searches >> position & 1U) != 0;
        });
        if (of_search.unknown.size() > most_single_reads) {
            spdlog::warn("search {}: the provider named {} entries that were never sent: it is read again in full",
                         parts_.config.searches[search].name, of_search.unknown.size());
            parts_.progress[search].read_again(metrics::RefreshReason::doubtful);
            return false;
        }
        for (const Uuid& uuid : of_search.unknown) {
            if (auto message = parts_.side.read_uuid(search, uuid)) {
                entry(std::move(*message));
            }
        }
    }
    return true;
}

bool KindRefresh::is_doubtful(const Run& of_search, std::size_t absent, std::size_t held) {
    return !is_believable(absent, held, of_search.entries == 0 && of_search.present == 0);
}

bool KindRefresh::find_absent(std::size_t search) {
    Run& of_search = run(search);
    SearchProgress& progress = parts_.progress[search];
    if (of_search.cookie_sent && !of_search.absence_counts) {
        return true;
    }
    std::vector<index::Slot> absent;
    std::size_t held = 0;
    const index::EntryTable& entries = parts_.index.table(kind_);
    const auto look_for = [&](index::Slot slot) {
        ++held;
        if (slot >= of_search.seen.size() || !of_search.seen[slot]) {
            absent.push_back(slot);
        }
    };
    for (index::Slot slot = 0; slot < entries.slots(); ++slot) {
        if ((entries[slot].searches >> search & 1U) != 0) {
            look_for(slot);
        }
    }
    // The view that showed them is back.
    for (const index::EntryRef& ref : parts_.content.withheld().of_view(progress.view())) {
        if (ref.kind == kind_) {
            look_for(ref.slot);
        }
    }
    if (of_search.cookie_sent && of_search.entries == 0 && of_search.present == 0 &&
        (of_search.cookie.empty() || of_search.cookie.text() == progress.cookie.text())) {
        return true;  // nothing changed, said in the way of a provider without present lists (389-ds)
    }
    if (is_doubtful(of_search, absent.size(), held)) {
        const bool confirmed = std::all_of(absent.begin(), absent.end(), [&](index::Slot slot) {
            return progress.suspects.contains(entries[slot].uuid);
        });
        if (of_search.cookie_sent || !confirmed) {
            spdlog::warn("search {}: {} of {} {} were not shown any more: it is read again before they are removed",
                         parts_.config.searches[search].name, absent.size(), held, plural(kind_));
            progress.suspects.clear();
            for (const index::Slot slot : absent) {
                progress.suspects.insert(entries[slot].uuid);
            }
            progress.read_again(metrics::RefreshReason::doubtful);
            return false;
        }
    }
    for (const index::Slot slot : absent) {
        Loss& loss = losses_[slot];
        loss.searches |= index::SearchSet{1} << search;
        loss.was_withheld = entries[slot].searches == 0;
        if (!loss.was_withheld && !progress.withhold_from.empty()) {
            loss.withhold_from = progress.withhold_from;
        }
        if (!loss.named) {
            loss.removal.reason = v1::REASON_ABSENT_FROM_REFRESH;
        }
    }
    return true;
}

void KindRefresh::publish_losses() {
    index::EntryTable& entries = parts_.index.table(kind_);
    std::erase_if(losses_, [&](const auto& loss) {
        return (entries[loss.first].searches & loss.second.searches) == 0 && !loss.second.was_withheld;
    });
    const auto is_last = [&](index::Slot slot, const Loss& loss) {
        return (entries[slot].searches & ~loss.searches) == 0;
    };
    counts_.removed = static_cast<std::size_t>(std::count_if(losses_.begin(), losses_.end(), [&](const auto& loss) {
        return is_last(loss.first, loss.second) && loss.second.withhold_from.empty();
    }));
    RemovalTotals removals{.cause = cause_of(phase(runs_.begin()->first))};
    for (const auto& [slot, loss] : losses_) {
        if (is_last(slot, loss) && loss.withhold_from.empty()) {
            removals.add(parts_.index, {.kind = kind_, .slot = slot});
        }
    }
    for (const auto& [slot, loss] : losses_) {
        const index::EntryRef ref{.kind = kind_, .slot = slot};
        if (is_last(slot, loss) && !loss.withhold_from.empty()) {
            parts_.content.withhold(ref, loss.withhold_from);
            parts_.commit_if_full();
            continue;
        }
        if (loss.named) {
            left_.push_back(parts_.index.dn(ref));
            owes_follow_ups_ = true;
        }
        const auto search = static_cast<std::size_t>(std::countr_zero(loss.searches));
        parts_.content.lose_for_certain(ref, loss.searches, loss.removal, loss.dn, phase(search), removals);
        parts_.commit_if_full();
    }
    losses_.clear();
}

void KindRefresh::publish_staged() {
    for (const sync::EntryMessage& message : std::exchange(staged_, {})) {
        image(message, index::ParsedDn(message.dn));
        parts_.commit_if_full();
    }
    for (auto& [search, uuids] : std::exchange(staged_uuids_, {})) {
        publish_staged(search, std::move(uuids));
    }
}

void KindRefresh::publish_staged(std::size_t search, std::unordered_set<Uuid> uuids) {
    const auto publish = [&](const sync::EntryMessage& message) {
        image(message, index::ParsedDn(message.dn));
        parts_.commit_if_full();
    };
    if (uuids.size() > most_single_reads) {
        parts_.side.read_all(search, parts_.config.searches[search].base, [&](const sync::EntryMessage& message) {
            if (uuids.erase(message.uuid) > 0) {
                publish(message);
            }
        });
        return;
    }
    for (const Uuid& uuid : uuids) {
        if (const auto message = parts_.side.read_uuid(search, uuid)) {
            publish(*message);
        }
    }
}

void KindRefresh::mend() {
    // A view that changed may be why an entry is not found.
    const bool absence_counts = std::all_of(runs_.begin(), runs_.end(), [this](const auto& each) {
        return parts_.progress[each.first].withhold_from.empty();
    });
    parts_.content.mend(kind_, absence_counts, phase(runs_.begin()->first));
}

void KindRefresh::follow_up() {
    const v1::Phase of_refresh = phase(runs_.begin()->first);
    for (const std::string& dn : std::exchange(moved_in_, {})) {
        parts_.follow_ups.moved_in(dn, of_refresh);
        parts_.commit_if_full();
    }
    for (const std::string& dn : std::exchange(left_, {})) {
        parts_.follow_ups.left(dn, of_refresh);
    }
    parts_.follow_ups.renamed(std::exchange(renames_, {}), of_refresh);
    // What passes on while groups are read waits for the end of all refreshes.
    if (kind_ == EntryKind::user) {
        parts_.follow_ups.passed_on(of_refresh);
    }
}

void KindRefresh::store_cookies() {
    if (const std::size_t withheld = parts_.content.withheld().count(kind_); withheld > 0) {
        spdlog::warn(
            "{} {} on the log are not shown by any search since searches were changed or taken away, or since the "
            "directory is another one; they are kept as they were. To have them removed, run entstream-producer --ask "
            "approve; to undo, restore base, scope, filter, bind DN and directory",
            withheld, plural(kind_));
    }
    for (auto& [search, of_search] : runs_) {
        SearchProgress& progress = parts_.progress[search];
        if (!of_search.cookie_sent) {
            progress.cookie = of_search.cookie;  // an older one may name changes that the provider has lost
        } else if (!of_search.cookie.empty()) {
            progress.cookie.merge(of_search.cookie);
        }
        progress.resync = false;
        progress.withhold_from.clear();
        progress.suspects.clear();
        of_search.seen = {};
        progress.store_cookie(parts_.publisher, generation_);
    }
}

}  // namespace entstream::producer::publish
