#include "producer/publish/stream.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

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
/// A provider of several gets what the others had before it within this time, unless it was restored from a backup.
constexpr auto replication_patience = 60s;

std::uint64_t highest_generation(const Restored& restored) {
    std::uint64_t highest = 0;
    for (const auto& [name, search] : restored.searches) {
        highest = std::max(highest, search.generation());
    }
    for (const auto& [id, answer] : restored.answers) {
        highest = std::max(highest, answer.generation());
    }
    if (restored.reconcile) {
        highest = std::max(highest, restored.reconcile->generation());
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
      content_(config, index, publisher, side, [this] { commit_if_full(); }),
      follow_ups_(config, index, content_, side, [this] { commit_if_full(); }),
      containers_(config, publisher, follow_ups_, side),
      rollback_check_(config, index, side),
      generation_(highest_generation(restored)),
      transaction_size_(config.transaction_records) {
    content_.restore(restored);
    containers_.restore(restored);
    rollback_check_.restore(restored.deletions);
    for (SearchProgress& search : progress_) {
        if (restored.damage.records_of(search.kind) > most_single_reads) {
            search.read_again(metrics::RefreshReason::log_damaged);
        }
        if (restored.renamed_searches.contains(search.name)) {
            search.store(publisher, generation_);
        }
    }
    for (const std::string& name : restored.former_searches) {
        publisher.state("search/" + name, nullptr);
    }
}

void Stream::meet(const sync::ProviderState& provider) {
    const std::string suffix_uuid = provider.suffix_uuid ? provider.suffix_uuid->to_bytes() : std::string();
    bool elsewhere = false;
    for (SearchProgress& search : progress_) {
        elsewhere = search.meet(suffix_uuid) || elsewhere;
    }
    if (elsewhere) {
        containers_.forget();
        spdlog::warn(
            "{} is another directory than the one that this log was written from (its entry {} has another entryUUID): "
            "its searches are read without cookie, and entries that it does not show are not removed. If that is not "
            "what you want, let ldap.uri name the former directory again",
            config_->ldap.uri, provider.suffix);
    }
}

bool Stream::lags(const sync::ProviderState& provider) {
    const bool behind = std::any_of(progress_.begin(), progress_.end(), [&](const SearchProgress& search) {
        return !search.resync && search.cookie.csns().size() > 1 && search.cookie.is_ahead_of(provider.context_csns);
    });
    if (!behind) {
        behind_since_.reset();
        return false;
    }
    const auto now = Clock::now();
    behind_since_ = behind_since_.value_or(now);
    return now - *behind_since_ < replication_patience;
}

void Stream::look_for_rollback(const sync::ProviderState& provider) {
    const auto ahead = std::find_if(progress_.begin(), progress_.end(), [&](const SearchProgress& search) {
        return !search.resync && search.cookie.is_ahead_of(provider.context_csns);
    });
    if (ahead != progress_.end()) {
        resync_all("its contextCSN has not got as far as search " + ahead->name + " had");
    } else if (containers_.is_ahead_of(provider.context_csns)) {
        resync_all("its contextCSN has not got as far as it had when it told of containers");
    } else if (const auto why = rollback_check_.look(progress_, provider.context_csns)) {
        resync_all(*why);
    }
}

void Stream::resync_all(const std::string& why) {
    spdlog::warn(
        "the provider has lost changes that were published already (restored from a backup, or crashed): {}; every "
        "search is read again without cookie, and what it says now counts",
        why);
    for (SearchProgress& search : progress_) {
        search.read_again(metrics::RefreshReason::rollback);
    }
    containers_.resync();
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
    side_->new_session();
    session_end_.reset();
    meet(provider);
    if (lags(provider)) {
        end_session({.why = config_->ldap.uri +
                            " does not have all changes yet that another provider of the same directory has sent"});
        return {};
    }
    look_for_rollback(provider);
    if (owes_follow_ups()) {
        spdlog::warn(
            "the last session ended before what follows from a renamed or moved entry was published: every search is "
            "read without cookie");
        for (SearchProgress& search : progress_) {
            search.read_again(metrics::RefreshReason::interrupted);
        }
    }
    if (provider.kind == sync::ProviderKind::openldap && containers_.is_new()) {
        // From cookies nobody would say which containers were renamed or moved before they were known.
        for (SearchProgress& search : progress_) {
            search.read_again(metrics::RefreshReason::first);
        }
    }
    ++generation_;
    ++sessions_;
    session_began_ = Clock::now();
    transaction_size_.restart();
    lagging_since_.reset();
    last_probe_.clear();
    follow_ups_.new_session(provider.suffix,
                            [this](std::size_t search) { return refresh_of(search).reads_in_full(search); });

    refresh_reason_ = metrics::RefreshReason::resume;
    refreshes_.clear();
    const RefreshParts parts{.config = *config_,
                             .index = *index_,
                             .publisher = *publisher_,
                             .content = content_,
                             .follow_ups = follow_ups_,
                             .side = *side_,
                             .progress = progress_,
                             .provider = provider.kind,
                             .commit_if_full = [this] { commit_if_full(); }};
    for (const EntryKind kind : index::entry_kinds) {
        refreshes_.emplace_back(parts, kind, generation_);
    }
    std::vector<std::optional<std::string>> cookies;
    std::vector<bool> in_full;
    for (std::size_t search = 0; search < progress_.size(); ++search) {
        const bool resume = !progress_[search].resync && !progress_[search].cookie.empty();
        in_full.push_back(!resume);
        if (!resume && refresh_reason_ == metrics::RefreshReason::resume) {
            refresh_reason_ = progress_[search].resync ? progress_[search].why : metrics::RefreshReason::first;
        }
        cookies.push_back(resume ? std::optional(progress_[search].cookie.text()) : std::nullopt);
        refresh_of(search).begin(search, resume);
        spdlog::info("search {}: {}", progress_[search].name,
                     resume ? "asking for what changed since the last session" : "asking for everything");
    }
    content_.new_session(generation_, std::move(in_full));
    const auto of_containers = containers_.new_session();
    cookies.insert(cookies.end(), of_containers.begin(), of_containers.end());
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

void Stream::tick(Clock::time_point now) {
    if (streaming()) {
        follow_ups_.recheck(now, v1::PHASE_PERSIST);
        if (now >= waiting_due_) {
            content_.resolve_waiting(v1::PHASE_PERSIST);
            waiting_due_ = now + config_->heartbeat_interval;
        }
        if (content_.has_renames()) {
            follow_up([this] { follow_ups_.renamed({}, v1::PHASE_PERSIST); });
        }
        // Not with each message: a crowd that is deleted and added again shares its groups. If the process dies in
        // between, the next start finds by the index what is owed.
        follow_ups_.passed_on(v1::PHASE_PERSIST);
        content_.update_nested(v1::PHASE_PERSIST);
    }
}

void Stream::commit_if_full() {
    if (transaction_size_.reached(publisher_->records()) || publisher_->bytes() >= most_transaction_bytes ||
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
    if (publisher_->records() > 0) {
        transaction_size_.grow();
    }
    publisher_->commit();
}

void Stream::commit_if_due() {
    const bool refreshing = !refreshed() && !session_end_;
    if (!refreshing || publisher_->records() == 0 || transaction_size_.reached(publisher_->age())) {
        commit();
    }
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
        if (containers_.store_cookies(generation_)) {
            cookies_stored_ = now;
        }
    }
    commit_transaction();
}

SourceMetrics::Content Stream::content() const {
    SourceMetrics::Content result;
    for (const EntryKind kind : index::entry_kinds) {
        result.entries.at(static_cast<std::size_t>(kind)) = index_->table(kind).present();
        result.withheld += content_.withheld().count(kind);
    }
    result.entries.back() = index_->member_count();
    for (const SearchProgress& search : progress_) {
        const sync::Cookie stored = sync::Cookie::parse(search.stored.cookie());
        for (const auto& [sid, csn] : stored.csns()) {
            if (const auto time = sync::csn_time(csn)) {
                result.cookie = std::max(result.cookie.value_or(*time), *time);
            }
        }
    }
    return result;
}

std::size_t Stream::seen_in_refresh() const {
    std::size_t seen = 0;
    for (const KindRefresh& refresh : refreshes_) {
        seen += refresh.counts().entries + refresh.counts().unchanged;
    }
    return seen;
}

}  // namespace entstream::producer::publish
