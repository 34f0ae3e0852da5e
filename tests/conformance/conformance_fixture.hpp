#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "entstream/v1/state.pb.h"
#include "tests/conformance/published.hpp"
#include "tests/integration/producer/producer_fixture.hpp"
#include "tests/integration/sync/slapd.hpp"

namespace entstream::test {

/// What the log got, one line a record (Published).
using Lines = std::vector<std::string>;

/// The servers of this binary with this slapd in the place of theirs.
ServersInfo info_of(const Slapd& slapd);

/// The cases T01 to T59 of docs/conformance.md: the real program between a real directory and a real Kafka, judged by
/// all that its records say. Each test has its own branch of the directory, as every ProducerTest.
class Conformance : public ProducerTest {
  protected:
    /// In the slapd of this binary, which has a session log.
    Conformance() = default;
    /// In another one.
    explicit Conformance(const ServersInfo& info) : ProducerTest(info) {}
    explicit Conformance(const Slapd& slapd) : Conformance(info_of(slapd)) {}

    [[nodiscard]] std::string config_text() const override;
    std::string users_base_ = base_;
    std::string ldap_uri_;          ///< instead of the provider's own
    std::string more_ldap_config_;  ///< lines of the table [ldap]
    std::string probe_interval_ = "1s";
    std::vector<std::string> user_attributes_ = {"uid", "sn", "mail"};

    [[nodiscard]] std::string people() const { return "ou=people," + base_; }
    /// A container below the test's branch, or below `parent`.
    void add_container(const std::string& name, const std::string& parent = "");
    /// Below ou=people unless said otherwise; uid, cn and sn are made.
    void add_person(const std::string& name, const std::string& parent = "",
                    const DirectoryClient::Attributes& more = {});
    /// The line of a person made so.
    [[nodiscard]] static std::string created(const std::string& name, const std::string& container = "ou=people");
    [[nodiscard]] std::string csn_of(const std::string& dn);
    /// contextCSN of the suffix.
    [[nodiscard]] std::vector<std::string> context_csns();

    /// Starts; returns when all that the directory held has been published. \returns the lines since the last call of
    /// this or of published()
    Lines stream();
    /// The lines until now, since the last call; ends when changes made after everything else have arrived in every
    /// search.
    Lines published();
    /// The same, sorted: where the order has no meaning.
    Lines published_sorted();
    /// A new connection of the administrator, after a restart of the server.
    void connect_again() {
        directory_ = DirectoryClient(info_.ldap_uri, info_.ldap_admin_dn, info_.ldap_admin_password);
    }
    /// Waits for a line. \returns those before it
    Lines until(const std::string& line);
    Published& log();
    /// Where the markers of published() are put: they must be in the content of the search for users.
    std::string marker_parent_ = people();

    /// Every entry and member of both searches, with UUID, DN and attributes.
    void expect_log_equals_directory();

    [[nodiscard]] bool said(const std::string& words) const;
    void await_words(const std::string& words);

    /// Reads the log as soon as there is one, until `enough` records of entries and members are there.
    void await_changes(std::size_t enough);

    /// What the state topic has for a search.
    [[nodiscard]] v1::SearchState stored(const std::string& search = "users");
    void await_stored(const std::vector<std::string>& csns, const std::string& search = "users");
    /// Rewrites it. \pre the program does not run
    void alter_stored(const std::string& search, const std::function<void(v1::SearchState&)>& alter);

  private:
    std::optional<Published> published_log_;
    int markers_ = 0;
};

/// A process that stands still, until end() or the destructor.
class Stopped {
  public:
    explicit Stopped(const Process& process) : Stopped(process.pid()) {}
    /// \param pid  not of our child: its standing still is not waited for
    explicit Stopped(pid_t pid);
    ~Stopped() { end(); }
    Stopped(const Stopped&) = delete;
    Stopped& operator=(const Stopped&) = delete;

    void end() const;

  private:
    pid_t pid_;
};

/// To be inherited before Conformance: a server of the test's own.
struct OwnSlapd {
    /// \param ldif  content of the server from the start
    explicit OwnSlapd(SlapdOptions options = {}, const std::string& ldif = {}) : slapd_(std::move(options)) {
        if (!ldif.empty()) {
            slapd_.load(ldif);
        }
    }
    Slapd slapd_;
};

}  // namespace entstream::test
