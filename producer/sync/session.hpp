#pragma once

#include <ldap.h>
#include <tl/expected.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "common/ldap/connection.hpp"
#include "producer/producer_config.hpp"
#include "producer/sync/messages.hpp"
#include "producer/sync/provider_state.hpp"

namespace entstream::producer::sync {

/// One connection to the provider with its sync searches and probes, told apart by their message ids. Turns each
/// message of the wire into a Message and refuses what RFC 4533 does not allow. For one thread at a time.
class Session {
  public:
    /// Connects, binds, and looks at the provider. `stop` ends that, and next(), within 200 ms.
    /// \throws ldap::LdapError.
    Session(const ldap::LdapConfig& config, std::vector<SearchConfig> searches, std::stop_token stop);

    [[nodiscard]] const ProviderState& provider() const { return provider_; }

    /// Sends search `index` as refreshAndPersist, once in the life of a session.
    /// \throws ldap::LdapError: malformed filter, connection gone.
    void start_search(std::size_t index, const std::optional<std::string>& cookie);

    /// Asks for the suffix's contextCSN; the answer comes as a ProbeMessage. \pre no probe is under way.
    /// \throws ldap::LdapError when the connection is gone.
    void ask_probe();
    [[nodiscard]] bool probe_under_way() const { return probe_.has_value(); }

    /// The next message, or nullopt when none came in time or stop was requested. After a DisconnectedMessage the
    /// session is over and next() must not be called again.
    std::optional<Message> next(std::chrono::milliseconds timeout);

    /// What the end of a search means for the session, in words for the log.
    [[nodiscard]] DisconnectedMessage ended_by(const DoneMessage& done) const;

  private:
    enum class Phase { closed, refresh, persist };
    struct Search {
        int id = -1;
        Phase phase = Phase::closed;
    };
    struct Probe {
        int id = -1;
        std::chrono::system_clock::time_point asked_at;
        std::vector<std::string> context_csns;
    };
    // How the provider broke the protocol.
    struct Unreadable {
        metrics::UnreadableReason reason{};
        std::string what;
    };
    // A message, or nothing to say, or why it cannot be read.
    using Decoded = tl::expected<std::optional<Message>, Unreadable>;
    static tl::unexpected<Unreadable> unreadable(metrics::UnreadableReason reason, std::string what);

    Decoded decode(LDAPMessage* message);
    Decoded decode_entry(std::size_t index, LDAPMessage* message);
    Decoded decode_intermediate(std::size_t index, LDAPMessage* message);
    Decoded decode_result(std::size_t index, LDAPMessage* message);
    std::optional<Message> decode_probe(LDAPMessage* message);
    [[nodiscard]] std::optional<std::size_t> search_of(int id) const;

    std::vector<SearchConfig> configs_;
    ldap::Connection connection_;
    ProviderState provider_;
    std::vector<Search> searches_;
    std::optional<Probe> probe_;
};

}  // namespace entstream::producer::sync
