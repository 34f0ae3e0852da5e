#pragma once

#include "bench/first_load/region_log.hpp"
#include "tests/support/pipeline.hpp"
#include "tests/support/server_set.hpp"
#include "tests/support/servers_info.hpp"
#include "tests/support/temp_dir.hpp"

namespace entstream::bench {

/// A region in a directory, on its log and in a Moodle, brought there by our two programs, which have ended;
/// autovacuum's work is done. All of it is gone with the object.
class MoodleInStep {
  public:
    /// \throws std::runtime_error with a program's words
    explicit MoodleInStep(int people);

    /// Starts both programs, and returns when they follow the directory.
    void start_both();

    [[nodiscard]] const test::ServersInfo& servers() const { return servers_; }
    [[nodiscard]] const test::ServerSet& server_set() const { return server_set_; }
    [[nodiscard]] test::Pipeline& pipeline() { return pipeline_; }
    [[nodiscard]] const RegionLog& log() const { return log_; }

  private:
    test::TempDir dir_;
    test::ServerSet server_set_;
    test::ServersInfo servers_;
    test::Pipeline pipeline_;
    RegionLog log_;
};

}  // namespace entstream::bench
