#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/server_set.hpp"

namespace entstream::test {

/// The real servers of a test binary (slapd, Kafka, PostgreSQL), started once by deploy/dev/servers.sh on free ports in
/// a directory of their own and stopped at the end, whatever happens. At namespace scope of one file of the binary:
///
///     const auto* const servers = entstream::test::Servers::install();
///
/// and in its tests: `servers->get("ENTSTREAM_KAFKA_BOOTSTRAP")`.
class Servers : public ::testing::Environment {
  public:
    /// Makes GoogleTest start the servers before the first test. \returns the environment, owned by GoogleTest; the
    /// same one for all files of a binary
    static Servers* install();

    /// The servers of this binary start with these options of `deploy/dev/servers.sh up`, too. For namespace scope.
    /// \param options  called once, right before the start
    static bool demand(std::function<std::vector<std::string>()> options);

    void SetUp() override;
    void TearDown() override;

    /// A line of servers.env, e.g. ENTSTREAM_KAFKA_BOOTSTRAP. \throws std::out_of_range there is no such line
    [[nodiscard]] const std::string& get(const std::string& variable) const;
    /// All of servers.env: what to give to a Process.
    [[nodiscard]] const std::map<std::string, std::string>& environment() const { return set_->environment(); }

    /// As ServerSet.
    void stop(const std::string& name) const { set_->stop(name); }
    void start(const std::string& name) const { set_->start(name); }
    void restart(const std::string& name) const { set_->restart(name); }
    void kill(const std::string& name) const { set_->kill(name); }
    void observe() { set_->observe(); }
    void load_ldif(const std::string& file) const { set_->load_ldif(file); }

  private:
    Servers() = default;

    std::optional<ServerSet> set_;
};

}  // namespace entstream::test
