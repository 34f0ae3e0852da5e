#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "producer/producer_config.hpp"
#include "tests/support/directory_client.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace entstream::test {

/// How a Slapd is set up. In its lines `%DIR%` stands for the server's directory.
struct SlapdOptions {
    bool load_syncprov = true;                 ///< the module
    bool syncprov = true;                      ///< the overlay on the database
    bool session_log = true;                   ///< deletions are remembered; without it: present phase
    std::vector<std::string> listeners{};      ///< beside ldap://127.0.0.1, e.g. ldapi://
    std::vector<std::string> global_lines{};   ///< of slapd.conf, before the database
    std::vector<std::string> lines{};          ///< of slapd.conf, in the database
    std::vector<std::string> overlay_lines{};  ///< of slapd.conf, behind "overlay syncprov"
    int port = 0;                              ///< 0: a free one
    bool empty = false;                        ///< not even the suffix is there
};

/// A real OpenLDAP server for one test: one mdb database dc=fr on a free loopback port, its files in a directory of its
/// own. `reader` may read everything, under the server's limits; `admin` is the rootdn.
class Slapd {
  public:
    static constexpr const char* suffix = "dc=fr";
    static constexpr const char* admin_dn = "cn=admin,dc=fr";
    static constexpr const char* reader_dn = "cn=reader,dc=fr";
    static constexpr const char* password = "secret";

    /// Starts the server with the entries dc=fr, the reader, ou=people, ou=groups and ou=roles below it.
    explicit Slapd(SlapdOptions options = {});
    ~Slapd();
    Slapd(const Slapd&) = delete;
    Slapd& operator=(const Slapd&) = delete;

    [[nodiscard]] const std::string& uri() const { return uri_; }
    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] const TempDir& dir() const { return dir_; }

    void start();
    void stop();    ///< as an administrator stops it
    void kill();    ///< SIGKILL
    void freeze();  ///< it accepts connections and says nothing
    void thaw() { process_->signal(SIGCONT); }

    [[nodiscard]] pid_t pid() const { return process_->pid(); }

    /// Stops, and starts with the same content and another set-up. The port stays.
    void reconfigure(SlapdOptions options);

    /// A connection of the administrator, made when first asked for and after each start.
    DirectoryClient& admin();

    void add_person(const std::string& uid, const std::string& type = "student",
                    const std::string& parent = "ou=people,dc=fr");
    void add_group(const std::string& cn, const std::vector<std::string>& members);
    /// Stops, makes `ldif` (without the entries above) content beside them, starts.
    void load(const std::string& ldif);

    /// The whole database as slapcat writes it, while the server runs.
    [[nodiscard]] std::string backup() const;
    /// Stops and starts. \param first  what an administrator writes before anybody else reaches the server
    void restart(const std::function<void(DirectoryClient&)>& first = {});
    /// The same, and makes a backup the whole database before.
    void restore(const std::string& backup, const std::function<void(DirectoryClient&)>& first = {});

  private:
    void start_at(const std::string& uri);
    void fill(const std::string& ldif, const std::vector<std::string>& options);
    void write_config();

    SlapdOptions options_;
    TempDir dir_;
    int port_;
    std::string uri_;
    std::unique_ptr<Process> process_;
    std::unique_ptr<DirectoryClient> admin_;
};

/// The producer's configuration for this server, bound as the reader: one search `users` for (uid=*) below ou=people,
/// attributes uid, sn, mail, employeeType; short probe interval.
producer::ProducerConfig config_for(const Slapd& slapd);

/// Search of groups below ou=groups.
producer::SearchConfig group_search();

}  // namespace entstream::test
