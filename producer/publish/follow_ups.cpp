#include "producer/publish/follow_ups.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "common/ldap/dn.hpp"
#include "producer/sync/search_request.hpp"

namespace entstream::producer::publish {

namespace {

using namespace std::chrono_literals;

/// When groups are read again after a rename; refint is done within milliseconds, on a loaded provider within seconds.
constexpr std::array<std::chrono::milliseconds, 5> recheck_after = {50ms, 250ms, 1000ms, 5000ms, 30000ms};

/// YYYYMMDDHHMMSS of a GeneralizedTime or a CSN.
constexpr std::size_t seconds_length = 14;

/// Whether the search can show entries of this DN. \param dn  normalised
bool covers(const SearchConfig& search, std::string_view dn) {
    return sync::in_scope(dn, index::ParsedDn(search.base).normalised, search.scope);
}

/// Whether the search can show entries below this DN.
bool covers_tree(const SearchConfig& search, std::string_view dn) {
    const std::string base = index::ParsedDn(search.base).normalised;
    return dn == base || (search.scope == Scope::subtree && ldap::is_below(dn, base));
}

std::string_view first_value(const sync::EntryMessage& message, std::string_view name) {
    const sync::Attribute* attribute = sync::find_attribute(message.attributes, name);
    return attribute == nullptr || attribute->values.empty() ? std::string_view{} : attribute->values.front();
}

}  // namespace

FollowUps::FollowUps(const ProducerConfig& config, index::Index& index, Content& content, SideReads& side,
                     std::function<void()> commit_if_full)
    : config_(&config), index_(&index), content_(&content), side_(&side), commit_if_full_(std::move(commit_if_full)) {}

void FollowUps::new_session(const std::string& suffix, std::function<bool(std::size_t)> reads_in_full) {
    suffix_ = suffix;
    reads_in_full_ = std::move(reads_in_full);
}

void FollowUps::apply(const sync::EntryMessage& message, v1::Phase phase, Values* former_dns) {
    const auto applied = content_->looked_up(message, phase);
    if (applied && applied->previous_dn) {
        leave_searches(applied->entry, phase);
        if (names_members(applied->entry.kind) && former_dns != nullptr) {
            former_dns->insert(index::ParsedDn(*applied->previous_dn).hash);
        }
    }
    commit_if_full_();
}

bool FollowUps::names_members(EntryKind kind) const {
    return kind == EntryKind::user || (kind == EntryKind::group && config_->nested_groups > 0);
}

void FollowUps::leave_searches(const index::EntryRef& ref, v1::Phase phase) {
    const index::SearchSet searches = index_->entry(ref).searches;
    if (std::has_single_bit(searches)) {
        return;
    }
    const index::ParsedDn dn(index_->dn(ref));
    index::SearchSet lost = 0;
    for (std::size_t search = 0; search < config_->searches.size(); ++search) {
        if ((searches >> search & 1U) != 0 && !covers(config_->searches[search], dn.normalised)) {
            lost |= index::SearchSet{1} << search;
        }
    }
    if (lost != 0 && lost != searches) {
        content_->lose_for_certain(ref, lost, {.reason = v1::REASON_MOVED_OUT_OF_SCOPE, .csn = {}}, {}, phase, {});
    }
}

void FollowUps::look_up(const Refs& refs, bool lose, v1::Phase phase, Values* former_dns) {
    for (std::size_t search = 0; search < config_->searches.size(); ++search) {
        Refs held;
        std::copy_if(refs.begin(), refs.end(), std::back_inserter(held),
                     [&](const index::EntryRef& ref) { return (index_->entry(ref).searches >> search & 1U) != 0; });
        if (held.size() > most_single_reads) {
            look_up_in_full(search, held, lose, phase, former_dns);
        } else {
            look_up_one_by_one(search, held, lose, phase, former_dns);
        }
    }
}

void FollowUps::look_up_one_by_one(std::size_t search, const Refs& refs, bool lose, v1::Phase phase,
                                   Values* former_dns) {
    for (const index::EntryRef& ref : refs) {
        commit_if_full_();  // a read may take seconds
        if (const auto image = side_->read_uuid(search, index_->entry(ref).uuid)) {
            apply(*image, phase, former_dns);
        } else if (lose) {
            not_found(search, ref, phase);
        }
    }
}

void FollowUps::look_up_in_full(std::size_t search, const Refs& refs, bool lose, v1::Phase phase, Values* former_dns) {
    std::unordered_set<Uuid> wanted;
    for (const index::EntryRef& ref : refs) {
        wanted.insert(index_->entry(ref).uuid);
    }
    side_->read_all(search, config_->searches[search].base, [&](const sync::EntryMessage& message) {
        if (wanted.erase(message.uuid) > 0) {
            apply(message, phase, former_dns);
        }
    });
    for (const index::EntryRef& ref : refs) {
        if (lose && wanted.contains(index_->entry(ref).uuid)) {
            not_found(search, ref, phase);
        }
    }
}

void FollowUps::not_found(std::size_t search, const index::EntryRef& ref, v1::Phase phase) {
    if ((index_->entry(ref).searches >> search & 1U) != 0) {
        content_->not_found(ref, search, phase, &below_);
        commit_if_full_();
    }
}

void FollowUps::read_below(const std::vector<Rename>& renames, v1::Phase phase, Values& former_dns) {
    for (const Rename& rename : renames) {
        const index::ParsedDn previous(rename.previous_dn);
        if (names_members(rename.entry.kind)) {
            former_dns.insert(previous.hash);
        }
        if (!index_->entry(rename.entry).present() || !index_->has_entries_below(previous)) {
            continue;
        }
        index::SearchSet searches = 0;
        for (const index::EntryRef& ref : index_->entries_below(previous)) {
            searches |= index_->entry(ref).searches;
        }
        const std::string dn = index_->dn(rename.entry);
        for (std::size_t search = 0; search < config_->searches.size(); ++search) {
            if ((searches >> search & 1U) != 0) {
                side_->read_below(search, dn,
                                  [&](const sync::EntryMessage& message) { apply(message, phase, &former_dns); });
            }
        }
        // Those that were not found there went elsewhere in the meantime.
        look_up_below(previous, phase, &former_dns);
    }
}

void FollowUps::renamed(const std::vector<Rename>& renames, v1::Phase phase) {
    std::vector<Rename> next = content_->take_renames();
    next.insert(next.begin(), renames.begin(), renames.end());
    // What a group holds now may show more renames.
    for (; !next.empty(); next = content_->take_renames()) {
        Values former_dns;
        read_below(next, phase, former_dns);
        read_groups(std::move(former_dns), phase);
    }
}

void FollowUps::read_groups(Values former_dns, v1::Phase phase) {
    if (!former_dns.empty()) {
        Refs groups = to_be_read(index_->parents_holding({former_dns.begin(), former_dns.end()}));
        look_up(groups, false, phase, nullptr);
        schedule({.parents = std::move(groups), .former = std::move(former_dns), .attempt = 0, .due = {}});
    }
}

void FollowUps::container(const std::string& former, const std::string& now, v1::Phase phase) {
    Values former_dns;
    if (!now.empty()) {
        for (std::size_t search = 0; search < config_->searches.size(); ++search) {
            if (config_->searches[search].scope == Scope::base || !covers_tree(config_->searches[search], now)) {
                continue;
            }
            side_->read_below(search, now, [&](const sync::EntryMessage& message) {
                // Also of those that are known there already: a former process may have died before it read the groups.
                if (!former.empty() && names_members(config_->searches[search].kind)) {
                    const std::string dn = index::ParsedDn(message.dn).normalised;
                    former_dns.insert(index::ParsedDn(dn.substr(0, dn.size() - now.size()) + former).hash);
                }
                apply(message, phase, &former_dns);
            });
        }
    }
    if (const index::ParsedDn dn(former); !former.empty() && index_->has_entries_below(dn)) {
        look_up(index_->entries_below(dn), true, phase, &former_dns);
    }
    read_groups(std::move(former_dns), phase);
    renamed({}, phase);
}

void FollowUps::passed_on(v1::Phase phase) {
    // What a group lists now may show renames, and those more DNs that passed on.
    while (index_->has_passed_on()) {
        const std::vector<ValueHash> dns = index_->take_passed_on();
        Refs groups = to_be_read(index_->parents_misnaming(dns));
        if (!groups.empty()) {
            look_up(groups, false, phase, nullptr);
            // An overlay may not have rewritten them yet.
            schedule({.parents = std::move(groups), .former = {dns.begin(), dns.end()}, .attempt = 0, .due = {}});
        }
        if (content_->has_renames()) {
            renamed({}, phase);
        }
    }
}

FollowUps::Refs FollowUps::to_be_read(Refs groups) const {
    std::erase_if(groups, [&](const index::EntryRef& group) {
        for (std::size_t search = 0; search < config_->searches.size(); ++search) {
            if ((index_->entry(group).searches >> search & 1U) != 0 && !reads_in_full_(search)) {
                return false;
            }
        }
        return true;
    });
    return groups;
}

void FollowUps::schedule(Recheck recheck) {
    if (recheck.attempt >= recheck_after.size()) {
        return;  // there is no refint
    }
    std::erase_if(recheck.parents, [&](const index::EntryRef& parent) {
        const auto& members = index_->members(parent.kind).of(parent.slot);
        return std::none_of(members.begin(), members.end(),
                            [&](const index::Member& member) { return recheck.former.contains(member.value); });
    });
    // Once is enough for a group that waits already.
    std::erase_if(rechecks_, [&](Recheck& other) {
        const std::size_t before = other.parents.size();
        std::erase_if(other.parents, [&](const index::EntryRef& parent) {
            return std::find(recheck.parents.begin(), recheck.parents.end(), parent) != recheck.parents.end();
        });
        if (other.parents.size() < before) {
            recheck.former.insert(other.former.begin(), other.former.end());
        }
        return other.parents.empty();
    });
    if (!recheck.parents.empty()) {
        recheck.due = Clock::now() + recheck_after.at(recheck.attempt);
        rechecks_.push_back(std::move(recheck));
    }
}

void FollowUps::recheck(Clock::time_point now, v1::Phase phase) {
    std::vector<Recheck> due;
    std::erase_if(rechecks_, [&](Recheck& recheck) {
        if (recheck.due > now) {
            return false;
        }
        due.push_back(std::move(recheck));
        return true;
    });
    for (Recheck& recheck : due) {
        look_up(recheck.parents, false, phase, nullptr);
        ++recheck.attempt;
        schedule(std::move(recheck));
    }
}

std::optional<FollowUps::Clock::time_point> FollowUps::next_recheck() const {
    const auto next = std::min_element(rechecks_.begin(), rechecks_.end(),
                                       [](const Recheck& a, const Recheck& b) { return a.due < b.due; });
    return next == rechecks_.end() ? std::nullopt : std::optional(next->due);
}

bool FollowUps::may_have_moved_in(const sync::EntryMessage& message) const {
    const SearchConfig& search = config_->searches[message.search];
    if (search.scope != Scope::subtree || index::ParsedDn(search.base).hash == index::ParsedDn(suffix_).hash ||
        first_value(message, "hasSubordinates") == "FALSE") {
        return false;
    }
    const std::string_view created = first_value(message, "createTimestamp").substr(0, seconds_length);
    const std::string_view csn = first_value(message, "entryCSN");
    // 389-ds has no CSN that it shows.
    const std::string_view changed =
        (csn.empty() ? first_value(message, "modifyTimestamp") : csn).substr(0, seconds_length);
    // An entry that has others below it may have been made and moved within one second.
    const bool same_second_counts = first_value(message, "hasSubordinates") == "TRUE";
    return !created.empty() && (created < changed || (same_second_counts && created == changed));
}

void FollowUps::moved_in(const std::string& dn, v1::Phase phase) {
    const std::string top = index::ParsedDn(dn).normalised;
    for (std::size_t search = 0; search < config_->searches.size(); ++search) {
        const std::string base = index::ParsedDn(config_->searches[search].base).normalised;
        if (top == base || ldap::is_below(top, base)) {
            side_->read_below(search, dn, [&](const sync::EntryMessage& message) { apply(message, phase, nullptr); });
        }
    }
}

void FollowUps::look_up_below(const index::ParsedDn& dn, v1::Phase phase, Values* former_dns) {
    const Refs refs = index_->entries_below(dn);
    below_ = {.cause = v1::CAUSE_BELOW_REMOVED};
    for (const index::EntryRef& ref : refs) {
        below_.add(*index_, ref);
    }
    look_up(refs, true, phase, former_dns);
}

void FollowUps::add_below(const std::string& former_dn, RemovalTotals& removals) const {
    const index::ParsedDn dn(former_dn);
    if (index_->has_entries_below(dn)) {
        for (const index::EntryRef& ref : index_->entries_below(dn)) {
            removals.add(*index_, ref);
        }
    }
}

void FollowUps::left(const std::string& former_dn, v1::Phase phase) {
    const index::ParsedDn dn(former_dn);
    if (index_->has_entries_below(dn)) {
        look_up_below(dn, phase, nullptr);
    }
}

}  // namespace entstream::producer::publish
