#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/model/topics.hpp"
#include "entstream/v1/change.pb.h"
#include "entstream/v1/container.pb.h"
#include "entstream/v1/control.pb.h"
#include "entstream/v1/state.pb.h"
#include "producer/index/index.hpp"
#include "producer/producer_config.hpp"
#include "producer/publish/damage.hpp"
#include "producer/publish/newest_deletions.hpp"
#include "producer/publish/withheld.hpp"

namespace entstream::producer::publish {

/// A topic that this program cannot read: it must not write to it.
class UnreadableLog : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// What the two topics said, beside the index.
struct Restored {
    std::string log_id;               ///< empty: there is no log yet
    std::uint64_t last_sequence = 0;  ///< highest on the changes topic
    std::uint64_t last_revision = 0;  ///< v1::SourceState::last_revision, by what the changes topic has
    std::optional<v1::SourceDescription> description;
    std::map<std::string, v1::SearchState> searches;  ///< by name
    std::optional<v1::SourceState> source;
    /// Keys of members whose group or role object is gone, and that compaction cannot drop yet: a former process died
    /// before it wrote their tombstones.
    std::vector<std::string> owed_tombstones;
    /// Entries whose searches the state topic does not name, though several look for their kind, or names as they were
    /// called before: to be written.
    std::vector<index::EntryRef> unrecorded_holders;
    Withheld withheld;
    /// Entries whose searches are not configured any more, and the view that showed them: to be withheld.
    std::vector<std::pair<index::EntryRef, std::string>> orphans;
    /// Names in `searches` that are not configured any more: to be dropped from the state topic, after the above. A
    /// search that was only renamed stands in `searches` under its new name as well.
    std::vector<std::string> former_searches;
    std::set<std::string, std::less<>> renamed_searches;  ///< the new names
    Damage damage;
    std::map<std::string, v1::ControlAnswer> answers;  ///< by request id
    std::optional<v1::ControlState> control;
    std::uint64_t highest_purged_offset = 0;  ///< as meta/purge says
    std::optional<v1::ReconcileState> reconcile;
    std::optional<v1::PurgeState> purge;

    NewestDeletions deletions;
    std::map<std::string, v1::ContainerState> containers;  ///< by UUID as text
    std::map<std::string, v1::SearchState> watches;        ///< of searches for containers, by key

    /// The log ends before what the state topic says was written to it: it was truncated or made anew.
    [[nodiscard]] bool log_was_cut() const {
        return source && (source->log_id() != log_id || source->last_sequence() > last_sequence);
    }
};

/// Fills an index from the records of the two topics: first all of `changes`, then all of `state`, each in order.
class Restorer {
  public:
    /// \pre index is empty and knows the configuration's spelling of attributes (Selection)
    Restorer(const ProducerConfig& config, index::Index& index);

    /// What no producer of this log wrote is skipped: Restored::damage. \param offset  for the operator
    /// \throws UnreadableLog  the log has a newer format
    void change(std::string_view key, std::optional<std::string_view> value, std::int64_t offset = 0);
    /// Unknown keys are skipped: a newer version may have written them.
    /// \throws UnreadableLog  a known key has a value that cannot be read
    void state(std::string_view key, std::optional<std::string_view> value);

    /// \throws UnreadableLog  nothing tells the log's identity any more
    Restored finish();

  private:
    /// \returns whether a producer of ours wrote it
    bool take(const ParsedKey& key, std::string_view value);
    /// Takes the last record of this key for hidden.
    void hide(const ParsedKey& key);
    void assess_damage();
    void entry(EntryKind kind, const Uuid& uuid, const v1::Change& change);
    void member(const ParsedKey& key, const v1::Change& change);
    /// By way of a group (nested_groups).
    void nested_member(const index::EntryRef& parent, const ValueHash& value, const v1::Change& change);
    /// Groups that are still listed under a former DN.
    void find_renamed_groups();
    void parent_left(const index::EntryRef& parent);
    /// \returns whether a producer of ours can have written it
    bool tombstone(const ParsedKey& key, std::string_view text);
    void find_former_searches();
    void give_searches();
    void give_searches(const index::EntryRef& ref, const v1::HolderState& holders,
                       const std::map<std::string, index::SearchSet, std::less<>>& bits);
    [[nodiscard]] bool is_configured(const std::string& name) const;
    /// The view of the former search that showed the entries of this kind; those of these holders.
    [[nodiscard]] std::string former_view(EntryKind kind) const;
    [[nodiscard]] std::string former_view(const v1::HolderState& holders) const;

    const ProducerConfig* config_;
    index::Index* index_;
    Restored restored_;
    v1::Change change_;  ///< used again for each record
    index::Image image_;
    std::set<std::string, std::less<>> owed_;
    std::unordered_map<ValueHash, index::Slot> named_so_;  ///< groups by the DN under which they stood in another one
    std::pair<std::string, index::Slot> last_inner_;       ///< the last of these, as text
    std::map<std::string, std::int64_t, std::less<>> foreign_;  ///< offsets of records not of ours, by key
    std::map<std::string, v1::HolderState> holders_;            ///< by key of the entry
    std::map<std::string, std::string> renamed_;                ///< names of searches, by the former one
};

}  // namespace entstream::producer::publish
