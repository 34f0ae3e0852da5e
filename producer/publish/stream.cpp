#include "producer/publish/stream.hpp"

#include <ldap.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "producer/publish/kinds.hpp"

namespace entstream::producer::publish {

namespace {

using namespace std::chrono_literals;

/// A transaction of this size is closed even when its records are few.
constexpr std::size_t most_transaction_bytes = 8UL << 20U;
/// The same for one that has been open for so long: the broker aborts it after
/// kafka::TransactionalProducer::transaction_timeout, and a side read in between can take ldap.timeout.
constexpr auto longest_transaction = 5s;
/// Cookies that moved though nothing was published are stored this often.
constexpr auto cookie_interval = 1s;
/// A provider that has news for so long and sends nothing is asked again from the cookie ...
constexpr auto lag_patience = 30s;
/// ... but not more often than this.
constexpr auto lag_reconnect_interval = 5min;

std::uint64_t highest_generation(const std::vector<SearchProgress>& progress) {
    std::uint64_t highest = 0;
    for (const SearchProgress& search : progress) {
        highest = std::max(highest, search.stored.generation());
    }
    return highest;
}

}  // namespace

Stream::Stream(const ProducerConfig& config, index::Index& index, Publisher& publisher, SideReads& side,
               const Restored& restored)
    : config_(&config),
      index_(&index),
      publisher_(&publisher),
      side_(&side),
      progress_(restore_progress(config, restored)),
      suffix_uuid_(restored.source ? restored.source->suffix_uuid() : std::string()),
      content_(config, index, publisher, side, [this] { commit_if_full(); }),
      follow_ups_(config, index, content_, side, [this] { commit_if_full(); }),
      generation_(highest_generation(progress_)) {
    publisher.set_suffix_uuid(suffix_uuid_);
    content_.write_holders(restored.unrecorded_holders);
}

void Stream::check_provider(const sync::ProviderState& provider) {
    if (provider.suffix_uuid) {
        const std::string uuid = provider.suffix_uuid->to_bytes();
        if (!suffix_uuid_.empty() && suffix_uuid_ != uuid) {
            spdlog::warn(
                "{} is another directory than the one that this log was written from (its entry {} has another "
                "entryUUID): every search is read without cookie, and what is not there is not removed",
                config_->ldap.uri, provider.suffix);
            for (SearchProgress& search : progress_) {
                search.resync = true;
                search.withhold_removals = true;
            }
        } else {
            suffix_uuid_ = uuid;
            publisher_->set_suffix_uuid(uuid);
        }
    }
    for (SearchProgress& search : progress_) {
        if (!search.resync && search.cookie.is_ahead_of(provider.context_csns)) {
            spdlog::warn(
                "search {}: the provider has lost changes that were published already (restored from a backup, or "
                "crashed): it is read again without cookie",
                search.name);
            search.resync = true;
        }
    }
}

bool Stream::owes_follow_ups() const {
    return following_up_ || content_.has_renames() ||
           std::any_of(refreshes_.begin(), refreshes_.end(),
                       [](const KindRefresh& refresh) { return refresh.owes_follow_ups(); });
}

void Stream::follow_up(const std::function<void()>& step) {
    following_up_ = true;
    step();
    following_up_ = false;
}

std::vector<std::optional<std::string>> Stream::begin_session(const sync::ProviderState& provider) {
    check_provider(provider);
    if (owes_follow_ups()) {
        spdlog::warn(
            "the last session ended before what follows from a renamed or moved entry was published: every search is "
            "read without cookie");
        for (SearchProgress& search : progress_) {
            search.resync = true;
        }
    }
    ++generation_;
    session_end_.reset();
    session_began_ = Clock::now();
    lagging_since_.reset();
    last_probe_.clear();
    follow_ups_.new_session(provider.suffix,
                            [this](std::size_t search) { return refresh_of(search).reads_in_full(search); });

    refreshes_.clear();
    const RefreshParts parts{.config = *config_,
                             .index = *index_,
                             .publisher = *publisher_,
                             .content = content_,
                             .follow_ups = follow_ups_,
                             .side = *side_,
                             .progress = progress_,
                             .commit_if_full = [this] { commit_if_full(); }};
    for (const EntryKind kind : index::entry_kinds) {
        refreshes_.emplace_back(parts, kind, generation_);
    }
    std::vector<std::optional<std::string>> cookies;
    std::vector<bool> in_full;
    for (std::size_t search = 0; search < progress_.size(); ++search) {
        const bool resume = !progress_[search].resync && !progress_[search].cookie.empty();
        in_full.push_back(!resume);
        cookies.push_back(resume ? std::optional(progress_[search].cookie.text()) : std::nullopt);
        refresh_of(search).begin(search, resume);
        spdlog::info("search {}: {}", progress_[search].name,
                     resume ? "asking for what changed since the last session" : "asking for everything");
    }
    content_.new_session(generation_, std::move(in_full));
    return cookies;
}

KindRefresh& Stream::refresh_of(std::size_t search) {
    return refreshes_[static_cast<std::size_t>(config_->searches[search].kind)];
}

bool Stream::refreshed() const {
    return !refreshes_.empty() && std::all_of(refreshes_.begin(), refreshes_.end(), [](const KindRefresh& refresh) {
        return refresh.empty() || refresh.complete();
    });
}

void Stream::end_session(SessionEnd end) {
    if (!session_end_) {
        session_end_ = std::move(end);
    }
}

void Stream::handle(sync::Message&& message) {
    if (!std::holds_alternative<sync::ProbeMessage>(message)) {
        last_message_ = Clock::now();
    }
    if (!session_end_) {
        std::visit([this](auto&& each) { take(std::forward<decltype(each)>(each)); }, std::move(message));
    }
}

void Stream::take(sync::EntryMessage&& message) {
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
    const EntryKind kind = config_->searches[search].kind;
    const index::EntryRef ref{.kind = kind, .slot = index_->table(kind).find(uuid)};
    if (ref.slot == index::no_slot || (index_->entry(ref).searches >> search & 1U) == 0) {
        return;  // never in our content
    }
    // The change's own CSN: a persist cookie has just that one.
    const sync::Cookie parsed = sync::Cookie::parse(cookie.value_or(""));
    const std::string csn = parsed.csns().size() == 1 ? parsed.csns().begin()->second : std::string();
    if (!csn.empty()) {
        deletions_[parsed.csns().begin()->first] = csn;
    }
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
    content_.lose(ref, search, removal, dn, v1::PHASE_PERSIST);
    if (moved || dn.empty()) {
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
    KindRefresh& refresh = refresh_of(message.search);
    if (refresh.refreshing(message.search)) {
        refresh.cookie(message.search, message.cookie);
    } else {
        merge_cookie(message.search, message.cookie);
    }
}

void Stream::take(const sync::IdSetMessage& message) {
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

void Stream::log_refresh(const KindRefresh& refresh) const {
    const RefreshCounts& counts = refresh.counts();
    const double seconds = std::chrono::duration<double>(Clock::now() - session_began_).count();
    spdlog::info(
        "refresh of {} ended after {:.2f} s: {} entries received ({:.0f}/s), {} named as unchanged, {} removed",
        plural(refresh.kind()), seconds, counts.entries, static_cast<double>(counts.entries) / std::max(seconds, 0.001),
        counts.unchanged, counts.removed);
}

void Stream::take(const sync::DoneMessage& message) {
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
            progress_[message.search].resync = true;
            if (refresh.cookie_sent(message.search)) {
                end_session({.why = "a search has to be read again", .at_once = true});
            }
            break;
        default:
            break;
    }
}

void Stream::take(const sync::DisconnectedMessage& message) {
    end_session({.why = message.why, .at_once = message.queue_full, .error_class = message.error_class});
}

void Stream::take(const sync::ProbeMessage& message) {
    if (!streaming()) {
        return;
    }
    const bool reached = std::all_of(progress_.begin(), progress_.end(), [&](const SearchProgress& search) {
        return has_reached(search, message.context_csns);
    });
    last_probe_ = message.context_csns;
    if (reached) {
        watermark_ = message.asked_at;
        lagging_since_.reset();
    } else {
        look_for_lag();
    }
}

bool Stream::has_reached(const SearchProgress& search, const std::vector<std::string>& context_csns) const {
    if (search.cookie.has_reached(context_csns)) {
        return true;
    }
    // OpenLDAP tells a deletion only to the searches whose content it concerns. Such a CSN is reached by the others
    // when two probes in a row name it and they had nothing to say in between.
    return context_csns == last_probe_ &&
           std::all_of(context_csns.begin(), context_csns.end(), [&](const std::string& csn) {
               const auto deletion = deletions_.find(sync::csn_sid(csn).value_or(0));
               return search.cookie.has_reached({csn}) || (deletion != deletions_.end() && deletion->second == csn);
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

void Stream::tick(Clock::time_point now) {
    if (streaming()) {
        follow_ups_.recheck(now, v1::PHASE_PERSIST);
        if (content_.has_renames()) {
            follow_up([this] { follow_ups_.renamed({}, v1::PHASE_PERSIST); });
        }
    }
}

void Stream::commit_if_full() {
    if (publisher_->records() >= config_->transaction_records || publisher_->bytes() >= most_transaction_bytes ||
        publisher_->age() >= longest_transaction) {
        commit_transaction();
    }
}

void Stream::commit_transaction() {
    // With the first transaction after the decision: what led to it (a log that was cut, a provider that went back) may
    // not show any more at the next start. What lies below an entry can be in any search.
    const bool owing = owes_follow_ups();
    for (SearchProgress& search : progress_) {
        if (search.resync || owing) {
            search.store_resync(*publisher_, generation_);
        }
    }
    if (publisher_->records() > 0 && !refreshes_.empty()) {
        for (std::size_t search = 0; search < progress_.size(); ++search) {
            const KindRefresh& refresh = refresh_of(search);
            if (!refresh.complete() && refresh.begun(search) && !progress_[search].stored.refresh_in_progress()) {
                progress_[search].store_refresh_begun(*publisher_, generation_);
            }
        }
    }
    publisher_->commit();
}

void Stream::commit() {
    const auto now = Clock::now();
    const bool store_cookies = publisher_->records() > 0 || now - cookies_stored_ >= cookie_interval;
    if (store_cookies && !refreshes_.empty() && !owes_follow_ups()) {
        for (std::size_t search = 0; search < progress_.size(); ++search) {
            if (refresh_of(search).complete() && !progress_[search].resync &&
                progress_[search].store_cookie(*publisher_, generation_)) {
                cookies_stored_ = now;
            }
        }
    }
    commit_transaction();
}

}  // namespace entstream::producer::publish
