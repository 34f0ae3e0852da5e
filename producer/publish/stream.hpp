#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/ldap/ldap_error.hpp"
#include "common/metrics/labels.hpp"
#include "producer/index/index.hpp"
#include "producer/metrics/source_metrics.hpp"
#include "producer/producer_config.hpp"
#include "producer/publish/containers.hpp"
#include "producer/publish/content.hpp"
#include "producer/publish/follow_ups.hpp"
#include "producer/publish/kind_refresh.hpp"
#include "producer/publish/publisher.hpp"
#include "producer/publish/reconcile.hpp"
#include "producer/publish/restore.hpp"
#include "producer/publish/rollback_check.hpp"
#include "producer/publish/search_progress.hpp"
#include "producer/publish/side_reads.hpp"
#include "producer/publish/single_entries.hpp"
#include "producer/publish/transaction_size.hpp"
#include "producer/sync/cookie.hpp"
#include "producer/sync/messages.hpp"
#include "producer/sync/provider_state.hpp"

namespace entstream::producer::publish {

/// Why a session with the provider is over, and what to do next.
struct SessionEnd {
    std::string why;
    bool at_once = false;  ///< connect again without waiting: nothing is wrong with the provider
    ldap::ErrorClass error_class = ldap::ErrorClass::transient;
    metrics::LossReason reason = metrics::LossReason::ours;
    std::optional<metrics::UnreadableReason> unreadable = std::nullopt;  ///< of a message that could not be decoded
};

/// A connection that failed, or could not be made.
inline metrics::LossReason loss_of(ldap::ErrorClass error_class) {
    return error_class == ldap::ErrorClass::transient ? metrics::LossReason::transient : metrics::LossReason::refused;
}

/// What came of something that was asked for.
struct Treated {
    std::uint64_t generation = 0;
    std::size_t compared = 0;   ///< entries
    std::uint64_t changes = 0;  ///< records published
    std::uint64_t removals = 0;
    bool too_many = false;  ///< a filter matches more than SingleEntries::most_entries: nothing was done
};

/// From the provider's messages to records: the state machine of the searches (RFC 4533 section 3), one session after
/// the other. Everything between two calls of commit() is one transaction.
///
/// Not thread-safe. When a function throws, or a transaction is lost, the object and its index are void: restore them.
class Stream {
  public:
    using Clock = std::chrono::steady_clock;

    /// All references outlive the object. \pre config went through agree_by_kind(), index was filled by a Restorer
    Stream(const ProducerConfig& config, index::Index& index, Publisher& publisher, SideReads& side,
           const Restored& restored);

    /// A session with the provider begins. \returns the cookies to send, by position of the search; when session_end()
    /// is set, the session is over before it has begun
    /// \throws whatever the side reads throw
    std::vector<std::optional<std::string>> begin_session(const sync::ProviderState& provider);

    /// \throws whatever the side reads throw
    void handle(sync::Message&& message);
    /// To be called after each batch of messages: publishes what follows from them for groups, and what has become due:
    /// groups to be read again, members that wait for their user.
    void tick(Clock::time_point now);
    /// When tick() has something to do at the latest. nullopt: not before the next message.
    [[nodiscard]] std::optional<Clock::time_point> next_tick() const {
        return streaming() ? follow_ups_.next_recheck() : std::nullopt;
    }

    /// Closes the transaction: what was published, and the cookies that follow from it. Cookies that moved without a
    /// change are stored once a second.
    /// \throws kafka::Error
    void commit();
    /// Between messages: closes the transaction when it has grown to its full size.
    void commit_if_full();
    /// When no message waits: closes the transaction, but in a refresh only when it has been open for long enough.
    void commit_if_due();

    /// Puts meta/heartbeat into the open transaction.
    void heartbeat() { publisher_->heartbeat(watermark_); }

    /// Asks for single entries beside the stream and publishes them. Nothing was found: compared is 0.
    /// \pre streaming()
    /// \throws whatever the side reads throw; nothing was published then, as far as the entries themselves go
    Treated treat(const v1::EntryChoice& choice, Treatment treatment);
    /// Removes what is withheld of this view; of all views when it is empty. \pre streaming()
    Treated approve(const std::string& view);
    /// Reads every search again without cookie: the session ends, and the next one does.
    void resync();
    /// Begins a reconcile of these searches (or, when there are none, of all), with a generation of its own. It is void
    /// when the session ends (sessions()). \pre streaming()
    std::unique_ptr<Reconcile> begin_reconcile(std::vector<std::size_t> searches);
    /// Whether the entry or member of this key is there, as far as was published.
    [[nodiscard]] bool is_there(const std::string& key) const;
    /// Takes a key of the log out of it. \pre !is_there(key)
    void forget(const std::string& key) {
        publisher_->tombstone(key);
        commit_if_full();
    }
    /// Sessions that have begun.
    [[nodiscard]] std::uint64_t sessions() const { return sessions_; }

