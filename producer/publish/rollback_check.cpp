#include "producer/publish/rollback_check.hpp"

#include <algorithm>
#include <functional>
#include <queue>
#include <set>

namespace entstream::producer::publish {

namespace {

/// How many entries of a server id are looked at: where all of them were changed since, so much has happened that to
/// read everything costs little more.
constexpr std::size_t most_witnesses = 1000;

using Witness = std::pair<index::PackedCsn, index::EntryRef>;
using NewestWitnesses = std::priority_queue<Witness, std::vector<Witness>, std::greater<>>;

/// Server ids that have something new for a search that resumes.
std::set<unsigned> servers_with_news(const std::vector<SearchProgress>& progress,
                                     const std::vector<std::string>& context_csns) {
    std::set<unsigned> result;
    for (const SearchProgress& search : progress) {
        if (search.resync) {
            continue;
        }
        for (const auto& [sid, csn] : search.cookie.csns()) {
            const bool nothing_new = std::find(context_csns.begin(), context_csns.end(), csn) != context_csns.end();
            // Of a refresh that was cut short, entries beyond the cookie may be published.
            if (!nothing_new || search.stored.refresh_in_progress()) {
                result.insert(sid);
            }
        }
    }
    return result;
}

}  // namespace

std::map<unsigned, RollbackCheck::Witnesses> RollbackCheck::newest_entries() const {
    std::map<unsigned, NewestWitnesses> newest;
    std::map<unsigned, Witnesses> result;
    for (const EntryKind kind : index::entry_kinds) {
        const index::EntryTable& entries = index_->table(kind);
        for (index::Slot slot = 0; slot < entries.slots(); ++slot) {
            const index::Entry& entry = entries[slot];
            if (!entry.present() || !entry.csn.known() || entry.searches == 0) {
                continue;
            }
            NewestWitnesses& of_server = newest[entry.csn.sid()];
            if (of_server.size() < most_witnesses) {
                of_server.push({entry.csn, {.kind = kind, .slot = slot}});
                continue;
            }
            result[entry.csn.sid()].all = false;
            if (of_server.top().first < entry.csn) {
                of_server.pop();
                of_server.push({entry.csn, {.kind = kind, .slot = slot}});
            }
        }
    }
    for (auto& [sid, of_server] : newest) {
        std::vector<Witness>& entries = result[sid].entries;
        for (; !of_server.empty(); of_server.pop()) {
            entries.push_back(of_server.top());
        }
        std::reverse(entries.begin(), entries.end());
    }
    return result;
}

std::optional<index::PackedCsn> RollbackCheck::csn_at_provider(const Uuid& uuid, index::SearchSet searches) {
    for (std::size_t search = 0; search < config_->searches.size(); ++search) {
        if ((searches >> search & 1U) == 0) {
            continue;
        }
        if (const auto image = side_->read_uuid(search, uuid)) {
            const sync::Attribute* const csn = sync::find_attribute(image->attributes, "entryCSN");
            return csn == nullptr || csn->values.empty() ? index::PackedCsn{}
                                                         : index::PackedCsn::parse(csn->values.front());
        }
    }
    return std::nullopt;
}

std::optional<std::string> RollbackCheck::look_at_entries(const Witnesses& witnesses, index::PackedCsn& known) {
    for (const auto& [csn, ref] : witnesses.entries) {
        const index::Entry& entry = index_->entry(ref);
        const auto now = csn_at_provider(entry.uuid, entry.searches);
        if (!now) {
            missing_.emplace_back(ref, entry.searches);
        } else if (*now == csn) {
            known = csn;
            return std::nullopt;
        } else if (now->known() && now->sid() == csn.sid() && *now < csn) {
            return "entry " + entry.uuid.to_text() + " is older there than what was published of it";
        }
    }
    if (!witnesses.all) {
        return "the " + std::to_string(most_witnesses) +
               " entries that were published last have all been changed since, so nothing tells that it was not";
    }
    return std::nullopt;
}

std::optional<std::string> RollbackCheck::look_at_deletions(unsigned sid, const index::PackedCsn& known) {
    const NewestDeletions::OfServer& deletions = deletions_.of(sid);
    for (auto deletion = deletions.rbegin(); deletion != deletions.rend() && deletion->first > known; ++deletion) {
        const auto& [csn, ref] = *deletion;
        const index::Entry& entry = index_->entry(ref);
        if (entry.present()) {
            continue;
        }
        index::SearchSet of_kind = 0;
        for (std::size_t search = 0; search < config_->searches.size(); ++search) {
            if (config_->searches[search].kind == ref.kind) {
                of_kind |= index::SearchSet{1} << search;
            }
        }
        const auto now = csn_at_provider(entry.uuid, of_kind);
        if (now && now->known() && now->sid() == sid && *now < csn) {
            return "entry " + entry.uuid.to_text() + " is there again as it was before its deletion was published";
        }
    }
    return std::nullopt;
}

std::optional<std::string> RollbackCheck::look(const std::vector<SearchProgress>& progress,
                                               const std::vector<std::string>& context_csns) {
    missing_.clear();
    if (context_csns.empty()) {
        return std::nullopt;
    }
    const std::set<unsigned> servers = servers_with_news(progress, context_csns);
    if (servers.empty()) {
        return std::nullopt;
    }
    const std::map<unsigned, Witnesses> newest = newest_entries();
    for (const unsigned sid : servers) {
        index::PackedCsn known;
        if (const auto entries = newest.find(sid); entries != newest.end()) {
            if (auto why = look_at_entries(entries->second, known)) {
                return why;
            }
        }
        if (auto why = look_at_deletions(sid, known)) {
            return why;
        }
    }
    return std::nullopt;
}

std::optional<std::string> RollbackCheck::after_refresh() {
    for (const auto& [ref, searches] : std::exchange(missing_, {})) {
        const index::Entry& entry = index_->entry(ref);
        if (entry.present() && (entry.searches & searches) == searches &&
            !csn_at_provider(entry.uuid, entry.searches)) {
            return "entry " + entry.uuid.to_text() + " is not there, and the provider does not say that it left";
        }
    }
    return std::nullopt;
}

}  // namespace entstream::producer::publish
