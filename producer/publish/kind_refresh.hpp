#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "producer/index/index.hpp"
#include "producer/producer_config.hpp"
#include "producer/publish/content.hpp"
#include "producer/publish/follow_ups.hpp"
#include "producer/publish/search_progress.hpp"
#include "producer/publish/side_reads.hpp"
#include "producer/sync/cookie.hpp"
#include "producer/sync/messages.hpp"
#include "producer/sync/provider_kind.hpp"

namespace entstream::producer::publish {

/// What the parts of the refresh work on; all of it outlives them.
struct RefreshParts {
    const ProducerConfig& config;
    index::Index& index;
    Publisher& publisher;
    Content& content;
    FollowUps& follow_ups;
    SideReads& side;
    std::vector<SearchProgress>& progress;  ///< by position of the search
    sync::ProviderKind provider;
    std::function<void()> commit_if_full;  ///< between records of the end of a refresh
};

/// Numbers of a refresh, for the log.
struct RefreshCounts {
    std::size_t entries = 0;    ///< received with content
    std::size_t unchanged = 0;  ///< only named as still there
    std::size_t removed = 0;    ///< DELETEs published
};

/// The refresh of all searches of one kind in one session. Images are published as they come; whatever means that
/// something is gone, or depends on what else comes, waits until all searches of the kind have ended their refresh
/// (RFC 4533 section 3.3.2: before that, absence means nothing). Only then the cookies are stored.
class KindRefresh {
  public:
    enum class Outcome {
        going_on,
        complete,
        start_over,  ///< a new session is needed; SearchProgress::resync says for which search
    };

    KindRefresh(RefreshParts parts, EntryKind kind, std::uint64_t generation);

    /// The search is about to be opened.
    void begin(std::size_t search, bool cookie_sent);
    void entry(sync::EntryMessage&& message);
    void id_set(const sync::IdSetMessage& message);
    /// In two-phase refreshes the present phase ends before the refresh does.
    void present_phase_ended(std::size_t search) { run(search).absence_counts = true; }
    /// A cookie inside the refresh: counts only where cookies are opaque, and then at the end.
    void cookie(std::size_t search, const std::string& octets);
    /// The search has ended its refresh.
    Outcome ended(std::size_t search, const std::optional<std::string>& cookie);

    /// The search is in persist already, but another one of its kind is not: the entry that it lost, and the cookie
    /// that told it, wait for the end.
    void persist_cookie(std::size_t search, const std::string& octets) {
        run(search).cookie.merge(sync::Cookie::parse(octets));
    }
    void lose_later(std::size_t search, const index::EntryRef& ref, const Removal& removal, const std::string& dn);
    /// The search holds the entry, whatever came before.
    void holds(std::size_t search, const index::EntryRef& ref);

    [[nodiscard]] bool refreshing(std::size_t search) const { return runs_.at(search).refreshing; }
    [[nodiscard]] bool complete() const { return complete_; }
    [[nodiscard]] bool cookie_sent(std::size_t search) const { return runs_.at(search).cookie_sent; }
    /// Whether this search's content is (or will be) read in full in this session.
    [[nodiscard]] bool reads_in_full(std::size_t search) const { return !complete_ && !runs_.at(search).cookie_sent; }
    /// Whether the search has sent anything yet.
    [[nodiscard]] bool begun(std::size_t search) const {
        const Run& of_search = runs_.at(search);
        return of_search.entries > 0 || of_search.present > 0 || !losses_.empty();
    }
    /// Something that was published has consequences that are not: what lies below a renamed entry, say. A repetition
    /// of this refresh would not find them.
    [[nodiscard]] bool owes_follow_ups() const { return owes_follow_ups_; }
    /// No search looks for this kind.
    [[nodiscard]] bool empty() const { return runs_.empty(); }
    [[nodiscard]] const RefreshCounts& counts() const { return counts_; }
    [[nodiscard]] EntryKind kind() const { return kind_; }

  private:
    struct Loss {
        index::SearchSet searches = 0;
        Removal removal;
        std::string dn;
        bool named = false;         ///< by the provider; else it was absent
        bool was_withheld = false;  ///< until now, when it is clear that it left
        std::string withhold_from;  ///< not empty: to be kept, it is the changed view that does not show it
    };
    struct Run {
        bool cookie_sent = false;
        bool refreshing = true;
        bool absence_counts = false;
        std::size_t entries = 0;
        std::size_t present = 0;
        std::vector<bool> seen;     ///< by slot
        std::vector<Uuid> unknown;  ///< named as there, but not in the index
        sync::Cookie cookie;
    };

    Run& run(std::size_t search) { return runs_.at(search); }
    [[nodiscard]] v1::Phase phase(std::size_t search) const;
    [[nodiscard]] bool was_seen(index::Slot slot) const;
    void still_there(std::size_t search, const Uuid& uuid);
    void gone(std::size_t search, const Uuid& uuid, const std::string& dn);
    void complete_image(sync::EntryMessage& message);
    void image(const sync::EntryMessage& message, const index::ParsedDn& dn);
    void stage(sync::EntryMessage&& message);
    void publish_staged(std::size_t search, std::unordered_set<Uuid> uuids);

    Outcome finish();
    bool fetch_unknown();
    bool find_absent(std::size_t search);
    [[nodiscard]] static bool is_doubtful(const Run& of_search, std::size_t absent, std::size_t held);
    void publish_losses();
    void publish_staged();
    void mend();
    void follow_up();
    void store_cookies();

    RefreshParts parts_;
    EntryKind kind_;
    std::uint64_t generation_;
    bool complete_ = false;
    bool owes_follow_ups_ = false;
    std::map<std::size_t, Run> runs_;  ///< by position of the search
    std::map<index::Slot, Loss> losses_;
    /// Images at a DN that another entry still has in the index. Of a directory that was loaded anew, with new UUIDs,
    /// these are all: beyond most_staged_octets only their UUIDs are kept, by search, and they are read again.
    std::vector<sync::EntryMessage> staged_;
    std::size_t staged_octets_ = 0;
    std::map<std::size_t, std::unordered_set<Uuid>> staged_uuids_;
    std::vector<Rename> renames_;
    std::vector<std::string> moved_in_;
    std::vector<std::string> left_;  ///< former DNs
    RefreshCounts counts_;
};

}  // namespace entstream::producer::publish