    /// Every search was read in full in this session. \pre streaming()
    [[nodiscard]] bool read_in_full() const;
    /// Entries that this session's refreshes have received.
    [[nodiscard]] std::size_t entries_of_refresh() const;
    /// The same, with those that are named as unchanged.
    [[nodiscard]] std::size_t seen_in_refresh() const;
    /// Why this session reads everything, or that it does not.
    [[nodiscard]] metrics::RefreshReason refresh_reason() const { return refresh_reason_; }
    /// What is on the log, with the open transaction. Costs little.
    [[nodiscard]] SourceMetrics::Content content() const;
    /// Counts sessions and reconciles of this source.
    [[nodiscard]] std::uint64_t generation() const { return generation_; }

    /// What is published has consequences that are not yet: if this process dies now, nobody finds them but by reading
    /// everything. Cookies are not stored meanwhile.
    [[nodiscard]] bool owes_follow_ups() const;

    /// Set when the session must end.
    [[nodiscard]] const std::optional<SessionEnd>& session_end() const { return session_end_; }
    /// All searches have ended their refresh in this session.
    [[nodiscard]] bool refreshed() const;
    /// All searches are in persist.
    [[nodiscard]] bool streaming() const { return refreshed() && !session_end_; }
    /// Time of the last probe up to which everything is published (with the open transaction).
    [[nodiscard]] const std::optional<std::chrono::system_clock::time_point>& watermark() const { return watermark_; }

  private:
    void take(sync::EntryMessage&& message);
    void take(const sync::NewCookieMessage& message);
    void take(const sync::RefreshMessage& message);
    void take(const sync::IdSetMessage& message);
    void take(const sync::DoneMessage& message);
    void take(const sync::ProbeMessage& message);
    void take(const sync::DisconnectedMessage& message);

    void persist(const sync::EntryMessage& message);
    void persist_removal(std::size_t search, const Uuid& uuid, const std::string& dn,
                         const std::optional<std::string>& cookie);
    void merge_cookie(std::size_t search, const std::optional<std::string>& octets);
    void refresh_ended(std::size_t search, const std::optional<std::string>& cookie);
    void all_refreshed();
    void note_deletion(const std::string& csn);
    /// Of a message about containers: publishes what follows from it, once the searches are read.
    template <typename Message>
    void take_container(const Message& message);
    void log_refresh(const KindRefresh& refresh) const;
    void end_session(SessionEnd end);
    void look_for_lag();
    /// Whether the search has seen everything up to these CSNs, as far as a provider lets us know.
    [[nodiscard]] bool has_reached(const sync::Cookie& cookie, const std::vector<std::string>& context_csns) const;
    void meet(const sync::ProviderState& provider);
    void look_for_rollback(const sync::ProviderState& provider);
    /// \returns whether the provider has not yet got as far as the cookies but may do so by itself
    bool lags(const sync::ProviderState& provider);
    void resync_all(const std::string& why);

    void follow_up(const std::function<void()>& step);
    KindRefresh& refresh_of(std::size_t search);
    void commit_transaction();
    std::uint64_t begin_generation();
    void count(Treated& treated, const Publisher::Written& before) const;

    const ProducerConfig* config_;
    index::Index* index_;
    Publisher* publisher_;
    SideReads* side_;
    std::vector<SearchProgress> progress_;
    Content content_;
    FollowUps follow_ups_;
    Containers containers_;
    RollbackCheck rollback_check_;
    std::vector<KindRefresh> refreshes_;  ///< of this session, one a kind
    std::uint64_t generation_ = 0;
    TransactionSize transaction_size_;
    std::uint64_t sessions_ = 0;
    metrics::RefreshReason refresh_reason_ = metrics::RefreshReason::first;
    bool following_up_ = false;
    std::optional<SessionEnd> session_end_;
    std::optional<std::chrono::system_clock::time_point> watermark_;
    Clock::time_point session_began_;
    Clock::time_point last_message_;
    Clock::time_point cookies_stored_;
    Clock::time_point waiting_due_;                  ///< when members that wait are looked at again
    std::vector<std::string> last_probe_;            ///< contextCSNs
    std::map<sync::Sid, std::string> deletions_;     ///< CSN of the last deletion that any search told, by server id
    std::optional<Clock::time_point> behind_since_;  ///< as lags() says, over the sessions
    std::optional<Clock::time_point> lagging_since_;
    std::optional<Clock::time_point> reconnected_for_lag_;
};

}  // namespace entstream::producer::publish
