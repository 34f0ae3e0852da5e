#include "producer/publish/content.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace entstream::producer::publish {

namespace {

index::PackedCsn csn_of(const sync::EntryMessage& message) {
    const sync::Attribute* csn = sync::find_attribute(message.attributes, "entryCSN");
    return csn == nullptr || csn->values.empty() ? index::PackedCsn{} : index::PackedCsn::parse(csn->values.front());
}

/// No refresh is under way that will show the users anyway.
bool is_beside_refresh(v1::Phase phase) {
    return phase == v1::PHASE_PERSIST || phase == v1::PHASE_RECONCILE;
}

/// How many users are looked up one by one before it is cheaper to read them all: a read takes about as long as the
/// transfer of a hundred entries.
std::size_t most_look_ups(const index::Index& index) {
    return std::max(most_single_reads, index.table(EntryKind::user).present() / 100);
}

/// Awaited members that are looked up at a time.
constexpr std::size_t most_awaited_reads = 16;

}  // namespace

Content::Content(const ProducerConfig& config, index::Index& index, Publisher& publisher, SideReads& side,
                 std::function<void()> commit_if_full)
    : config_(&config),
      index_(&index),
      side_(&side),
      entries_(config, index, publisher, commit_if_full),
      guard_(index),
      commit_if_full_(std::move(commit_if_full)) {}

void Content::new_session(std::uint64_t generation, std::vector<bool> in_full) {
    guard_.new_session();
    generation_ = generation;
    in_full_ = std::move(in_full);
    looked_up_in_refresh_ = 0;
    all_read_in_refresh_ = false;
    gone_.clear();
    stop_watching();
    renames_.clear();
}

std::optional<Applied> Content::streamed(const sync::EntryMessage& message, const index::ParsedDn& dn,
                                         v1::Phase phase) {
    touch(message.uuid);
    const EntryKind kind = config_->searches[message.search].kind;
    index::EntryRef ref{.kind = kind, .slot = index_->table(kind).find(message.uuid)};
    bool look_again = false;
    if (ref.slot != index::no_slot) {
        const index::PackedCsn csn = csn_of(message);
        if (guard_.is_repeated(ref, csn)) {
            hold(ref, message.search);
            return Applied{.entry = ref, .created = false, .previous_dn = {}};
        }
        if (guard_.is_stale(ref, csn)) {
            return std::nullopt;
        }
        look_again = !index_->entry(ref).present() && gone_.contains(ref);
    }
    // Two entries at one DN: one of them left it without a word, or the message is older than what a look-up has shown.
    const index::EntryRef holder{.kind = kind, .slot = index_->table(kind).find_dn(dn.hash)};
    const bool taken = phase == v1::PHASE_PERSIST && holder.slot != index::no_slot && holder.slot != ref.slot;
    if (!look_again && !taken) {
        return publish(message, dn, origin(phase));
    }
    const auto now = side_->read_uuid(message.search, message.uuid);
    if (taken) {
        settle_claim(holder, phase);
    }
    if (!now) {
        ref.slot = index_->table(kind).find_or_add(message.uuid);
        if (index_->entry(ref).present()) {
            not_found(ref, message.search, phase);
        } else {
            gone_.insert(ref);
        }
        return std::nullopt;
    }
    gone_.erase(ref);
    return publish(*now, index::ParsedDn(now->dn), origin(phase));
}

void Content::settle_claim(const index::EntryRef& holder, v1::Phase phase) {
    for (std::size_t search = 0; search < config_->searches.size(); ++search) {
        if ((index_->entry(holder).searches >> search & 1U) == 0) {
            continue;
        }
        if (const auto now = side_->read_uuid(search, index_->entry(holder).uuid)) {
            member_found(*now, phase);
        } else {
            not_found(holder, search, phase);
        }
    }
}

void Content::resolve_waiting(v1::Phase phase) {
    for (const ValueHash& dn : index_->awaited_and_present()) {
        entries_.resolve(dn, origin(phase));
        commit_if_full_();
    }
    for (const std::string& dn : index_->next_awaited(most_awaited_reads)) {
        for (const std::size_t search : searches_to_ask(phase)) {
            if (const auto image = side_->read_dn(search, dn)) {
                member_found(*image, phase);
            }
        }
    }
}

std::optional<Applied> Content::looked_up(const sync::EntryMessage& message, v1::Phase phase) {
    return publish_looked_up(message, origin(phase));
}

std::optional<Applied> Content::publish_looked_up(const sync::EntryMessage& message, const Origin& origin) {
    touch(message.uuid);
    const EntryKind kind = config_->searches[message.search].kind;
    const index::EntryRef ref{.kind = kind, .slot = index_->table(kind).find(message.uuid)};
    if (ref.slot != index::no_slot && guard_.is_stale(ref, csn_of(message))) {
        return std::nullopt;
    }
    gone_.erase(ref);
    return publish(message, index::ParsedDn(message.dn), origin);
}

std::optional<Applied> Content::reconciled(const sync::EntryMessage& message) {
    const EntryKind kind = config_->searches[message.search].kind;
    const index::EntryRef ref{.kind = kind, .slot = index_->table(kind).find(message.uuid)};
    if (ref.slot != index::no_slot) {
        const index::PackedCsn csn = csn_of(message);
        if (index_->entry(ref).present() && csn.known() && csn < index_->entry(ref).csn) {
            return std::nullopt;
        }
        gone_.erase(ref);
    }
    return publish(message, index::ParsedDn(message.dn), origin(v1::PHASE_RECONCILE));
}

