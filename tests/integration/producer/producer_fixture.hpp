#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/kafka/kafka_config.hpp"
#include "tests/integration/producer/log_view.hpp"
#include "tests/support/directory_client.hpp"
#include "tests/support/process.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/servers_info.hpp"
#include "tests/support/temp_dir.hpp"

namespace entstream::test {

/// The servers of this binary.
const Servers& servers();

/// The real program between a real directory and a real Kafka. Each test has a branch of the directory and a source of
/// its own: ou=<test>, with ou=people and ou=groups below it.
class ProducerTest : public ::testing::Test {
  protected:
    /// \param info  another directory in the place of the binary's slapd
    explicit ProducerTest(ServersInfo info = ServersInfo::from(servers().environment()));

    void start();
    /// SIGTERM, and its end: exit status 0.
    void stop();
    void kill();
    /// Until the program has said "streaming" once more.
    void await_streaming();
    /// What the log got until now, since the last call; ends when a change made after everything else has arrived.
    std::vector<std::string> events();

    void add_user(const std::string& name, const std::string& sn = "x");
    void add_group(const std::string& name, const std::vector<std::string>& members);
    void remove_user(const std::string& name) { directory_.remove(user_dn(name)); }
    [[nodiscard]] std::string user_dn(const std::string& name) const { return "uid=" + name + ",ou=people," + base_; }
    [[nodiscard]] std::string group_dn(const std::string& name) const { return "cn=" + name + ",ou=groups," + base_; }

    /// The log says what the directory says, and nothing was published twice.
    void expect_log_equals_directory();

    [[nodiscard]] virtual std::string config_text() const;
    std::string users_filter_ = "(objectClass=inetOrgPerson)";
    std::string attributes_ = R"("uid", "sn", "ou", "mail")";  ///< of users
    std::string more_config_;                                  ///< lines of the table [producer]

    [[nodiscard]] std::vector<std::string> command() const;
    [[nodiscard]] std::map<std::string, std::string> environment() const {
        std::map<std::string, std::string> variables = more_environment_;
        variables["LDAP_PASSWORD"] = ldap_password_;
        return variables;
    }
    std::map<std::string, std::string> more_environment_;
    /// Runs the program to its end.
    Exit run_program(const std::vector<std::string>& more = {});
    LogView& log();

    ServersInfo info_;
    std::string ldap_password_;
    TempDir dir_;
    std::string source_;
    std::string base_;
    kafka::KafkaConfig kafka_;
    DirectoryClient directory_;
    std::unique_ptr<Process> program_;

  private:
    std::optional<LogView> log_;
    int markers_ = 0;
    std::size_t streamings_ = 0;  ///< seen of the running program
};

}  // namespace entstream::test
