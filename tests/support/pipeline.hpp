#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "tests/support/process.hpp"
#include "tests/support/servers_info.hpp"

namespace entstream::test {

/// Our two programs over one set of servers, each with a configuration file as an operator would write it. Passwords
/// are given by the environment. Both are killed by the destructor.
class Pipeline {
  public:
    /// \param source   also names the target: one source, one Moodle
    /// \param dir      gets producer.toml and consumer.toml
    Pipeline(ServersInfo servers, std::string source, std::filesystem::path dir);

    /// Both tell their metrics on loopback ports that stay the same over restarts. Before they are started.
    void expose_metrics();
    /// address:port of these. \pre expose_metrics()
    [[nodiscard]] const std::string& producer_metrics() const { return producer_metrics_; }
    [[nodiscard]] const std::string& consumer_metrics() const { return consumer_metrics_; }

    void start_producer();
    void start_consumer();
    /// Asks both to end and waits for it. \throws std::runtime_error one did not end with status 0
    void stop();

    [[nodiscard]] const std::string& source() const { return source_; }
    [[nodiscard]] Process& producer() { return *producer_; }
    [[nodiscard]] Process& consumer() { return *consumer_; }

    /// What both have logged so far, for the message of a test that failed.
    [[nodiscard]] std::string output() const;

    [[nodiscard]] std::filesystem::path producer_config() const { return dir_ / "producer.toml"; }
    [[nodiscard]] std::filesystem::path consumer_config() const { return dir_ / "consumer.toml"; }
    /// What the programs need beside their files.
    [[nodiscard]] std::map<std::string, std::string> environment() const;

    /// The configuration as an operator would write it, for these servers.
    static std::string producer_toml(const ServersInfo& servers, const std::string& source);
    static std::string consumer_toml(const ServersInfo& servers, const std::string& source);

  private:
    [[nodiscard]] std::map<std::string, std::string> environment_with(const std::string& metrics) const;

    ServersInfo servers_;
    std::string source_;
    std::filesystem::path dir_;
    std::string producer_metrics_;
    std::string consumer_metrics_;
    std::unique_ptr<Process> producer_;
    std::unique_ptr<Process> consumer_;
};

}  // namespace entstream::test
