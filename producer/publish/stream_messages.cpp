// What the provider's messages mean, one by one.

#include <ldap.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "common/log/context.hpp"
#include "producer/publish/kinds.hpp"
#include "producer/publish/stream.hpp"

namespace entstream::producer::publish {

namespace {

using namespace std::chrono_literals;

/// A provider that has news for so long and sends nothing is asked again from the cookie ...
constexpr auto lag_patience = 30s;
/// ... but not more often than this.
constexpr auto lag_reconnect_interval = 5min;

}  // namespace

namespace {

/// Of the change that a message tells; empty: it tells none.
std::string csn_of(const sync::Message& message) {
    const auto* const entry = std::get_if<sync::EntryMessage>(&message);
    const sync::Attribute* const csn = entry == nullptr ? nullptr : sync::find_attribute(entry->attributes, "entryCSN");
    return csn == nullptr || csn->values.empty() ? std::string() : csn->values.front();
}

}  // namespace

void Stream::handle(sync::Message&& message) {
    const std::string csn = csn_of(message);
    const log::Context context({.csn = csn});
    if (!std::holds_alternative<sync::ProbeMessage>(message)) {
        last_message_ = Clock::now();
    }
    if (!session_end_) {
        std::visit([this](auto&& each) { take(std::forward<decltype(each)>(each)); }, std::move(message));
    }
}

template <typename Message>
void Stream::take_container(const Message& message) {
    if (containers_.take(message) == Containers::Outcome::start_over) {
        end_session({.why = "the containers have to be read again", .at_once = true});
    } else if (refreshed()) {
        containers_.publish(v1::PHASE_PERSIST);
    }
}

void Stream::note_deletion(const std::string& csn) {
    if (const auto sid = sync::csn_sid(csn)) {
        deletions_[*sid] = csn;
    }
}

void Stream::take(sync::EntryMessage&& message) {
    if (containers_.watches(message.search)) {
        if (message.state == sync::EntryState::remove) {
            const sync::Cookie cookie = sync::Cookie::parse(message.cookie.value_or(""));
            note_deletion(cookie.csns().size() == 1 ? cookie.csns().begin()->second : std::string());
        }
        take_container(message);
        return;
    }
    KindRefresh& refresh = refresh_of(message.search);
    if (refresh.refreshing(message.search)) {
        refresh.entry(std::move(message));
        return;
    }
    const std::size_t search = message.search;
    const std::optional<std::string> cookie = std::move(message.cookie);
    if (message.state == sync::EntryState::remove) {
        persist_removal(search, message.uuid, message.dn, cookie);
    } else if (message.state != sync::EntryState::present) {
        persist(message);
    }
    merge_cookie(search, cookie);
}

void Stream::persist(const sync::EntryMessage& message) {
    const auto applied = content_.streamed(message, index::ParsedDn(message.dn), v1::PHASE_PERSIST);
    if (!applied) {
        return;
    }
    if (KindRefresh& refresh = refresh_of(message.search); !refresh.complete()) {
        refresh.holds(message.search, applied->entry);
    }
    std::vector<Rename> renames;
    if (applied->previous_dn) {
        renames.push_back({.entry = applied->entry, .previous_dn = *applied->previous_dn});
    }
    const bool moved_in = applied->created && follow_ups_.may_have_moved_in(message);
    if (!renames.empty() || content_.has_renames() || moved_in) {
        follow_up([&] {
            follow_ups_.renamed(renames, v1::PHASE_PERSIST);
            if (moved_in) {
                follow_ups_.moved_in(message.dn, v1::PHASE_PERSIST);
            }
        });
    }
}

void Stream::persist_removal(std::size_t search, const Uuid& uuid, const std::string& dn,
                             const std::optional<std::string>& cookie) {
    content_.touch(uuid);  // also one that never was in our content: a reconcile may have read it before
    const EntryKind kind = config_->searches[search].kind;
    const index::EntryRef ref{.kind = kind, .slot = index_->table(kind).find(uuid)};
    if (ref.slot == index::no_slot || (index_->entry(ref).searches >> search & 1U) == 0) {
        return;  // never in our content
    }
    // The change's own CSN: a persist cookie has just that one.
    const sync::Cookie parsed = sync::Cookie::parse(cookie.value_or(""));
    const std::string csn = parsed.csns().size() == 1 ? parsed.csns().begin()->second : std::string();
    note_deletion(csn);
    if (content_.guard().is_stale_removal(ref, index::PackedCsn::parse(csn))) {
        return;
    }
    if (index_->entry(ref).dn_hash == index::ParsedDn(config_->searches[search].base).hash) {
        // Renamed, or left the filter. The next session begins with a look whether there is still such a base.
        end_session({.why = "search " + progress_[search].name + ": its base " + config_->searches[search].base +
                            " was renamed, or does not match its filter any more",
                     .at_once = true});
        return;
    }
    const bool moved = !dn.empty() && index::ParsedDn(dn).hash != index_->entry(ref).dn_hash;
    const Removal removal{.reason = moved ? v1::REASON_MOVED_OUT_OF_SCOPE : v1::REASON_DELETED_OR_FILTERED, .csn = csn};
    KindRefresh& refresh = refresh_of(search);
    if (!refresh.complete()) {
        refresh.lose_later(search, ref, removal, dn);
        return;
    }
    const std::string former_dn = index_->dn(ref);
    const bool below_may_leave = moved || dn.empty();
    RemovalTotals removals{.cause = v1::CAUSE_PERSIST};
    removals.add(*index_, ref);
    if (below_may_leave) {
        follow_ups_.add_below(former_dn, removals);
    }
    content_.lose(ref, search, removal, dn, v1::PHASE_PERSIST, removals);
    if (!index_->entry(ref).present()) {
        rollback_check_.deleted(ref, index::PackedCsn::parse(csn));
    }
    if (below_may_leave) {
        follow_up([&] { follow_ups_.left(former_dn, v1::PHASE_PERSIST); });
    }
}

void Stream::merge_cookie(std::size_t search, const std::optional<std::string>& octets) {
    if (!octets || session_end_) {
        return;  // what the message said is not published: it has to come again
    }
    if (KindRefresh& refresh = refresh_of(search); refresh.complete()) {
        progress_[search].cookie.merge(sync::Cookie::parse(*octets));
    } else {
        refresh.persist_cookie(search, *octets);
    }
}

void Stream::take(const sync::NewCookieMessage& message) {
    if (containers_.watches(message.search)) {
        containers_.take(message);
        if (refreshed()) {
            containers_.publish(v1::PHASE_PERSIST);
        }
        return;
    }
    KindRefresh& refresh = refresh_of(message.search);
    if (refresh.refreshing(message.search)) {
        refresh.cookie(message.search, message.cookie);
    } else {
        merge_cookie(message.search, message.cookie);
    }
}

void Stream::take(const sync::IdSetMessage& message) {
    if (containers_.watches(message.search)) {
        take_container(message);
        return;
    }
    KindRefresh& refresh = refresh_of(message.search);
    if (refresh.refreshing(message.search)) {
        refresh.id_set(message);
        return;
    }
    for (const Uuid& uuid : message.uuids) {
        if (message.refresh_deletes) {
            persist_removal(message.search, uuid, {}, message.cookie);
        }
    }
    merge_cookie(message.search, message.cookie);
}

void Stream::take(const sync::RefreshMessage& message) {
    if (containers_.watches(message.search)) {
        take_container(message);
        return;
    }
    KindRefresh& refresh = refresh_of(message.search);
    if (!refresh.refreshing(message.search)) {
        end_session({.why = "the provider ended the refresh of search " + progress_[message.search].name +
                            " twice, which RFC 4533 does not allow"});
        return;
    }
    if (message.present_phase) {
        refresh.present_phase_ended(message.search);
    }
    if (message.done) {
        refresh_ended(message.search, message.cookie);
    } else if (message.cookie) {
        refresh.cookie(message.search, *message.cookie);
    }
}

void Stream::refresh_ended(std::size_t search, const std::optional<std::string>& cookie) {
    KindRefresh& refresh = refresh_of(search);
    switch (refresh.ended(search, cookie)) {
        case KindRefresh::Outcome::going_on:
            break;
        case KindRefresh::Outcome::complete:
            log_refresh(refresh);
            if (refreshed()) {
                all_refreshed();
            }
            if (streaming()) {
                spdlog::info("streaming: {} users, {} groups, {} roles, {} members",
                             index_->table(EntryKind::user).present(), index_->table(EntryKind::group).present(),
                             index_->table(EntryKind::role).present(), index_->member_count());
            }
            break;
        case KindRefresh::Outcome::start_over:
            end_session({.why = "a search has to be read again", .at_once = true});
            break;
    }
}

void Stream::all_refreshed() {
    containers_.publish(v1::PHASE_REFRESH);
    content_.update_nested(v1::PHASE_REFRESH, true);
    if (const auto why = rollback_check_.after_refresh()) {
        resync_all(*why);
        end_session({.why = "all searches have to be read again", .at_once = true});
    }
}

void Stream::log_refresh(const KindRefresh& refresh) const {
    const RefreshCounts& counts = refresh.counts();
    const double seconds = std::chrono::duration<double>(Clock::now() - session_began_).count();
    spdlog::info(
        "refresh of {} ended after {:.2f} s: {} entries received ({:.0f}/s), {} named as unchanged, {} removed",
        plural(refresh.kind()), seconds, counts.entries, static_cast<double>(counts.entries) / std::max(seconds, 0.001),
        counts.unchanged, counts.removed);
}

void Stream::take(const sync::DoneMessage& message) {
    if (containers_.watches(message.search)) {
        take_container(message);
        return;
    }
    KindRefresh& refresh = refresh_of(message.search);
    const std::string& name = progress_[message.search].name;
    switch (message.result_code) {
        case LDAP_SUCCESS:
            // A provider that ends the search after the refresh. (RFC 4533 section 3.3.1)
            if (refresh.refreshing(message.search)) {
                if (message.refresh_deletes && !*message.refresh_deletes) {
                    refresh.present_phase_ended(message.search);
                }
                if (message.refresh_deletes) {
                    refresh_ended(message.search, message.cookie);
                }
            }
            break;
        case LDAP_SYNC_REFRESH_REQUIRED:
        case LDAP_UNWILLING_TO_PERFORM:
            spdlog::warn("search {}: the provider asks to read everything again (result {}, {})", name,
                         message.result_code, message.diagnostic);
            progress_[message.search].read_again(metrics::RefreshReason::provider_asked);
            if (refresh.cookie_sent(message.search)) {
                end_session({.why = "a search has to be read again", .at_once = true});
            }
            break;
        default:
            break;
    }
}

void Stream::take(const sync::DisconnectedMessage& message) {
    end_session({.why = message.why,
                 .at_once = message.queue_full,
                 .error_class = message.error_class,
                 .reason = message.queue_full   ? metrics::LossReason::queue_full
                           : message.unreadable ? metrics::LossReason::malformed
                                                : loss_of(message.error_class),
                 .unreadable = message.unreadable});
}

void Stream::take(const sync::ProbeMessage& message) {
    if (!streaming()) {
        return;
    }
    const bool reached =
        std::all_of(progress_.begin(), progress_.end(),
                    [&](const SearchProgress& search) { return has_reached(search.cookie, message.context_csns); }) &&
        containers_.have_reached([&](const sync::Cookie& cookie) { return has_reached(cookie, message.context_csns); });
    last_probe_ = message.context_csns;
    if (reached) {
        watermark_ = message.asked_at;
        lagging_since_.reset();
    } else {
        look_for_lag();
    }
}

bool Stream::has_reached(const sync::Cookie& cookie, const std::vector<std::string>& context_csns) const {
    if (cookie.has_reached(context_csns)) {
        return true;
    }
    // OpenLDAP tells a deletion only to the searches whose content it concerns. Such a CSN is reached by the others
    // when two probes in a row name it and they had nothing to say in between.
    return context_csns == last_probe_ &&
           std::all_of(context_csns.begin(), context_csns.end(), [&](const std::string& csn) {
               const auto deletion = deletions_.find(sync::csn_sid(csn).value_or(0));
               return cookie.has_reached({csn}) || (deletion != deletions_.end() && deletion->second == csn);
           });
}

void Stream::look_for_lag() {
    const auto now = Clock::now();
    if (!lagging_since_) {
        lagging_since_ = now;
    }
    if (now - std::max(*lagging_since_, last_message_) < lag_patience) {
        return;
    }
    // Not always a fault: OpenLDAP says nothing when an entry outside the filter is deleted.
    if (!reconnected_for_lag_ || now - *reconnected_for_lag_ >= lag_reconnect_interval) {
        reconnected_for_lag_ = now;
        end_session(
            {.why = "the provider has changes that it did not send; asking again from the cookies", .at_once = true});
    } else {
        spdlog::warn("the provider still does not send changes that it says it has");
        lagging_since_ = now;
    }
}

}  // namespace entstream::producer::publish
