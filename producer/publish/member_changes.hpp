#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "producer/index/index.hpp"
#include "producer/publish/origin.hpp"
#include "producer/publish/publisher.hpp"

namespace entstream::producer::publish {

/// A value of a member attribute, and its hash.
struct MemberValue {
    ValueHash hash;
    const std::string* text;  ///< in the entry's message
};
/// Ascending by hash, each once.
using MemberValues = std::vector<MemberValue>;

/// Of the values as sent (DNs); an empty one is nobody, the placeholder of an empty group.
MemberValues member_values(const std::vector<const std::string*>& values);

/// Publishes memberships, one record per value of a member attribute, and resolves values to users.
class MemberChanges {
  public:
    /// \param before_removals  called before members of a parent are removed that may have come to it by another way:
    ///                         what is still to be added must be on the log first
    MemberChanges(index::Index& index, Publisher& publisher, std::function<void(const Origin&)> before_removals)
        : index_(&index), publisher_(&publisher), before_removals_(std::move(before_removals)) {}

    /// The member attribute of a group or role object is now `values`. Publishes the difference, additions first; a
    /// value that stays names whoever has that DN now, and, while nobody has it, whom it named before.
    /// \returns whether there was one
    bool set(const index::EntryRef& parent, const MemberValues& values, const std::string& csn, const Origin& origin);

    /// Publishes every record that names the user once more, as it is. Looks at every member.
    /// \param dn_hash, dn  of the user; a value that is another DN, a former one, is published without its text
    void publish_memberships(index::Slot user, const ValueHash& dn_hash, const std::string& dn, const Origin& origin);

    /// Those values that the parent did not have before and that name nobody known: they may name users whose DN
    /// changed without notice.
    [[nodiscard]] MemberValues unknown(const index::EntryRef& parent, const MemberValues& values) const;

    /// Publishes the DELETE of a member that the parent does not have. \param value  names the record
    void remove_hidden(const index::EntryRef& parent, const ValueHash& value, const Origin& origin);

    /// The parent left, its DELETE is published: lets compaction drop the keys of its members.
    void drop(const index::EntryRef& parent);

    /// A user has this DN now: memberships that waited for it are published again, resolved.
    /// \param csn  of the change that brought it about; may be empty
    void resolve(const ValueHash& dn, const std::string& csn, const Origin& origin);

  private:
    /// Whether the value names a group whose members are followed (nested_groups).
    [[nodiscard]] bool names_group(const ValueHash& value) const;
    void publish(const index::EntryRef& parent, const index::Member& member, const std::string& value,
                 v1::Operation operation, const std::string& csn, const Origin& origin);

    index::Index* index_;
    Publisher* publisher_;
    std::function<void(const Origin&)> before_removals_;
    v1::Change change_;  ///< used again for each record: no allocations
};

}  // namespace entstream::producer::publish