void Content::found_gone(const index::EntryRef& ref, index::SearchSet searches, const RemovalTotals& removals) {
    lose_for_certain(ref, searches, {.reason = v1::REASON_ABSENT_FROM_REFRESH, .csn = {}}, {}, v1::PHASE_RECONCILE,
                     removals);
    if (!index_->entry(ref).present()) {
        gone_.insert(ref);
    }
}

std::optional<Applied> Content::republished(const sync::EntryMessage& message) {
    Origin unconditional = origin(v1::PHASE_RECONCILE);
    unconditional.unconditional = true;
    auto applied = publish_looked_up(message, unconditional);
    if (applied && applied->entry.kind == EntryKind::user) {
        entries_.publish_memberships(applied->entry, unconditional);
    }
    return applied;
}

Applied Content::publish(const sync::EntryMessage& message, const index::ParsedDn& dn, const Origin& origin) {
    const MemberValues members = entries_.members_of(message);
    if (const MemberValues unknown = entries_.unknown_members(message, members); !unknown.empty()) {
        look_up(unknown, origin.phase);
    }
    Applied applied = entries_.apply(message, dn, members, origin);
    guard_.note(applied.entry);
    if (!damage_.entries.empty()) {
        damage_.entries.erase(applied.entry);
    }
    return applied;
}

std::vector<std::size_t> Content::searches_to_ask(v1::Phase phase) const {
    std::vector<std::size_t> result;
    for (std::size_t search = 0; search < config_->searches.size(); ++search) {
        if (config_->searches[search].kind == EntryKind::user && (is_beside_refresh(phase) || !in_full_[search])) {
            result.push_back(search);
        }
    }
    return result;
}

void Content::member_found(const sync::EntryMessage& message, v1::Phase phase) {
    if (const auto applied = looked_up(message, phase); applied && applied->previous_dn) {
        renames_.push_back({.entry = applied->entry, .previous_dn = *applied->previous_dn});
    }
    commit_if_full_();
}

void Content::look_up(const MemberValues& members, v1::Phase phase) {
    const std::vector<std::size_t> searches = searches_to_ask(phase);
    const bool in_persist = is_beside_refresh(phase);
    if (searches.empty() || (!in_persist && all_read_in_refresh_)) {
        return;
    }
    looked_up_in_refresh_ += in_persist ? 0 : members.size();
    if ((in_persist ? members.size() : looked_up_in_refresh_) > most_look_ups(*index_)) {
        all_read_in_refresh_ = !in_persist;
        spdlog::info("{} members name nobody known: all users are read again", members.size());
        for (const std::size_t search : searches) {
            side_->read_all(search, config_->searches[search].base,
                            [&](const sync::EntryMessage& image) { member_found(image, phase); });
        }
        return;
    }
    for (const MemberValue& member : members) {
        for (const std::size_t search : searches) {
            commit_if_full_();
            if (const auto image = side_->read_dn(search, *member.text)) {
                member_found(*image, phase);
            }
        }
    }
}

void Content::lose(const index::EntryRef& ref, std::size_t search, const Removal& removal, const std::string& dn,
                   v1::Phase phase, const RemovalTotals& removals) {
    const index::SearchSet lost = index::SearchSet{1} << search;
    const index::Entry& entry = index_->entry(ref);
    touch(entry.uuid);
    if ((entry.searches & ~lost) == 0) {
        for (std::size_t other = 0; other < config_->searches.size(); ++other) {
            if (other != search && config_->searches[other].kind == ref.kind) {
                if (const auto image = side_->read_uuid(other, entry.uuid)) {
                    looked_up(*image, phase);
                }
            }
        }
    }
    lose_for_certain(ref, lost, removal, dn, phase, removals);
}

void Content::not_found(const index::EntryRef& ref, std::size_t search, v1::Phase phase,
                        const RemovalTotals* removals) {
    RemovalTotals alone{.cause = cause_of(phase)};
    alone.add(*index_, ref);
    lose(ref, search, {.reason = v1::REASON_MOVED_OUT_OF_SCOPE, .csn = {}}, {}, phase,
         removals == nullptr ? alone : *removals);
    if (!index_->entry(ref).present()) {
        gone_.insert(ref);
    }
}

void Content::lose_for_certain(const index::EntryRef& ref, index::SearchSet lost, const Removal& removal,
                               const std::string& dn, v1::Phase phase, const RemovalTotals& removals) {
    if ((index_->entry(ref).searches & ~lost) == 0) {
        entries_.remove(ref, removal, dn, origin(phase, removals));
        damage_.entries.erase(ref);
        return;
    }
    for (std::size_t search = 0; search < config_->searches.size(); ++search) {
        if ((lost >> search & 1U) != 0) {
            entries_.set_holder(ref, search, false);
        }
    }
}

void Content::restore(const Restored& restored) {
    entries_.restore(restored.withheld);
    damage_ = restored.damage;
    for (const auto& [ref, view] : restored.orphans) {
        entries_.withhold(ref, view);
        commit_if_full_();
    }
    for (const index::EntryRef& ref : restored.unrecorded_holders) {
        entries_.write_holders(ref);
        commit_if_full_();
    }
}

}  // namespace entstream::producer::publish
