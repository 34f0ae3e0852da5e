#include "producer/index/dn_tree.hpp"

#include "common/ldap/dn.hpp"
#include "producer/index/attribute_names.hpp"

namespace entstream::producer::index {

namespace {

constexpr DnTree::NodeId root = 0;

/// The parent's DN as sent; empty when there is none.
std::string_view parent_text(std::string_view dn) {
    const std::size_t rdn = DnTree::rdn(dn).size();
    return rdn == dn.size() ? std::string_view{} : dn.substr(rdn + 1);
}

}  // namespace

ParsedDn::ParsedDn(std::string_view dn)
    : text(dn), normalised(ldap::normalise_dn(dn).value_or(lower_case(dn))), hash(ldap::hash128(normalised)) {}

DnTree::DnTree() : nodes_(1) {
    by_normalised_.emplace("", root);
}

std::string_view DnTree::rdn(std::string_view dn) {
    for (std::size_t i = 0; i < dn.size(); ++i) {
        if (dn[i] == '\\') {
            ++i;
        } else if (dn[i] == ',') {
            return dn.substr(0, i);
        }
    }
    return dn;
}

DnTree::NodeId DnTree::node_of(std::string_view normalised_dn) {
    if (const auto known = by_normalised_.find(normalised_dn); known != by_normalised_.end()) {
        return known->second;
    }
    const NodeId above = node_of(ldap::parent(normalised_dn));
    const auto node = static_cast<NodeId>(nodes_.size());
    nodes_.push_back({.parent = above, .entries_below = 0});
    by_normalised_.emplace(normalised_dn, node);
    return node;
}

DnTree::ContainerId DnTree::enter(const ParsedDn& dn) {
    const std::string_view text = parent_text(dn.text);
    auto known = by_text_.find(text);
    if (known == by_text_.end()) {
        const NodeId node = node_of(ldap::parent(dn.normalised));
        const auto id = static_cast<ContainerId>(containers_.size());
        containers_.push_back({.text = std::string(text), .node = node});
        known = by_text_.emplace(containers_.back().text, id).first;
    }
    for (NodeId node = containers_[known->second].node;; node = nodes_[node].parent) {
        ++nodes_[node].entries_below;
        if (node == root) {
            return known->second;
        }
    }
}

void DnTree::leave(ContainerId container) {
    for (NodeId node = containers_[container].node;; node = nodes_[node].parent) {
        --nodes_[node].entries_below;
        if (node == root) {
            return;
        }
    }
}

bool DnTree::has_entries_below(const std::string& normalised_dn) const {
    const auto node = by_normalised_.find(normalised_dn);
    return node != by_normalised_.end() && nodes_[node->second].entries_below > 0;
}

DnTree::Below DnTree::below(const std::string& normalised_dn) const {
    const auto node = by_normalised_.find(normalised_dn);
    const bool known = node != by_normalised_.end();
    return {*this, known ? node->second : root, known};
}

bool DnTree::Below::operator()(ContainerId container) const {
    if (!known_) {
        return false;
    }
    for (NodeId node = tree_->containers_[container].node;; node = tree_->nodes_[node].parent) {
        if (node == node_) {
            return true;
        }
        if (node == root) {
            return false;
        }
    }
}

}  // namespace entstream::producer::index
