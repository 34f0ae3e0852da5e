#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "producer/index/index.hpp"
#include "producer/producer_config.hpp"
#include "producer/publish/member_changes.hpp"
#include "producer/publish/nested_members.hpp"
#include "producer/publish/origin.hpp"
#include "producer/publish/publisher.hpp"
#include "producer/publish/selection.hpp"
#include "producer/publish/withheld.hpp"
#include "producer/sync/messages.hpp"

namespace entstream::producer::publish {

/// What an entry's message turned out to be.
struct Applied {
    index::EntryRef entry;
    bool created = false;                    ///< it was not there before
    std::optional<std::string> previous_dn;  ///< its DN changed: the former one, as it was published
};

/// An entry whose DN changed.
struct Rename {
    index::EntryRef entry;
    std::string previous_dn;
};

/// Turns images of entries into records: decides by the index whether they were created, updated, renamed, or did not
/// change at all, whatever the provider called them. Changes the index together with what it publishes.
class EntryChanges {
  public:
    /// \param commit_if_full  called between records that need not be in one transaction
    EntryChanges(const ProducerConfig& config, index::Index& index, Publisher& publisher,
                 std::function<void()> commit_if_full);

    /// The entry is in the search's content, and looks like this.
    /// \param dn       of message.dn
    /// \param members  members_of(message)
    Applied apply(const sync::EntryMessage& message, const index::ParsedDn& dn, const MemberValues& members,
                  const Origin& origin);

    /// The values of the entry's member attribute; of a user none.
    MemberValues members_of(const sync::EntryMessage& message);
    /// See MemberChanges::unknown; for an entry that may not be in the index.
    [[nodiscard]] MemberValues unknown_members(const sync::EntryMessage& message, const MemberValues& members) const;

    /// See MemberChanges::resolve.
    void resolve(const ValueHash& dn, const Origin& origin) { members_.resolve(dn, {}, origin); }
    /// Publishes every membership of the user once more. \pre the user is present
    void publish_memberships(const index::EntryRef& user, const Origin& origin);

    /// The search holds the entry (or, `holds` false, no longer does). The entry's own record does not change.
    /// \pre the entry is present
    void set_holder(const index::EntryRef& ref, std::size_t search, bool holds);

    /// The entry left: DELETE, then tombstones for its members' keys.
    /// \pre the entry is present
    /// \param dn  as the provider gave it; empty: as it was published
    void remove(const index::EntryRef& ref, const Removal& removal, const std::string& dn, const Origin& origin);

    /// The same for an entry of which only a record that another program wrote is known.
    /// \pre the entry is not present
    void remove_hidden(const index::EntryRef& ref, const Origin& origin);
    /// A member that the parent does not have any more, and of which only such a record is known.
    void remove_hidden_member(const index::EntryRef& parent, const ValueHash& value, const Origin& origin) {
        members_.remove_hidden(parent, value, origin);
    }

    /// No search shows the entry any more, but it is not removed: see Withheld.
    /// \pre the entry is present
    void withhold(const index::EntryRef& ref, const std::string& view);
    [[nodiscard]] const Withheld& withheld() const { return withheld_; }
    void restore(const Withheld& withheld) { withheld_ = withheld; }

    /// See NestedMembers::update and update_all.
    void update_nested(const Origin& origin) { nested_.update(origin, commit_if_full_); }
    void update_all_nested(const Origin& origin) { nested_.update_all(origin, commit_if_full_); }
    /// See NestedMembers::republish_one.
    bool republish_nested(const index::EntryRef& parent, const ValueHash& value, const Origin& origin) {
        return nested_.republish_one(parent, value, origin);
    }

    /// Whether several searches look for this kind.
    [[nodiscard]] bool has_several_searches(EntryKind kind) const;

    /// Writes into the state topic which searches hold the entry.
    void write_holders(const index::EntryRef& ref);

  private:
    /// Hashes of the attributes that are published.
    void look_at(EntryKind kind, const sync::EntryMessage& message);
    void publish_entry(const Applied& applied, const sync::EntryMessage& message,
                       const std::vector<index::NameId>& changed, const Origin& origin);

    const ProducerConfig* config_;
    index::Index* index_;
    Publisher* publisher_;
    std::function<void()> commit_if_full_;
    Selection selection_;
    NestedMembers nested_;
    MemberChanges members_;
    Withheld withheld_;

    // Of the message at hand; kept to use their memory again.
    v1::Change change_;
    index::Image image_;
    std::vector<std::pair<index::NameId, const sync::Attribute*>> published_;
    std::string csn_;
};

}  // namespace entstream::producer::publish
