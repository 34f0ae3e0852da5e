#pragma once

#include "tests/support/pipeline.hpp"
#include "tests/support/region.hpp"

namespace entstream::bench {

/// What stands on the log of a region after its first refresh: users first, then cohorts with their members, then role
/// objects with theirs.
struct RegionLog {
    std::int64_t users_end{};    ///< offset behind the last user
    std::int64_t members_end{};  ///< offset behind the last member of a group
    std::int64_t end{};          ///< offset behind the last record
    int users{};
    int members{};       ///< of groups, those that name somebody
    int role_members{};  ///< of role objects, those that name somebody
};

/// Publishes a region of the directory server by the producer, and ends the producer.
/// \throws std::runtime_error with the producer's words
RegionLog publish_region(const test::ServersInfo& servers, test::Pipeline& pipeline, const test::RegionOptions& region,
                         const std::filesystem::path& dir);

}  // namespace entstream::bench
