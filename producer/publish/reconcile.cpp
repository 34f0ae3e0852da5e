#include "producer/publish/reconcile.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "producer/publish/believable.hpp"
#include "producer/publish/kinds.hpp"

namespace entstream::producer::publish {

namespace {

/// So much is done at one step; the stream is served in between.
constexpr std::size_t questions_at_once = 20;
constexpr std::size_t removals_at_once = 500;

bool has(const index::Entry& entry, std::size_t search) {
    return (entry.searches >> search & 1U) != 0;
}

}  // namespace

Reconcile::Reconcile(ReconcileParts parts, std::vector<std::size_t> searches)
    : parts_(std::move(parts)), searches_(std::move(searches)), open_(searches_.begin(), searches_.end()) {
    parts_.content.watch();
}

void Reconcile::counted(const std::function<void()>& work) {
    // Single entries that are reconciled meanwhile have generations of their own.
    parts_.content.set_reconcile_generation(parts_.generation);
    const Publisher::Written before = parts_.publisher.written();
    work();
    counts_.published += parts_.publisher.written().changes - before.changes;
    counts_.removals += parts_.publisher.written().removals - before.removals;
}

void Reconcile::note_seen(const index::EntryRef& ref, std::size_t search) {
    std::vector<bool>& seen = seen_[search];
    if (ref.slot >= seen.size()) {
        seen.resize(std::max<std::size_t>(parts_.index.table(ref.kind).slots(), ref.slot + 1));
    }
    seen[ref.slot] = true;
}

void Reconcile::look_later(const sync::EntryMessage& message) {
    if (late_.size() < most_single_reads) {
        late_.emplace_back(message.search, message.uuid);
    }
}

void Reconcile::entry(const sync::EntryMessage& message) {
    ++counts_.compared;
    ++shown_[message.search];
    const EntryKind kind = parts_.config.searches[message.search].kind;
    const index::EntryRef ref{.kind = kind, .slot = parts_.index.table(kind).find(message.uuid)};
    if (ref.slot != index::no_slot) {
        note_seen(ref, message.search);
    }
    if (parts_.content.was_touched(message.uuid)) {
        ++counts_.discarded;
        look_later(message);
        return;
    }
    // The DN is another entry's: that one has left or was renamed, which is published first.
    const index::Slot holder = parts_.index.table(kind).find_dn(index::ParsedDn(message.dn).hash);
    if (holder != index::no_slot && holder != ref.slot && late_.size() < most_single_reads) {
        look_later(message);
        return;
    }
    publish(message);
}

void Reconcile::publish(const sync::EntryMessage& message) {
    counted([&] {
        const auto applied = parts_.content.reconciled(message);
        if (!applied) {
            ++counts_.older;
            return;
        }
        note_seen(applied->entry, message.search);
        if (applied->previous_dn) {
            renames_.push_back({.entry = applied->entry, .previous_dn = *applied->previous_dn});
        }
    });
    parts_.commit_if_full();
}

bool Reconcile::find_absent() {
    std::map<index::EntryRef, index::SearchSet> absent;
    std::set<index::EntryRef> doubtful;
    for (const std::size_t search : searches_) {
        const EntryKind kind = parts_.config.searches[search].kind;
        const index::EntryTable& entries = parts_.index.table(kind);
        const std::vector<bool>& seen = seen_[search];
        std::size_t held = 0;
        std::vector<index::EntryRef> missing;
        for (index::Slot slot = 0; slot < entries.slots(); ++slot) {
            if (!entries[slot].present() || !has(entries[slot], search)) {
                continue;
            }
            ++held;
            if ((slot >= seen.size() || !seen[slot]) && !parts_.content.was_touched(entries[slot].uuid)) {
                missing.push_back({.kind = kind, .slot = slot});
            }
        }
        const bool confirmed = std::all_of(missing.begin(), missing.end(),
                                           [&](const index::EntryRef& ref) { return suspects_.contains(ref); });
        if (!is_believable(missing.size(), held, shown_[search] == 0) && !confirmed) {
            spdlog::warn("reconcile of search {}: {} of {} {} were not shown: it is read again before they are removed",
                         parts_.config.searches[search].name, missing.size(), held, plural(kind));
            doubtful.insert(missing.begin(), missing.end());
        }
        for (const index::EntryRef& ref : missing) {
            absent[ref] |= index::SearchSet{1} << search;
        }
    }
    if (!doubtful.empty()) {
        suspects_ = std::move(doubtful);
        return false;
    }
    for (const auto& [ref, searches] : absent) {
        absent_.push_back({.entry = ref, .searches = searches});
    }
    return true;
}

void Reconcile::ask_some() {
    for (std::size_t i = 0; i < questions_at_once && next_absent_ < absent_.size(); ++i) {
        Absent& absent = absent_[next_absent_++];
        const Uuid uuid = parts_.index.entry(absent.entry).uuid;
        for (const std::size_t search : searches_) {
            if ((absent.searches >> search & 1U) == 0) {
                continue;
            }
            if (parts_.side.read_uuid(search, uuid)) {
                absent.searches &= ~(index::SearchSet{1} << search);
                late_.emplace_back(search, uuid);
            }
        }
    }
}

void Reconcile::remove_some() {
    counted([&] {
        for (std::size_t i = 0; i < removals_at_once && next_absent_ < absent_.size(); ++i) {
            const Absent& absent = absent_[next_absent_++];
            const index::Entry& entry = parts_.index.entry(absent.entry);
            if (entry.present() && !parts_.content.was_touched(entry.uuid)) {
                parts_.content.found_gone(absent.entry, absent.searches, removals_);
                parts_.commit_if_full();
            }
        }
    });
}

void Reconcile::look_up_some() {
    for (std::size_t i = 0; i < questions_at_once && next_late_ < late_.size(); ++i) {
        const auto& [search, uuid] = late_[next_late_++];
        if (const auto image = parts_.side.read_uuid(search, uuid)) {
            counted([&] {
                if (const auto applied = parts_.content.looked_up(*image, v1::PHASE_RECONCILE);
                    applied && applied->previous_dn) {
                    renames_.push_back({.entry = applied->entry, .previous_dn = *applied->previous_dn});
                }
            });
            parts_.commit_if_full();
        }
    }
}

Reconcile::Outcome Reconcile::step() {
    switch (stage_) {
        case Stage::reading:
            if (!find_absent()) {
                open_.insert(searches_.begin(), searches_.end());
                seen_.clear();
                shown_.clear();
                return Outcome::read_again;
            }
            // What moved while the search ran may have been missed by it.
            stage_ = absent_.size() <= most_single_reads ? Stage::asking : Stage::removing;
            break;
        case Stage::asking:
            ask_some();
            if (next_absent_ < absent_.size()) {
                return Outcome::going_on;
            }
            stage_ = Stage::removing;
            next_absent_ = 0;
            std::erase_if(absent_, [](const Absent& absent) { return absent.searches == 0; });
            break;
        case Stage::removing:
            if (next_absent_ == 0) {
                removals_ = {.cause = v1::CAUSE_RECONCILE};
                for (const Absent& absent : absent_) {
                    if ((parts_.index.entry(absent.entry).searches & ~absent.searches) == 0) {
                        removals_.add(parts_.index, absent.entry);
                    }
                }
            }
            remove_some();
            if (next_absent_ == absent_.size()) {
                stage_ = Stage::late;
            }
            break;
        case Stage::late:
            look_up_some();
            if (next_late_ < late_.size()) {
                return Outcome::going_on;
            }
            // A reconcile of everything has read what lies below and the groups too.
            if (searches_.size() < parts_.config.searches.size() && !renames_.empty()) {
                counted([&] { parts_.follow_renames(renames_); });
            }
            return Outcome::complete;
    }
    return Outcome::going_on;
}

}  // namespace entstream::producer::publish
