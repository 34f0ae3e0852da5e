#pragma once

#include <functional>
#include <set>
#include <vector>

#include "producer/index/index.hpp"
#include "producer/publish/origin.hpp"
#include "producer/publish/publisher.hpp"

namespace entstream::producer::publish {

/// Publishes memberships by way of other groups (ProducerConfig::nested_groups): a group in the member attribute of a
/// group or role object stands for its members, and for those of the groups in it, down to a depth. One record for each
/// such group and person. What changes is collected in index::Nesting and published by update(), at the latest before
/// the transaction ends; if the process dies before, the next start finds it by comparing everything.
class NestedMembers {
  public:
    NestedMembers(index::Index& index, Publisher& publisher) : index_(&index), publisher_(&publisher) {}

    /// Publishes what has changed since the last call; additions first. \param commit_if_full  called between records
    void update(const Origin& origin, const std::function<void()>& commit_if_full);
    /// The same, but compares all groups and role objects: after a refresh. With a depth of 0 nothing remains of what
    /// was published with another one.
    void update_all(const Origin& origin, const std::function<void()>& commit_if_full);

    /// Publishes the memberships of the parent, or those of the user, once more as they are.
    void republish(const index::EntryRef& parent, const Origin& origin);
    void republish_of(index::Slot user, const Origin& origin);
    /// One of them, if it is the parent's. \returns whether it is
    bool republish_one(const index::EntryRef& parent, const ValueHash& value, const Origin& origin);

  private:
    using Parents = std::set<index::EntryRef>;

    void publish_differences(const Parents& parents, const Origin& origin, const std::function<void()>& commit_if_full);
    /// Whom the groups in the parent bring now.
    [[nodiscard]] index::Inners inners_of(const index::EntryRef& parent);
    [[nodiscard]] std::vector<index::Member> members_by_way_of(const index::EntryRef& parent, index::Slot group);
    void tell_too_deep(const index::EntryRef& parent);
    void publish(const index::EntryRef& parent, index::Slot group, const index::Member& member, v1::Operation operation,
                 const Origin& origin);

    index::Index* index_;
    Publisher* publisher_;
    Parents told_too_deep_;
    v1::Change change_;  ///< used again for each record
};

}  // namespace entstream::producer::publish
