#include "producer/publish/single_entries.hpp"

#include <algorithm>
#include <set>

namespace entstream::producer::publish {

SingleEntries::Found SingleEntries::find(const v1::EntryChoice& choice) {
    Found found;
    switch (choice.by_case()) {
        case v1::EntryChoice::kUuid:
            if (const auto uuid = Uuid::from_text(choice.uuid())) {
                find_uuid(*uuid, found);
            }
            break;
        case v1::EntryChoice::kDn:
            find_dn(choice.dn(), found);
            break;
        case v1::EntryChoice::kFilter:
            find_filter(choice.filter(), found);
            break;
        case v1::EntryChoice::BY_NOT_SET:
            break;
    }
    // Users first: members are resolved to them.
    std::stable_sort(found.images.begin(), found.images.end(), [this](const auto& left, const auto& right) {
        return config_->searches[left.search].kind < config_->searches[right.search].kind;
    });
    return found;
}

void SingleEntries::find_uuid(const Uuid& uuid, Found& found) {
    for (std::size_t search = 0; search < config_->searches.size(); ++search) {
        const EntryKind kind = config_->searches[search].kind;
        const index::EntryRef ref{.kind = kind, .slot = index_->table(kind).find(uuid)};
        const bool held = ref.slot != index::no_slot && (index_->entry(ref).searches >> search & 1U) != 0;
        if (auto image = side_->read_uuid(search, uuid)) {
            found.images.push_back(std::move(*image));
        } else if (held) {
            found.lost.push_back({.entry = ref, .search = search});
        }
    }
}

void SingleEntries::find_dn(const std::string& dn, Found& found) {
    for (std::size_t search = 0; search < config_->searches.size(); ++search) {
        if (auto image = side_->read_dn(search, dn)) {
            found.images.push_back(std::move(*image));
        }
    }
    // Who had this DN on the log may be somebody else, who left or was renamed.
    const ValueHash hash = index::ParsedDn(dn).hash;
    for (const EntryKind kind : index::entry_kinds) {
        const index::Slot slot = index_->table(kind).find_dn(hash);
        if (slot == index::no_slot) {
            continue;
        }
        const Uuid uuid = index_->table(kind)[slot].uuid;
        if (std::none_of(found.images.begin(), found.images.end(),
                         [&](const sync::EntryMessage& image) { return image.uuid == uuid; })) {
            find_uuid(uuid, found);
        }
    }
}

void SingleEntries::find_filter(const std::string& filter, Found& found) {
    struct Enough {};
    try {
        for (std::size_t search = 0; search < config_->searches.size(); ++search) {
            side_->read_matching(search, filter, [&](sync::EntryMessage image) {
                if (found.images.size() == most_entries) {
                    throw Enough();
                }
                found.images.push_back(std::move(image));
            });
        }
    } catch (const Enough&) {
        found.too_many = true;
    }
}

std::size_t publish_found(const SingleEntries::Found& found, Treatment treatment, Content& content,
                          FollowUps& follow_ups) {
    for (const SingleEntries::Found::Lost& lost : found.lost) {
        content.not_found(lost.entry, lost.search, v1::PHASE_RECONCILE);
    }
    std::vector<Rename> renames;
    std::set<Uuid> published;  // several searches may show the same entry
    for (const sync::EntryMessage& image : found.images) {
        const bool again = treatment == Treatment::republish && published.insert(image.uuid).second;
        const auto applied = again ? content.republished(image) : content.looked_up(image, v1::PHASE_RECONCILE);
        if (applied && applied->previous_dn) {
            renames.push_back({.entry = applied->entry, .previous_dn = *applied->previous_dn});
        }
    }
    follow_ups.renamed(renames, v1::PHASE_RECONCILE);
    return found.images.size() + found.lost.size();
}

}  // namespace entstream::producer::publish
