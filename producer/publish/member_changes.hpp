#pragma once

#include <string>
#include <utility>
#include <vector>

#include "producer/index/index.hpp"
#include "producer/publish/origin.hpp"
#include "producer/publish/publisher.hpp"

namespace entstream::producer::publish {

/// Publishes memberships, one record per value of a member attribute, and resolves values to users.
class MemberChanges {
  public:
    MemberChanges(index::Index& index, Publisher& publisher) : index_(&index), publisher_(&publisher) {}

    /// The member attribute of a group or role object is now `values` (DNs as sent; an empty one is nobody).
    /// Publishes the difference, additions first.
    /// \returns whether there was one
    bool set(const index::EntryRef& parent, const std::vector<std::string>& values, const std::string& csn,
             const Origin& origin);

    /// The parent left, its DELETE is published: lets compaction drop the keys of its members.
    void drop(const index::EntryRef& parent);

    /// A user has this DN now: memberships that waited for it are published again, resolved.
    void resolve(index::Slot user, const ValueHash& dn, const std::string& csn, const Origin& origin);

    /// Values published since the last call that name nobody known, at most some hundred: they may name users whose DN
    /// changed without notice.
    std::vector<std::string> take_unresolved() { return std::exchange(unresolved_, {}); }

  private:
    void publish(const index::EntryRef& parent, const index::Member& member, const std::string& value,
                 v1::Operation operation, const std::string& csn, const Origin& origin);

    index::Index* index_;
    Publisher* publisher_;
    std::vector<std::string> unresolved_;
    v1::Change change_;  ///< used again for each record: no allocations
};

}  // namespace entstream::producer::publish
