#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "producer/index/index.hpp"
#include "producer/producer_config.hpp"
#include "producer/publish/content.hpp"
#include "producer/publish/side_reads.hpp"

namespace entstream::producer::publish {

/// What the provider does not tell, though it follows from what it told: it sends only the top of a subtree that was
/// renamed or moved, and says nothing when an overlay rewrites the members of groups (RFC 4533 leaves both out). Asked
/// beside the stream and published after the message that caused it, in as many transactions as it takes.
class FollowUps {
  public:
    using Clock = std::chrono::steady_clock;

    /// \param commit_if_full  called between records
    FollowUps(const ProducerConfig& config, index::Index& index, Content& content, SideReads& side,
              std::function<void()> commit_if_full);

    /// \param suffix         naming context: searches that begin below it can have subtrees moved into them
    /// \param reads_in_full  whether the search of this position is still to be read in full in this session: then its
    ///                       groups need no reading here
    void new_session(const std::string& suffix, std::function<bool(std::size_t)> reads_in_full);

    /// Publishes the new DNs of what lies below the renamed entries, and the members of the groups that hold one of the
    /// former DNs, as the directory has them now.
    void renamed(const std::vector<Rename>& renames, v1::Phase phase);

    /// DNs passed from one user to another: the groups and role objects that name the former one are read, and what
    /// they list now counts. Provisioning tools delete and re-add people without touching their groups.
    void passed_on(v1::Phase phase);

    /// Whether an entry that was not there before came by a move (or by a change that made it match): entries below it
    /// may have come with it.
    [[nodiscard]] bool may_have_moved_in(const sync::EntryMessage& message) const;
    /// Publishes what lies below such an entry, in whatever search it is.
    void moved_in(const std::string& dn, v1::Phase phase);

    /// Counts what lies below this DN and may leave with it.
    void add_below(const std::string& former_dn, RemovalTotals& removals) const;
    /// An entry left; what lies below its former DN is looked up, and lost where it left with it.
    void left(const std::string& former_dn, v1::Phase phase);

    /// A container that no search shows came, left, was renamed or moved: publishes what that means for the entries
    /// below it, and the members of the groups that hold their former DNs. Repeatable. \param former  its former DN,
    /// normalised; empty: it came from somewhere else \param now     its DN, normalised; empty: it is nowhere any more
    void container(const std::string& former, const std::string& now, v1::Phase phase);

    /// Reads groups again that still hold a former DN: refint rewrites them some moments after the rename.
    void recheck(Clock::time_point now, v1::Phase phase);
    [[nodiscard]] std::optional<Clock::time_point> next_recheck() const;

  private:
    using Values = std::unordered_set<ValueHash>;
    using Refs = std::vector<index::EntryRef>;

    struct Recheck {
        Refs parents;
        Values former;  ///< values that refint would replace
        std::size_t attempt = 0;
        Clock::time_point due;
    };

    /// Looks entries up in each search that holds them; where one is not found, it is lost (`lose`) or stays.
    void look_up(const Refs& refs, bool lose, v1::Phase phase, Values* former_dns);
    /// What lies below this DN on the log; what is not found there is lost.
    void look_up_below(const index::ParsedDn& dn, v1::Phase phase, Values* former_dns);
    void look_up_one_by_one(std::size_t search, const Refs& refs, bool lose, v1::Phase phase, Values* former_dns);
    void look_up_in_full(std::size_t search, const Refs& refs, bool lose, v1::Phase phase, Values* former_dns);
    void not_found(std::size_t search, const index::EntryRef& ref, v1::Phase phase);
    void read_below(const std::vector<Rename>& renames, v1::Phase phase, Values& former_dns);
    void apply(const sync::EntryMessage& message, v1::Phase phase, Values* former_dns);
    /// Whether groups name their members by DNs of entries of this kind.
    [[nodiscard]] bool names_members(EntryKind kind) const;
    /// The entry has moved: searches that cannot show its new DN do not hold it.
    void leave_searches(const index::EntryRef& ref, v1::Phase phase);
    void read_groups(Values former_dns, v1::Phase phase);

    /// Leaves out those that are still to be read in full in this session.
    [[nodiscard]] Refs to_be_read(Refs groups) const;
    void schedule(Recheck recheck);

    const ProducerConfig* config_;
    index::Index* index_;
    Content* content_;
    SideReads* side_;
    std::string suffix_;
    std::function<bool(std::size_t)> reads_in_full_;
    std::function<void()> commit_if_full_;
    RemovalTotals below_;  ///< what may leave because something above it did
    std::vector<Recheck> rechecks_;
};

}  // namespace entstream::producer::publish
