#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "entstream/v1/control.pb.h"
#include "producer/index/index.hpp"
#include "producer/producer_config.hpp"
#include "producer/publish/content.hpp"
#include "producer/publish/follow_ups.hpp"
#include "producer/publish/side_reads.hpp"

namespace entstream::producer::publish {

/// What is to be done with single entries.
enum class Treatment : std::uint8_t {
    reconcile,  ///< publish what differs
    republish,  ///< publish it all, with its memberships
};

/// Entries that somebody names are asked for beside the stream and published, in a time that does not depend on the
/// size of the directory as long as it has an index for the question.
class SingleEntries {
  public:
    /// The most that one filter may match.
    static constexpr std::size_t most_entries = 1000;

    /// What was found, before anything is published.
    struct Found {
        std::vector<sync::EntryMessage> images;
        struct Lost {
            index::EntryRef entry;
            std::size_t search{};
        };
        std::vector<Lost> lost;  ///< on the log, but the search does not show it any more
        bool too_many = false;

        [[nodiscard]] bool empty() const { return images.empty() && lost.empty(); }
    };

    SingleEntries(const ProducerConfig& config, const index::Index& index, SideReads& side)
        : config_(&config), index_(&index), side_(&side) {}

    /// Asks the directory. \throws whatever the side reads throw; nothing is published then
    Found find(const v1::EntryChoice& choice);

  private:
    void find_uuid(const Uuid& uuid, Found& found);
    void find_dn(const std::string& dn, Found& found);
    void find_filter(const std::string& filter, Found& found);

    const ProducerConfig* config_;
    const index::Index* index_;
    SideReads* side_;
};

/// Publishes what was found. \returns how many entries were compared
std::size_t publish_found(const SingleEntries::Found& found, Treatment treatment, Content& content,
                          FollowUps& follow_ups);

}  // namespace entstream::producer::publish
