#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "producer/index/index.hpp"
#include "producer/producer_config.hpp"
#include "producer/publish/content.hpp"
#include "producer/publish/follow_ups.hpp"
#include "producer/publish/publisher.hpp"
#include "producer/publish/side_reads.hpp"
#include "producer/sync/messages.hpp"

namespace entstream::producer::publish {

/// What a reconcile works on; all of it outlives it.
struct ReconcileParts {
    const ProducerConfig& config;
    index::Index& index;
    Publisher& publisher;
    Content& content;
    SideReads& side;
    std::uint64_t generation;  ///< of the records that it publishes
    /// Publishes what follows from renames, as one step of the stream.
    std::function<void(const std::vector<Rename>&)> follow_renames;
    std::function<void()> commit_if_full;
};

/// Numbers of a reconcile.
struct ReconcileCounts {
    std::size_t compared = 0;     ///< images received
    std::size_t discarded = 0;    ///< of entries that the stream touched meanwhile; they are looked up at the end
    std::size_t older = 0;        ///< with an older entryCSN than was published: not believed
    std::uint64_t published = 0;  ///< records
    std::uint64_t removals = 0;   ///< among them
};

/// Compares whole searches, read beside the stream, with what was published, while the stream goes on: finds what the
/// provider never announces. What the stream touches meanwhile (Content::watch) is newer than any image here. An entry
/// that was not shown is removed only after all searches were read to their end, if the stream has not touched it; a
/// removal of very many is believed only when a second read agrees.
///
/// Life: entry() and ended() as the messages come; after the last ended(), step() until it says complete. When reading
/// breaks off, throw the object away: nothing was removed.
class Reconcile {
  public:
    enum class Outcome : std::uint8_t {
        going_on,
        complete,
        read_again,  ///< too many are missing: the searches must be read once more into this object
    };

    /// Begins to watch what the stream touches: before the searches are sent.
    /// \param searches  positions; all of them, or one
    Reconcile(ReconcileParts parts, std::vector<std::size_t> searches);
    Reconcile(const Reconcile&) = delete;
    Reconcile& operator=(const Reconcile&) = delete;
    ~Reconcile() { parts_.content.stop_watching(); }

    void entry(const sync::EntryMessage& message);
    void ended(std::size_t search) { open_.erase(search); }
    [[nodiscard]] bool all_ended() const { return open_.empty(); }
    /// A part of what follows from absence, and of what waited for it. \pre all_ended()
    /// \throws whatever the side reads throw
    Outcome step();

    [[nodiscard]] const ReconcileCounts& counts() const { return counts_; }
    [[nodiscard]] std::uint64_t generation() const { return parts_.generation; }
    [[nodiscard]] const std::vector<std::size_t>& searches() const { return searches_; }

  private:
    enum class Stage : std::uint8_t { reading, asking, removing, late };
    struct Absent {
        index::EntryRef entry;
        index::SearchSet searches = 0;
    };

    void note_seen(const index::EntryRef& ref, std::size_t search);
    void publish(const sync::EntryMessage& message);
    void look_later(const sync::EntryMessage& message);
    /// \returns false when it is too much to be believed
    bool find_absent();
    void ask_some();
    void remove_some();
    void look_up_some();
    /// Counts what `work` publishes.
    void counted(const std::function<void()>& work);

    ReconcileParts parts_;
    std::vector<std::size_t> searches_;
    Stage stage_ = Stage::reading;
    std::set<std::size_t> open_;                     ///< searches that are not read to their end
    std::map<std::size_t, std::vector<bool>> seen_;  ///< by search and slot
    std::map<std::size_t, std::size_t> shown_;       ///< images by search
    std::set<index::EntryRef> suspects_;             ///< missing in the first read, too many to believe it
    std::vector<Absent> absent_;
    std::size_t next_absent_ = 0;
    RemovalTotals removals_;                          ///< that this reconcile brings
    std::vector<std::pair<std::size_t, Uuid>> late_;  ///< to be looked up one by one, by search
    std::size_t next_late_ = 0;
    std::vector<Rename> renames_;
    ReconcileCounts counts_;
};

}  // namespace entstream::producer::publish
