#include "producer/publish/entry_changes.hpp"

#include <algorithm>

#include "producer/publish/change_fields.hpp"
#include "producer/publish/kinds.hpp"

namespace entstream::producer::publish {

namespace {

index::SearchSet bit(std::size_t search) {
    return index::SearchSet{1} << search;
}

std::string holders_key(EntryKind kind, const Uuid& uuid) {
    return "holders/" + entry_key(kind, uuid);
}

}  // namespace

EntryChanges::EntryChanges(const ProducerConfig& config, index::Index& index, Publisher& publisher,
                           std::function<void()> commit_if_full)
    : config_(&config),
      index_(&index),
      publisher_(&publisher),
      commit_if_full_(std::move(commit_if_full)),
      selection_(config, index.names),
      nested_(index, publisher),
      members_(index, publisher, [this](const Origin& origin) {
          // In the middle of a refresh nobody knows yet what is to be added.
          if (origin.phase == v1::PHASE_PERSIST || origin.phase == v1::PHASE_RECONCILE) {
              update_nested(origin);
          }
      }) {
    index.nesting.set_depth(config.nested_groups);
}

bool EntryChanges::has_several_searches(EntryKind kind) const {
    return std::count_if(config_->searches.begin(), config_->searches.end(),
                         [&](const SearchConfig& search) { return search.kind == kind; }) > 1;
}

void EntryChanges::look_at(EntryKind kind, const sync::EntryMessage& message) {
    image_.clear();
    published_.clear();
    csn_.clear();
    for (const sync::Attribute& attribute : message.attributes) {
        const index::NameId name = index_->names.id(attribute.name);
        switch (selection_.use(kind, name, index_->names)) {
            case Selection::Use::published: {
                index::ValueSetHash hash;
                for (const std::string& value : attribute.values) {
                    hash.add(value);
                }
                image_.push_back({.name = name, .values = hash.get()});
                published_.emplace_back(name, &attribute);
                break;
            }
            case Selection::Use::members:
            case Selection::Use::ignored:
            case Selection::Use::undecided:
                break;
        }
    }
    index::sort_image(image_);
    if (const sync::Attribute* csn = sync::find_attribute(message.attributes, "entryCSN");
        csn != nullptr && !csn->values.empty()) {
        csn_ = csn->values.front();
    }
}

MemberValues EntryChanges::members_of(const sync::EntryMessage& message) {
    const EntryKind kind = config_->searches[message.search].kind;
    std::vector<const std::string*> values;
    if (kind != EntryKind::user) {
        for (const sync::Attribute& attribute : message.attributes) {
            if (selection_.use(kind, index_->names.id(attribute.name), index_->names) == Selection::Use::members) {
                for (const std::string& value : attribute.values) {
                    values.push_back(&value);
                }
            }
        }
    }
    return member_values(values);
}

MemberValues EntryChanges::unknown_members(const sync::EntryMessage& message, const MemberValues& members) const {
    const EntryKind kind = config_->searches[message.search].kind;
    return members.empty() ? MemberValues{}
                           : members_.unknown({.kind = kind, .slot = index_->table(kind).find(message.uuid)}, members);
}

Applied EntryChanges::apply(const sync::EntryMessage& message, const index::ParsedDn& dn, const MemberValues& members,
                            const Origin& origin) {
    const EntryKind kind = config_->searches[message.search].kind;
    look_at(kind, message);
    Applied applied;
    applied.entry = {.kind = kind, .slot = index_->table(kind).find_or_add(message.uuid)};
    const index::Entry& before = index_->entry(applied.entry);

    std::vector<index::NameId> changed;
    applied.created = !before.present();
    if (!applied.created) {
        if (!before.packed.holds(image_)) {
            changed = index::changed_names(before.packed.image(), image_);
        }
        if (before.dn_hash != dn.hash) {
            applied.previous_dn = index_->dn(applied.entry);
        }
    }
    const index::PackedCsn csn = index::PackedCsn::parse(csn_);
    // A provider that was restored from a backup: the log must not go on naming a CSN that it has lost, or the next
    // start would take it for another loss (RollbackCheck).
    const bool went_back = !applied.created && csn.known() && csn.sid() == before.csn.sid() && csn < before.csn;
    const bool differs =
        applied.created || !changed.empty() || applied.previous_dn || went_back || origin.unconditional;
    index_->set(applied.entry, dn, image_, csn);
    if (differs) {
        publish_entry(applied, message, changed, origin);
    }
    set_holder(applied.entry, message.search, true);
    if (kind == EntryKind::user) {
        if (applied.created || applied.previous_dn) {
            members_.resolve(dn.hash, csn_, origin);
        }
    } else {
        members_.set(applied.entry, members, csn_, origin);
        if (origin.unconditional) {
            nested_.republish(applied.entry, origin);
        }
    }
    return applied;
}

void EntryChanges::publish_entry(const Applied& applied, const sync::EntryMessage& message,
                                 const std::vector<index::NameId>& changed, const Origin& origin) {
    start_change(change_, record_kind(applied.entry.kind),
                 applied.created ? v1::OPERATION_CREATE : v1::OPERATION_UPDATE, message.uuid, csn_, origin);
    change_.set_dn(message.dn);
    if (applied.previous_dn) {
        change_.set_previous_dn(*applied.previous_dn);
    }
    for (const auto& [name, attribute] : published_) {
        v1::Attribute& published = *change_.add_attributes();
        published.set_name(index_->names.spelled(name));
        for (const std::string& value : attribute->values) {
            published.add_values(value);
        }
    }
    for (const index::NameId name : changed) {
        change_.add_changed_attributes(index_->names.spelled(name));
    }
    publisher_->change(entry_key(applied.entry.kind, message.uuid), change_);
}

void EntryChanges::publish_memberships(const index::EntryRef& user, const Origin& origin) {
    const index::Entry& entry = index_->entry(user);
    members_.publish_memberships(user.slot, entry.dn_hash, index_->dn(user), origin);
    nested_.republish_of(user.slot, origin);
}

void EntryChanges::set_holder(const index::EntryRef& ref, std::size_t search, bool holds) {
    index::SearchSet& searches = index_->entry(ref).searches;
    const index::SearchSet before = searches;
    searches = holds ? searches | bit(search) : searches & ~bit(search);
    const bool was_withheld = before == 0 && searches != 0 && withheld_.erase(ref);
    if (searches != before && searches != 0 && has_several_searches(ref.kind)) {
        write_holders(ref);
    } else if (was_withheld) {
        publisher_->state(holders_key(ref.kind, index_->entry(ref).uuid), nullptr);
    }
}

void EntryChanges::withhold(const index::EntryRef& ref, const std::string& view) {
    index::Entry& entry = index_->entry(ref);
    entry.searches = 0;
    withheld_.add(ref, view);
    v1::HolderState holders;
    holders.set_withheld_from(view);
    publisher_->state(holders_key(ref.kind, entry.uuid), &holders);
}

void EntryChanges::write_holders(const index::EntryRef& ref) {
    v1::HolderState holders;
    const index::Entry& entry = index_->entry(ref);
    for (std::size_t search = 0; search < config_->searches.size(); ++search) {
        if ((entry.searches & bit(search)) != 0) {
            holders.add_searches(config_->searches[search].name);
        }
    }
    publisher_->state(holders_key(ref.kind, entry.uuid), &holders);
}

void EntryChanges::remove(const index::EntryRef& ref, const Removal& removal, const std::string& dn,
                          const Origin& origin) {
    const Uuid uuid = index_->entry(ref).uuid;
    start_change(change_, record_kind(ref.kind), v1::OPERATION_DELETE, uuid, removal.csn, origin);
    change_.set_dn(dn.empty() ? index_->dn(ref) : dn);
    change_.set_reason(removal.reason);
    publisher_->change(entry_key(ref.kind, uuid), change_);
    if (withheld_.erase(ref) || has_several_searches(ref.kind)) {
        publisher_->state(holders_key(ref.kind, uuid), nullptr);
    }
    if (ref.kind != EntryKind::user) {
        members_.drop(ref);
    }
    index_->remove(ref);
}

void EntryChanges::remove_hidden(const index::EntryRef& ref, const Origin& origin) {
    const Uuid uuid = index_->entry(ref).uuid;
    start_change(change_, record_kind(ref.kind), v1::OPERATION_DELETE, uuid, {}, origin);
    change_.set_reason(v1::REASON_DELETED_OR_FILTERED);
    publisher_->change(entry_key(ref.kind, uuid), change_);
    if (ref.kind != EntryKind::user) {
        members_.drop(ref);
    }
}

}  // namespace entstream::producer::publish
