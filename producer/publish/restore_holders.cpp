// Which searches hold the restored entries, also when searches were renamed or taken away since.

#include <algorithm>

#include "producer/publish/fingerprint.hpp"
#include "producer/publish/kinds.hpp"
#include "producer/publish/restore.hpp"

namespace entstream::producer::publish {

bool Restorer::is_configured(const std::string& name) const {
    return std::any_of(config_->searches.begin(), config_->searches.end(),
                       [&](const SearchConfig& search) { return search.name == name; });
}

void Restorer::find_former_searches() {
    for (const auto& [name, state] : restored_.searches) {
        if (!is_configured(name)) {
            restored_.former_searches.push_back(name);
        }
    }
    for (const SearchConfig& search : config_->searches) {
        if (restored_.searches.contains(search.name)) {
            continue;
        }
        const std::string now = fingerprint(search, *config_);
        const auto same = std::find_if(
            restored_.former_searches.begin(), restored_.former_searches.end(), [&](const std::string& former) {
                const v1::SearchState& state = restored_.searches[former];
                return !renamed_.contains(former) && state.kind() == record_kind(search.kind) &&
                       same_view(state.fingerprint(), now);
            });
        if (same != restored_.former_searches.end()) {
            renamed_[*same] = search.name;
            restored_.renamed_searches.insert(search.name);
            restored_.searches[search.name] = restored_.searches[*same];
        }
    }
}

std::string Restorer::former_view(EntryKind kind) const {
    std::string view;
    for (const std::string& former : restored_.former_searches) {
        const v1::SearchState& state = restored_.searches.at(former);
        if (state.kind() == record_kind(kind)) {
            if (!view.empty()) {
                return std::string(unknown_view);
            }
            view = view_id(state);
        }
    }
    return view.empty() ? std::string(unknown_view) : view;
}

std::string Restorer::former_view(const v1::HolderState& holders) const {
    for (const std::string& name : holders.searches()) {
        if (const auto state = restored_.searches.find(name); state != restored_.searches.end()) {
            return view_id(state->second);
        }
    }
    return std::string(unknown_view);
}

void Restorer::give_searches() {
    const bool nothing_known = restored_.searches.empty();
    find_former_searches();
    for (const EntryKind kind : index::entry_kinds) {
        std::map<std::string, index::SearchSet, std::less<>> bits;
        // Searches that have published before; all of them when the state topic knows nothing (it was lost).
        index::SearchSet known = 0;
        for (std::size_t i = 0; i < config_->searches.size(); ++i) {
            if (config_->searches[i].kind == kind) {
                bits[config_->searches[i].name] = index::SearchSet{1} << i;
                if (nothing_known || restored_.searches.contains(config_->searches[i].name)) {
                    known |= index::SearchSet{1} << i;
                }
            }
        }
        const std::string without_record = former_view(kind);
        index::EntryTable& entries = index_->table(kind);
        for (index::Slot slot = 0; slot < entries.slots(); ++slot) {
            if (!entries[slot].present()) {
                continue;
            }
            const index::EntryRef ref{.kind = kind, .slot = slot};
            const auto recorded =
                holders_.empty() ? holders_.end() : holders_.find(entry_key(kind, entries[slot].uuid));
            if (recorded != holders_.end()) {
                give_searches(ref, recorded->second, bits);
                continue;
            }
            entries[slot].searches = known;
            if (known == 0) {
                restored_.orphans.emplace_back(ref, without_record);
            } else if (bits.size() > 1) {
                restored_.unrecorded_holders.push_back(ref);
            }
        }
    }
}

void Restorer::give_searches(const index::EntryRef& ref, const v1::HolderState& holders,
                             const std::map<std::string, index::SearchSet, std::less<>>& bits) {
    if (!holders.withheld_from().empty()) {
        restored_.withheld.add(ref, holders.withheld_from());
        return;
    }
    index::SearchSet& searches = index_->entry(ref).searches;
    bool renamed = false;
    for (const std::string& name : holders.searches()) {
        const auto other = renamed_.find(name);
        const auto bit = bits.find(other == renamed_.end() ? name : other->second);
        searches |= bit == bits.end() ? 0 : bit->second;
        renamed = renamed || other != renamed_.end();
    }
    if (searches == 0) {
        restored_.orphans.emplace_back(ref, former_view(holders));
    } else if (renamed) {
        restored_.unrecorded_holders.push_back(ref);
    }
}

}  // namespace entstream::producer::publish
