#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support/temp_dir.hpp"

namespace entstream::test {

/// slapd, Kafka and PostgreSQL, started by deploy/dev/servers.sh on free ports in a directory of their own; stopped and
/// removed by the destructor, and by the script's own watch if this process is killed.
class ServerSet {
  public:
    enum class Disk {
        waited_for,      ///< as in production: what is measured includes it
        not_waited_for,  ///< PostgreSQL leaves that to the system: a killed one loses nothing
    };

    /// Returns when all three answer. \throws std::runtime_error with the script's words
    /// \param options  more options of `servers.sh up`, e.g. {"--kafka-listener", "PROXY:PLAINTEXT:20001:20002"}
    explicit ServerSet(Disk disk, const std::vector<std::string>& options = {});
    ~ServerSet();
    ServerSet(const ServerSet&) = delete;
    ServerSet& operator=(const ServerSet&) = delete;

    /// The lines of servers.env.
    [[nodiscard]] const std::map<std::string, std::string>& environment() const { return environment_; }

    /// One server ("ldap", "kafka", "postgres") at a time; each returns when the server answers, or is gone. Ports and
    /// data stay.
    void stop(const std::string& name) const;
    void start(const std::string& name) const;
    void restart(const std::string& name) const;
    void kill(const std::string& name) const;  ///< SIGKILL

    /// Starts Prometheus too, or again ("prometheus" and "exporter" for stop); environment() names it then.
    void observe();

    /// Makes the file the whole content of the directory; slapd restarts.
    void load_ldif(const std::string& file) const;

  private:
    void script(const std::string& command, const std::vector<std::string>& arguments) const;

    TempDir dir_;
    std::map<std::string, std::string> environment_;
};

}  // namespace entstream::test
