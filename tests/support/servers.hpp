#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/temp_dir.hpp"

namespace entstream::test {

/// The real servers of a test binary (slapd, Kafka, PostgreSQL), started once by deploy/dev/servers.sh on free ports in
/// a directory of their own and stopped at the end, whatever happens. At namespace scope of one file of the binary:
///
///     const auto* const servers = entstream::test::Servers::install();
///
/// and in its tests: `servers->get("ENTSTREAM_KAFKA_BOOTSTRAP")`.
class Servers : public ::testing::Environment {
  public:
    /// Makes GoogleTest start the servers before the first test. \returns the environment, owned by GoogleTest
    static Servers* install();

    void SetUp() override;
    void TearDown() override;

    /// A line of servers.env, e.g. ENTSTREAM_KAFKA_BOOTSTRAP. \throws std::out_of_range there is no such line
    [[nodiscard]] const std::string& get(const std::string& variable) const;
    /// All of servers.env: what to give to a Process.
    [[nodiscard]] const std::map<std::string, std::string>& environment() const { return environment_; }

    /// One server ("ldap", "kafka", "postgres") at a time; each call returns when the server answers, or is gone. Ports
    /// and data stay. \throws std::runtime_error with what the script wrote
    void stop(const std::string& name) const;
    void start(const std::string& name) const;
    void restart(const std::string& name) const;
    void kill(const std::string& name) const;  ///< SIGKILL

    /// Makes the LDIF file the whole content of the directory.
    void load_ldif(const std::string& file) const;

  private:
    Servers() = default;
    void script(const std::string& command, const std::vector<std::string>& arguments) const;

    std::unique_ptr<TempDir> dir_;
    std::map<std::string, std::string> environment_;
};

}  // namespace entstream::test
