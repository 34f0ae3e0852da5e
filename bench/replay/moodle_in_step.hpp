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
    [[nodiscard]] int people() const { return people_; }

  private:
    int people_;
    test::TempDir dir_;
    test::ServerSet server_set_;
    test::ServersInfo servers_;
    test::Pipeline pipeline_;
    RegionLog log_;
};

/// The one of so many people: the last one, if it has as many, so that benches that run one after the other load a
/// million once. Both programs have ended; the directory runs.
MoodleInStep& moodle_in_step(int people);

}  // namespace entstream::bench
