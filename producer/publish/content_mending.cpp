// Publishes again what records of others hide on the log (Damage).

#include "producer/publish/content.hpp"

namespace entstream::producer::publish {

void Content::mend(EntryKind kind, bool absence_counts, v1::Phase phase) {
    std::set<index::EntryRef> hidden;
    std::copy_if(damage_.entries.begin(), damage_.entries.end(), std::inserter(hidden, hidden.end()),
                 [kind](const index::EntryRef& ref) { return ref.kind == kind; });
    for (const index::EntryRef& ref : hidden) {
        look_at_hidden(ref, phase);
        // Still hidden: the directory does not show it. When the index has it, its deletion is on its way.
        if (damage_.entries.erase(ref) > 0 && absence_counts && !index_->entry(ref).present()) {
            entries_.remove_hidden(ref, origin(phase));
        }
        commit_if_full_();
    }
    if (kind == EntryKind::user) {
        return;
    }
    std::set<Uuid> looked_at;
    std::erase_if(damage_.members, [&](const auto& member) {
        const index::EntryRef parent{.kind = kind, .slot = index_->table(kind).find(member.first)};
        if (parent.slot == index::no_slot || !index_->entry(parent).present()) {
            return false;
        }
        if (entries_.republish_nested(parent, member.second, origin(phase))) {
            commit_if_full_();
            return true;
        }
        const auto there = [&] { return index_->members(kind).find(parent.slot, member.second) != nullptr; };
        if (!there() && looked_at.insert(member.first).second) {
            look_at_hidden(parent, phase);
        }
        if (!there() && index_->entry(parent).present()) {
            entries_.remove_hidden_member(parent, member.second, origin(phase));
        }
        commit_if_full_();
        return true;
    });
}

void Content::look_at_hidden(const index::EntryRef& ref, v1::Phase phase) {
    for (std::size_t search = 0; search < config_->searches.size(); ++search) {
        if (config_->searches[search].kind == ref.kind && !in_full_[search]) {
            if (const auto image = side_->read_uuid(search, index_->entry(ref).uuid)) {
                looked_up(*image, phase);
            }
        }
    }
}

}  // namespace entstream::producer::publish
