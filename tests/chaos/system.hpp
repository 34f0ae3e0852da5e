#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/server_set.hpp"
#include "tests/support/servers_info.hpp"
#include "tests/support/tcp_proxy.hpp"
#include "tests/support/temp_dir.hpp"

namespace entstream::chaos {

/// One of our two programs under a service manager: started again when it ends with a status that a restart may mend.
class Program {
  public:
    Program(std::string name, std::map<std::string, std::string> environment)
        : name_(std::move(name)), environment_(std::move(environment)) {}

    void configure(std::filesystem::path config) { config_ = std::move(config); }
    void start();
    /// SIGTERM, and waits. \throws std::runtime_error it does not end within the 5 s that are promised, or not with 0
    void stop();
    void kill();
    void signal(int number) const;
    [[nodiscard]] bool wanted() const { return process_ != nullptr; }
    /// Starts it again where it ended, a second later. \throws std::runtime_error the status is not one to restart on
    void supervise();
    /// How often it ended by itself.
    [[nodiscard]] int restarts() const { return restarts_; }
    /// What all its processes have logged since configure().
    [[nodiscard]] std::string log() const;

  private:
    std::string name_;
    std::map<std::string, std::string> environment_;
    std::filesystem::path config_;
    std::unique_ptr<test::Process> process_;
    std::chrono::steady_clock::time_point ended_at_{};
    bool ended_ = false;
    int restarts_ = 0;
    std::string former_logs_;
};

/// Everything that is on trial: the servers, our two programs, and a proxy on each link between them.
class System {
  public:
    System();

    enum class Link { producer_ldap, producer_kafka, consumer_kafka, consumer_postgres };
    test::TcpProxy& link(Link link) { return *links_.at(static_cast<std::size_t>(link)); }

    [[nodiscard]] const test::ServersInfo& servers() const { return servers_; }
    [[nodiscard]] const test::ServerSet& set() const { return *set_; }
    Program& producer() { return producer_; }
    Program& consumer() { return consumer_; }
    [[nodiscard]] std::string dead_letter_topic() const { return "entstream." + source_ + ".dlq"; }

    /// SIGSTOP or SIGCONT for a server and its children.
    void signal_server(const std::string& name, int number) const;

    /// A fresh directory with the same small region, a fresh Moodle and a log of its own; everything runs, nothing is
    /// disturbed.
    void rebuild();
    /// All links pass, all servers run and are not stopped.
    void mend();
    /// Looks after both programs, as a service manager does. \throws std::runtime_error as Program::supervise()
    void supervise();
    /// supervise() for so long.
    void hold(std::chrono::milliseconds time);

    /// The content of the directory as slapcat writes it. \returns the file
    std::filesystem::path backup();
    /// Makes a backup the content of the directory; slapd restarts.
    void restore(const std::filesystem::path& file) const;

  private:
    void end_sessions() const;

    test::TempDir dir_;
    std::vector<std::unique_ptr<test::TcpProxy>> links_;
    std::unique_ptr<test::ServerSet> set_;
    test::ServersInfo servers_;
    Program producer_;
    Program consumer_;
    std::string source_;
    int sources_ = 0;
};

}  // namespace entstream::chaos
