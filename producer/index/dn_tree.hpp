#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/model/topics.hpp"

namespace entstream::producer::index {

/// A DN in the forms that the index needs.
struct ParsedDn {
    std::string_view text;   ///< as sent; a view
    std::string normalised;  ///< ldap::normalise_dn; of something that is no DN the lower case of its text
    ValueHash hash{};        ///< of `normalised`

    explicit ParsedDn(std::string_view dn);
};

/// The containers (parents) of all entries. It stores each container's DN once instead of in every entry, and answers
/// what lies below a DN without looking at the entries' texts.
class DnTree {
  public:
    /// A container as one spelling of its DN.
    using ContainerId = std::uint32_t;
    /// A container, whatever its spelling.
    using NodeId = std::uint32_t;

    DnTree();

    /// Notes one more entry in the container that the DN names as its parent.
    ContainerId enter(const ParsedDn& dn);
    /// One entry less.
    void leave(ContainerId container);

    /// Whether entries lie below this DN, at any depth.
    [[nodiscard]] bool has_entries_below(const std::string& normalised_dn) const;

    /// Tests containers against one DN. Valid until the next enter().
    class Below {
      public:
        /// Whether an entry of this container lies below the DN.
        bool operator()(ContainerId container) const;

      private:
        friend class DnTree;
        Below(const DnTree& tree, NodeId node, bool known) : tree_(&tree), node_(node), known_(known) {}
        const DnTree* tree_;
        NodeId node_;
        bool known_;
    };
    [[nodiscard]] Below below(const std::string& normalised_dn) const;

    /// The container's DN as it was sent; empty for the root.
    [[nodiscard]] const std::string& text(ContainerId container) const { return containers_[container].text; }

    /// The part of a DN before its parent, as sent.
    static std::string_view rdn(std::string_view dn);

  private:
    struct Container {
        std::string text;
        NodeId node{};
    };
    struct Node {
        NodeId parent{};
        std::uint32_t entries_below{};  ///< at any depth
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };

    NodeId node_of(std::string_view normalised_dn);

    std::deque<Container> containers_;
    std::vector<Node> nodes_;
    std::unordered_map<std::string_view, ContainerId> by_text_;  ///< views into containers_
    std::unordered_map<std::string, NodeId, Hash, std::equal_to<>> by_normalised_;
};

}  // namespace entstream::producer::index
