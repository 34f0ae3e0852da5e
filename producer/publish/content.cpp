#include "producer/publish/content.hpp"

namespace entstream::producer::publish {

Content::Content(const ProducerConfig& config, index::Index& index, Publisher& publisher, SideReads& side)
    : config_(&config), index_(&index), side_(&side), entries_(config, index, publisher), guard_(index) {}

void Content::new_session(std::uint64_t generation) {
    guard_.new_session();
    generation_ = generation;
}

std::optional<Applied> Content::apply(const sync::EntryMessage& message, const index::ParsedDn& dn, v1::Phase phase) {
    const EntryKind kind = config_->searches[message.search].kind;
    const index::Slot known = index_->table(kind).find(message.uuid);
    const sync::Attribute* csn = sync::find_attribute(message.attributes, "entryCSN");
    if (known != index::no_slot && csn != nullptr && !csn->values.empty() &&
        guard_.is_stale({.kind = kind, .slot = known}, index::PackedCsn::parse(csn->values.front()))) {
        return std::nullopt;
    }
    const Applied applied = entries_.apply(message, dn, origin(phase));
    guard_.note(applied.entry);
    return applied;
}

void Content::lose(const index::EntryRef& ref, std::size_t search, const Removal& removal, const std::string& dn,
                   v1::Phase phase) {
    const index::SearchSet lost = index::SearchSet{1} << search;
    const index::Entry& entry = index_->entry(ref);
    if ((entry.searches & ~lost) == 0) {
        for (std::size_t other = 0; other < config_->searches.size(); ++other) {
            if (other != search && config_->searches[other].kind == ref.kind) {
                if (const auto image = side_->read_uuid(other, entry.uuid)) {
                    apply(*image, phase);
                }
            }
        }
    }
    lose_for_certain(ref, lost, removal, dn, phase, 0);
}

void Content::lose_for_certain(const index::EntryRef& ref, index::SearchSet lost, const Removal& removal,
                               const std::string& dn, v1::Phase phase, std::uint64_t removals) {
    if ((index_->entry(ref).searches & ~lost) == 0) {
        entries_.remove(ref, removal, dn, origin(phase, removals));
        return;
    }
    for (std::size_t search = 0; search < config_->searches.size(); ++search) {
        if ((lost >> search & 1U) != 0) {
            entries_.set_holder(ref, search, false);
        }
    }
}

void Content::write_holders(const std::vector<index::EntryRef>& refs) {
    for (const index::EntryRef& ref : refs) {
        entries_.write_holders(ref);
    }
}

}  // namespace entstream::producer::publish
