#pragma once

#include <gtest/gtest.h>
#include <pqxx/pqxx>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "tests/support/directory_client.hpp"
#include "tests/support/pipeline.hpp"
#include "tests/support/region.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/servers_info.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/world.hpp"

namespace entstream::test {

/// A directory with a generated region, a fresh Moodle and a log of its own for each test; the servers are shared.
class EndToEnd : public ::testing::Test {
  protected:
    void SetUp() override;
    void TearDown() override;

    /// Adds lines to both configuration files (a section that is already there must not be repeated).
    void configure_producer(const std::string& toml);
    void configure_consumer(const std::string& toml);

    /// What Moodle must hold: what the directory says, as the built-in mapping reads it.
    [[nodiscard]] virtual World expected_world() { return read_directory(servers_); }

    /// Waits until Moodle equals the directory, and fails the test with the differences if it does not. Also checks
    /// what must always hold, and that both programs live.
    void expect_moodle_equals_directory();

    /// Waits for a query that gives one boolean.
    void wait_for_moodle(const std::string& query);
    [[nodiscard]] bool moodle_says(const std::string& query);
    [[nodiscard]] long moodle_count(const std::string& query);

    /// A pupil of the first class group, and the group.
    struct Place {
        std::string group_dn;
        std::string group_cn;
        std::string member;     ///< the value in the group
        std::string person_dn;  ///< as the directory spells it
        std::string username;
    };
    Place some_pupil(std::size_t position = 0);

    ServersInfo servers_;
    std::unique_ptr<TempDir> dir_;
    std::unique_ptr<Pipeline> pipeline_;
    std::unique_ptr<DirectoryClient> directory_;
};

/// The servers of this binary.
Servers& shared_servers();

}  // namespace entstream::test
