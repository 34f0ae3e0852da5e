#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "producer/index/index.hpp"
#include "producer/producer_config.hpp"
#include "producer/publish/follow_ups.hpp"
#include "producer/publish/publisher.hpp"
#include "producer/publish/restore.hpp"
#include "producer/publish/side_reads.hpp"
#include "producer/sync/cookie.hpp"
#include "producer/sync/messages.hpp"

namespace entstream::producer::publish {

/// The containers below the bases of the searches that no search shows: their UUIDs and DNs, kept in the state topic
/// with cookies of their own, so that a rename, a move over the border of a base or a deletion is seen for what it is,
/// also when it happened while nobody looked. What follows from it is published by FollowUps before the state topic
/// says that the container is elsewhere; a process that dies in between is told again.
///
/// Its searches are opened before the others; what they tell waits until those have ended their refresh.
class Containers {
  public:
    enum class Outcome {
        going_on,
        start_over,  ///< a new session is needed, which reads a watch without cookie
    };

    /// All references outlive the object.
    Containers(const ProducerConfig& config, Publisher& publisher, FollowUps& follow_ups, SideReads& side);

    /// Takes over what the state topic says, and drops from it what is not watched any more.
    void restore(const Restored& restored);

    /// Whether the search of this position is for containers.
    [[nodiscard]] bool watches(std::size_t search) const { return search >= config_->searches.size(); }
    /// Something is watched for the first time: what happened before cannot be known.
    [[nodiscard]] bool is_new() const;
    /// Whether the provider lacks something that was told.
    [[nodiscard]] bool is_ahead_of(const std::vector<std::string>& context_csns) const;

    /// The next session asks without cookie.
    void resync();
    /// The directory is another one: nothing is known of it.
    void forget();
    /// A session begins. \returns the cookies to send
    std::vector<std::optional<std::string>> new_session();

    Outcome take(const sync::EntryMessage& message);
    Outcome take(const sync::IdSetMessage& message);
    Outcome take(const sync::RefreshMessage& message);
    void take(const sync::NewCookieMessage& message);
    Outcome take(const sync::DoneMessage& message);

    /// Publishes what follows from what was told. \pre all searches have ended their refresh
    /// \throws whatever the side reads throw
    void publish(v1::Phase phase);

    /// Whether everything up to these CSNs was told and published. \param reached  tells it of a cookie
    [[nodiscard]] bool have_reached(const std::function<bool(const sync::Cookie&)>& reached) const;
    /// Writes the cookies into the open transaction, after everything that they include.
    /// \returns whether there was something to write
    bool store_cookies(std::uint64_t generation);

  private:
    struct Watch {
        const SearchConfig* search;
        std::string base;          ///< normalised
        std::string key;           ///< in the state topic
        v1::SearchState stored;    ///< as the state topic has it
        sync::Cookie cookie;       ///< includes everything that was published
        bool established = false;  ///< its containers are known: another one was not there before
        bool resync = false;
        // Of this session:
        bool opened = false;
        bool cookie_sent = false;
        bool refreshing = false;
        bool absence_counts = false;
        bool unknown = false;  ///< a container was named that was never sent
        std::size_t entries = 0;
        std::unordered_set<Uuid> seen;
        sync::Cookie told;  ///< to become `cookie`
    };
    struct Container {
        std::string dn;  ///< normalised
        std::set<std::size_t> watches;
    };
    struct Event {
        std::size_t watch = 0;
        Uuid uuid;
        bool gone = false;
        std::string dn;  ///< normalised; of one that is gone where it is now, or empty
        bool may_have_content = true;
    };

    Watch& watch(std::size_t search) { return watches_.at(search - config_->searches.size()); }
    std::size_t position(std::size_t search) const { return search - config_->searches.size(); }
    void present(std::size_t search, const Uuid& uuid);
    void gone(std::size_t search, const Uuid& uuid, const std::string& dn);
    Outcome ended(std::size_t search, const std::optional<std::string>& cookie);

    void put(const Event& event, v1::Phase phase);
    void came(const Event& event, v1::Phase phase);
    void moved(const Uuid& uuid, const std::string& now, v1::Phase phase);
    void left(const Event& event, v1::Phase phase);
    void forget_below(std::size_t watch, const std::string& former);
    void set(const Uuid& uuid, Container container);
    void erase(const Uuid& uuid);
    [[nodiscard]] std::set<std::size_t> watches_of(const std::string& dn) const;

    const ProducerConfig* config_;
    Publisher* publisher_;
    FollowUps* follow_ups_;
    SideReads* side_;
    std::vector<Watch> watches_;  ///< by position in ProducerConfig::containers
    std::unordered_map<Uuid, Container> containers_;
    std::unordered_map<Uuid, index::PackedCsn> shown_;  ///< in this session: what is older was queued before
    std::vector<Event> events_;                         ///< not published yet
    std::vector<std::string> read_;                     ///< DNs whose subtrees this call of publish() has read
};

}  // namespace entstream::producer::publish
