#pragma once

#include <memory>
#include <string>

#include "tests/support/directory_client.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace entstream::test {

/// A real 389 Directory Server for tests: one database dc=fr on a free loopback port, with Content Synchronization and
/// the retro changelog that it needs, its files in a directory of its own. Made from the template of the Debian
/// package, without the tools that set up a service of the system.
class Ds389 {
  public:
    static constexpr const char* suffix = "dc=fr";
    static constexpr const char* admin_dn = "cn=admin";  ///< of the server itself, no entry
    static constexpr const char* password = "secret";

    /// Starts the server with the entry dc=fr.
    Ds389();
    ~Ds389();
    Ds389(const Ds389&) = delete;
    Ds389& operator=(const Ds389&) = delete;

    [[nodiscard]] const std::string& uri() const { return uri_; }

    void start();
    void stop();  ///< as an administrator stops it
    void kill();

    /// A connection of the administrator, made at each start.
    DirectoryClient& admin() { return *admin_; }

  private:
    void write_config();

    TempDir dir_;
    int port_;
    std::string uri_;
    std::unique_ptr<Process> process_;
    std::unique_ptr<DirectoryClient> admin_;
};

}  // namespace entstream::test
