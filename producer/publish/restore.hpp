#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "common/model/topics.hpp"
#include "entstream/v1/change.pb.h"
#include "entstream/v1/state.pb.h"
#include "producer/index/index.hpp"
#include "producer/producer_config.hpp"

namespace entstream::producer::publish {

/// A record that this program cannot read: it must not write to that topic.
class UnreadableLog : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// What the two topics said, beside the index.
struct Restored {
    std::string log_id;               ///< empty: there is no log yet
    std::uint64_t last_sequence = 0;  ///< highest on the changes topic
    std::optional<v1::SourceDescription> description;
    std::map<std::string, v1::SearchState> searches;  ///< by name
    std::optional<v1::SourceState> source;
    /// Keys of members whose group or role object is gone, and that compaction cannot drop yet: a former process died
    /// before it wrote their tombstones.
    std::vector<std::string> owed_tombstones;
    /// Entries whose searches the state topic does not name, though several look for their kind: to be written.
    std::vector<index::EntryRef> unrecorded_holders;

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

    /// \throws UnreadableLog
    void change(std::string_view key, std::optional<std::string_view> value);
    /// \throws UnreadableLog
    void state(std::string_view key, std::optional<std::string_view> value);

    Restored finish();

  private:
    void entry(EntryKind kind, const Uuid& uuid, const v1::Change& change);
    void member(const ParsedKey& key, const v1::Change& change);
    void parent_left(const index::EntryRef& parent);
    void tombstone(const ParsedKey& key, std::string_view text);
    void give_searches();

    const ProducerConfig* config_;
    index::Index* index_;
    Restored restored_;
    v1::Change change_;  ///< used again for each record
    index::Image image_;
    std::set<std::string, std::less<>> owed_;
    std::map<std::string, v1::HolderState> holders_;  ///< by key of the entry
};

}  // namespace entstream::producer::publish
