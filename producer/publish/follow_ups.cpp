#include "producer/publish/follow_ups.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "common/ldap/dn.hpp"

namespace entstream::producer::publish {

namespace {

using namespace std::chrono_literals;

/// When groups are read again after a rename; refint is done within milliseconds, on a loaded provider within seconds.
constexpr std::array<std::chrono::milliseconds, 5> recheck_after = {50ms, 250ms, 1000ms, 5000ms, 30000ms};

/// YYYYMMDDHHMMSS of a GeneralizedTime or a CSN.
constexpr std::size_t seconds_length = 14;

std::string_view first_value(const sync::EntryMessage& message, std::string_view name) {
    const sync::Attribute* attribute = sync::find_attribute(message.attributes, name);
    return attribute == nullptr || attribute->values.empty() ? std::string_view{} : attribute->values.front();
}

}  // namespace

FollowUps::FollowUps(const ProducerConfig& config, index::Index& index, Content& content, SideReads& side)
    : config_(&config), index_(&index), content_(&content), side_(&side) {}

void FollowUps::apply(const sync::EntryMessage& message, v1::Phase phase, std::vector<ValueHash>* former_dns) {
    const auto applied = content_->apply(message, phase);
    if (applied && applied->previous_dn && applied->entry.kind == EntryKind::user && former_dns != nullptr) {
        former_dns->push_back(index::ParsedDn(*applied->previous_dn).hash);
    }
}

void FollowUps::look_up(const index::EntryRef& ref, v1::Phase phase, std::vector<ValueHash>* former_dns) {
    const Uuid uuid = index_->entry(ref).uuid;
    for (std::size_t search = 0; search < config_->searches.size(); ++search) {
        if (!index_->entry(ref).present() || (index_->entry(ref).searches >> search & 1U) == 0) {
            continue;
        }
        if (const auto image = side_->read_uuid(search, uuid)) {
            apply(*image, phase, former_dns);
        } else {
            content_->lose(ref, search, {.reason = v1::REASON_MOVED_OUT_OF_SCOPE, .csn = {}}, {}, phase);
        }
    }
}

void FollowUps::new_session(const std::string& suffix, std::function<bool(std::size_t)> reads_in_full) {
    suffix_ = suffix;
    reads_in_full_ = std::move(reads_in_full);
}

void FollowUps::renamed(const std::vector<Rename>& renames, v1::Phase phase) {
    std::vector<ValueHash> former_dns;
    for (const Rename& rename : renames) {
        const index::ParsedDn previous(rename.previous_dn);
        if (rename.entry.kind == EntryKind::user) {
            former_dns.push_back(previous.hash);
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
        for (const index::EntryRef& ref : index_->entries_below(previous)) {
            look_up(ref, phase, &former_dns);
        }
    }
    if (former_dns.empty()) {
        return;
    }
    for (const index::EntryRef& parent : index_->parents_holding(former_dns)) {
        const auto search = static_cast<std::size_t>(std::countr_zero(index_->entry(parent).searches));
        if (search < config_->searches.size() && !reads_in_full_(search)) {
            read_group(parent, phase);
            schedule({.parent = parent, .former = former_dns, .attempt = 0, .due = {}});
        }
    }
}

void FollowUps::read_group(const index::EntryRef& parent, v1::Phase phase) {
    const auto search = static_cast<std::size_t>(std::countr_zero(index_->entry(parent).searches));
    if (search < config_->searches.size()) {
        if (const auto image = side_->read_uuid(search, index_->entry(parent).uuid)) {
            content_->apply(*image, phase);
        }  // else it has left, and the stream will say so
    }
}

void FollowUps::schedule(Recheck recheck) {
    const index::MemberTable& members = index_->members(recheck.parent.kind);
    std::erase_if(recheck.former,
                  [&](const ValueHash& value) { return members.find(recheck.parent.slot, value) == nullptr; });
    if (!recheck.former.empty() && recheck.attempt < recheck_after.size()) {
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
        if (index_->entry(recheck.parent).present()) {
            read_group(recheck.parent, phase);
            ++recheck.attempt;
            schedule(std::move(recheck));
        }
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
    return !created.empty() && created < first_value(message, "entryCSN").substr(0, seconds_length);
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

void FollowUps::left(const std::string& former_dn, v1::Phase phase) {
    const index::ParsedDn dn(former_dn);
    if (index_->has_entries_below(dn)) {
        for (const index::EntryRef& ref : index_->entries_below(dn)) {
            look_up(ref, phase, nullptr);
        }
    }
}

void FollowUps::look_up_users(const std::vector<std::string>& dns, v1::Phase phase) {
    for (const std::string& dn : dns) {
        for (std::size_t search = 0; search < config_->searches.size(); ++search) {
            if (config_->searches[search].kind == EntryKind::user) {
                if (const auto image = side_->read_dn(search, dn)) {
                    apply(*image, phase, nullptr);
                }
            }
        }
    }
}

}  // namespace entstream::producer::publish
