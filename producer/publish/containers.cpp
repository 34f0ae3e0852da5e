#include "producer/publish/containers.hpp"

#include <ldap.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "common/ldap/dn.hpp"
#include "producer/publish/fingerprint.hpp"

namespace entstream::producer::publish {

namespace {

std::string_view value_of(const sync::EntryMessage& message, std::string_view name) {
    const sync::Attribute* attribute = sync::find_attribute(message.attributes, name);
    return attribute == nullptr || attribute->values.empty() ? std::string_view{} : attribute->values.front();
}

std::string watch_key(const SearchConfig& search, const ProducerConfig& config) {
    const std::string all = fingerprint(search, config);
    return all.substr(0, all.find('-'));
}

bool is_at_or_below(const std::string& dn, const std::string& top) {
    return dn == top || ldap::is_below(dn, top);
}

}  // namespace

Containers::Containers(const ProducerConfig& config, Publisher& publisher, FollowUps& follow_ups, SideReads& side)
    : config_(&config), publisher_(&publisher), follow_ups_(&follow_ups), side_(&side) {
    for (const SearchConfig& search : config.containers) {
        Watch& watch = watches_.emplace_back();
        watch.search = &search;
        watch.base = index::ParsedDn(search.base).normalised;
        watch.key = watch_key(search, config);
    }
}

void Containers::restore(const Restored& restored) {
    std::map<std::string, std::size_t> positions;
    for (std::size_t at = 0; at < watches_.size(); ++at) {
        positions[watches_[at].key] = at;
    }
    for (const auto& [key, state] : restored.watches) {
        const auto known = positions.find(key);
        if (known == positions.end()) {
            publisher_->state("watch/" + key, nullptr);
            continue;
        }
        Watch& watch = watches_[known->second];
        watch.stored = state;
        watch.cookie = sync::Cookie::parse(state.cookie());
        watch.established = !watch.cookie.empty();
    }
    for (const auto& [text, state] : restored.containers) {
        Container container{.dn = state.dn(), .watches = {}};
        for (const std::string& key : state.watches()) {
            if (const auto known = positions.find(key); known != positions.end()) {
                container.watches.insert(known->second);
            }
        }
        const auto uuid = Uuid::from_text(text);
        if (uuid && !container.watches.empty()) {
            containers_.emplace(*uuid, std::move(container));
        } else {
            publisher_->state("container/" + text, nullptr);
        }
    }
}

bool Containers::is_new() const {
    return std::any_of(watches_.begin(), watches_.end(), [](const Watch& watch) { return !watch.established; });
}

bool Containers::is_ahead_of(const std::vector<std::string>& context_csns) const {
    return std::any_of(watches_.begin(), watches_.end(),
                       [&](const Watch& watch) { return !watch.resync && watch.cookie.is_ahead_of(context_csns); });
}

void Containers::resync() {
    for (Watch& watch : watches_) {
        watch.resync = true;
    }
}

void Containers::forget() {
    for (const auto& [uuid, container] : std::exchange(containers_, {})) {
        publisher_->state("container/" + uuid.to_text(), nullptr);
    }
    for (Watch& watch : watches_) {
        watch.resync = true;
        watch.established = false;
    }
}

std::vector<std::optional<std::string>> Containers::new_session() {
    events_.clear();
    shown_.clear();
    std::vector<std::optional<std::string>> cookies;
    for (Watch& watch : watches_) {
        watch.opened = false;
        watch.cookie_sent = !watch.resync && !watch.cookie.empty();
        watch.refreshing = true;
        watch.absence_counts = false;
        watch.unknown = false;
        watch.entries = 0;
        watch.seen.clear();
        watch.told = {};
        cookies.push_back(watch.cookie_sent ? std::optional(watch.cookie.text()) : std::nullopt);
    }
    return cookies;
}

void Containers::present(std::size_t search, const Uuid& uuid) {
    Watch& of_search = watch(search);
    of_search.seen.insert(uuid);
    const auto known = containers_.find(uuid);
    of_search.unknown =
        of_search.unknown || known == containers_.end() || !known->second.watches.contains(position(search));
}

void Containers::gone(std::size_t search, const Uuid& uuid, const std::string& dn) {
    events_.push_back({.watch = position(search),
                       .uuid = uuid,
                       .gone = true,
                       .dn = dn.empty() ? std::string() : index::ParsedDn(dn).normalised});
}

Containers::Outcome Containers::take(const sync::EntryMessage& message) {
    Watch& of_search = watch(message.search);
    of_search.opened = true;
    if (message.state == sync::EntryState::present) {
        present(message.search, message.uuid);
    } else if (message.state == sync::EntryState::remove) {
        gone(message.search, message.uuid, message.dn);
    } else {
        ++of_search.entries;
        of_search.seen.insert(message.uuid);
        const auto csn = index::PackedCsn::parse(value_of(message, "entryCSN"));
        index::PackedCsn& shown = shown_[message.uuid];
        if (!csn.known() || csn >= shown) {
            shown = csn;
            events_.push_back({.watch = position(message.search),
                               .uuid = message.uuid,
                               .gone = false,
                               .dn = index::ParsedDn(message.dn).normalised,
                               .may_have_content = value_of(message, "hasSubordinates") != "FALSE"});
        }
    }
    if (message.cookie && !of_search.refreshing) {
        of_search.told.merge(sync::Cookie::parse(*message.cookie));
    }
    return Outcome::going_on;
}

Containers::Outcome Containers::take(const sync::IdSetMessage& message) {
    for (const Uuid& uuid : message.uuids) {
        if (message.refresh_deletes) {
            gone(message.search, uuid, {});
        } else {
            present(message.search, uuid);
        }
    }
    return Outcome::going_on;
}

void Containers::take(const sync::NewCookieMessage& message) {
    if (!watch(message.search).refreshing) {
        watch(message.search).told.merge(sync::Cookie::parse(message.cookie));
    }
}

Containers::Outcome Containers::take(const sync::RefreshMessage& message) {
    Watch& of_search = watch(message.search);
    of_search.absence_counts = of_search.absence_counts || message.present_phase;
    return message.done ? ended(message.search, message.cookie) : Outcome::going_on;
}

Containers::Outcome Containers::take(const sync::DoneMessage& message) {
    Watch& of_search = watch(message.search);
    if (message.result_code == LDAP_SYNC_REFRESH_REQUIRED || message.result_code == LDAP_UNWILLING_TO_PERFORM) {
        of_search.resync = true;
        return of_search.cookie_sent ? Outcome::start_over : Outcome::going_on;
    }
    return Outcome::going_on;
}

Containers::Outcome Containers::ended(std::size_t search, const std::optional<std::string>& cookie) {
    Watch& of_search = watch(search);
    const bool ignored = of_search.cookie_sent && of_search.entries > 0 && !cookie;
    if (ignored || of_search.unknown) {
        spdlog::info("{}: they are read again in full", of_search.search->name);
        of_search.resync = true;
        return Outcome::start_over;
    }
    if (!of_search.cookie_sent || of_search.absence_counts) {
        for (const auto& [uuid, container] : containers_) {
            if (container.watches.contains(position(search)) && !of_search.seen.contains(uuid)) {
                gone(search, uuid, {});
            }
        }
    }
    if (cookie) {
        of_search.told.merge(sync::Cookie::parse(*cookie));
    }
    of_search.refreshing = false;
    of_search.seen.clear();
    return Outcome::going_on;
}

void Containers::publish(v1::Phase phase) {
    read_.clear();
    std::vector<Event> events = std::exchange(events_, {});
    // Who is elsewhere has not left, and what lies below a renamed container is renamed with it.
    std::stable_sort(events.begin(), events.end(), [](const Event& left, const Event& right) {
        const auto depth = [](const Event& event) {
            return event.gone ? 0 : std::count(event.dn.begin(), event.dn.end(), ',');
        };
        return std::pair(left.gone, depth(left)) < std::pair(right.gone, depth(right));
    });
    for (const Event& event : events) {
        if (event.gone) {
            left(event, phase);
        } else {
            put(event, phase);
        }
    }
    for (Watch& watch : watches_) {
        if (watch.refreshing) {
            continue;
        }
        if (!watch.cookie_sent && (watch.resync || !watch.established)) {
            watch.cookie = watch.told;
        } else {
            watch.cookie.merge(watch.told);
        }
        watch.resync = false;
        watch.established = true;
    }
}

void Containers::put(const Event& event, v1::Phase phase) {
    const auto known = containers_.find(event.uuid);
    if (known == containers_.end()) {
        came(event, phase);
        return;
    }
    if (known->second.dn != event.dn) {
        moved(event.uuid, event.dn, phase);
    }
    Container container = containers_.at(event.uuid);
    if (container.watches.insert(event.watch).second) {
        set(event.uuid, std::move(container));
    }
}

void Containers::came(const Event& event, v1::Phase phase) {
    const Watch& of_event = watches_[event.watch];
    const bool read_before =
        std::any_of(read_.begin(), read_.end(), [&](const std::string& top) { return is_at_or_below(event.dn, top); });
    std::vector<std::pair<Uuid, std::string>> below;
    if (of_event.established && event.may_have_content && !read_before) {
        follow_ups_->container({}, event.dn, phase);
        side_->read_below(config_->searches.size() + event.watch, event.dn, [&](const sync::EntryMessage& message) {
            below.emplace_back(message.uuid, index::ParsedDn(message.dn).normalised);
        });
        read_.push_back(event.dn);
    }
    set(event.uuid, {.dn = event.dn, .watches = {event.watch}});
    for (const auto& [uuid, dn] : below) {
        if (!containers_.contains(uuid)) {
            set(uuid, {.dn = dn, .watches = {event.watch}});
        }
    }
}

void Containers::moved(const Uuid& uuid, const std::string& now, v1::Phase phase) {
    const std::string former = containers_.at(uuid).dn;
    follow_ups_->container(former, now, phase);
    std::vector<std::pair<Uuid, std::string>> below;
    for (const auto& [other, container] : containers_) {
        if (is_at_or_below(container.dn, former)) {
            below.emplace_back(other, container.dn.substr(0, container.dn.size() - former.size()) + now);
        }
    }
    for (auto& [other, dn] : below) {
        std::set<std::size_t> watches = watches_of(dn);
        if (watches.empty()) {
            erase(other);
        } else {
            set(other, {.dn = std::move(dn), .watches = std::move(watches)});
        }
    }
}

void Containers::left(const Event& event, v1::Phase phase) {
    const auto known = containers_.find(event.uuid);
    if (known == containers_.end() || !known->second.watches.contains(event.watch)) {
        return;
    }
    Container container = known->second;
    container.watches.erase(event.watch);
    if (!container.watches.empty()) {
        set(event.uuid, std::move(container));  // another base has it now, or has it as well
        return;
    }
    const bool elsewhere = !event.dn.empty() && event.dn != container.dn;
    follow_ups_->container(container.dn, elsewhere ? event.dn : std::string(), phase);
    erase(event.uuid);
    forget_below(event.watch, container.dn);
}

void Containers::forget_below(std::size_t watch, const std::string& former) {
    std::set<Uuid> below;
    for (const auto& [uuid, container] : containers_) {
        if (ldap::is_below(container.dn, former) && container.watches.contains(watch)) {
            below.insert(uuid);
        }
    }
    if (below.empty()) {
        return;
    }
    // They are still there when their container is only shown by a search now.
    side_->read_below(config_->searches.size() + watch, former,
                      [&](const sync::EntryMessage& message) { below.erase(message.uuid); });
    for (const Uuid& uuid : below) {
        erase(uuid);
    }
}

std::set<std::size_t> Containers::watches_of(const std::string& dn) const {
    std::set<std::size_t> result;
    for (std::size_t at = 0; at < watches_.size(); ++at) {
        if (is_at_or_below(dn, watches_[at].base)) {
            result.insert(at);
        }
    }
    return result;
}

void Containers::set(const Uuid& uuid, Container container) {
    v1::ContainerState state;
    state.set_dn(container.dn);
    for (const std::size_t watch : container.watches) {
        state.add_watches(watches_[watch].key);
    }
    publisher_->state("container/" + uuid.to_text(), &state);
    containers_.insert_or_assign(uuid, std::move(container));
}

void Containers::erase(const Uuid& uuid) {
    publisher_->state("container/" + uuid.to_text(), nullptr);
    containers_.erase(uuid);
}

bool Containers::have_reached(const std::function<bool(const sync::Cookie&)>& reached) const {
    return std::all_of(watches_.begin(), watches_.end(), [&](const Watch& watch) { return reached(watch.cookie); });
}

bool Containers::store_cookies(std::uint64_t generation) {
    if (!events_.empty()) {
        return false;
    }
    bool stored = false;
    for (Watch& watch : watches_) {
        if (watch.refreshing || watch.resync || !watch.established || watch.stored.cookie() == watch.cookie.text()) {
            continue;
        }
        watch.stored.set_fingerprint(fingerprint(*watch.search, *config_));
        watch.stored.set_cookie(watch.cookie.text());
        watch.stored.set_cookie_kind(v1::COOKIE_KIND_CSN_VECTOR);
        watch.stored.set_generation(generation);
        *watch.stored.mutable_updated_at() = to_timestamp(std::chrono::system_clock::now());
        publisher_->state("watch/" + watch.key, &watch.stored);
        stored = true;
    }
    return stored;
}

}  // namespace entstream::producer::publish
