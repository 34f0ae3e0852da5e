#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "common/ldap/connection.hpp"
#include "producer/producer_config.hpp"
#include "producer/sync/messages.hpp"
#include "producer/sync/provider_kind.hpp"

namespace entstream::producer::sync {

/// Asks the provider single questions on a connection of its own, beside the stream: entries that a refresh named only
/// by UUID, subtrees that moved into scope, groups whose members a server-side overlay rewrote.
///
/// Entries come as in the stream: state `add`, no cookie, entryCSN and createTimestamp among the attributes, only
/// entries within the base, scope and filter of the search. Their UUID is the stream's syncUUID: entryUUID in
/// OpenLDAP, nsUniqueId in 389-ds. What is not there (or not there any more) is no error, but a search whose base is
/// not there is one (LDAP_NO_SUCH_OBJECT): it says nothing about entries.
///
/// Connects at the first question and again after a lost connection. Every question takes at most
/// LdapConfig::timeout between two answers of the server. One thread at a time.
class SideReader {
  public:
    /// `stop` ends a question in course within 200 ms (with an LdapError).
    explicit SideReader(ProducerConfig config, std::stop_token stop = {});

    /// Asks the server of this URI from the next question on, instead of the first one of ldap.uri that answers.
    void use_server(const std::string& uri);

    /// Asks the next question on a new connection: the address may lead to another server by now.
    void reconnect() { connection_.reset(); }

    /// The entry of this DN.
    /// \throws ldap::LdapError: unreachable, no answer in time, refused; also when a limit of the server cut the
    /// answer.
    std::optional<EntryMessage> read_dn(std::size_t search, const std::string& dn);

    /// The entry of this syncUUID: also the way to a group's current members (attribute member_attribute).
    /// \throws as read_dn.
    std::optional<EntryMessage> read_uuid(std::size_t search, const Uuid& uuid);

    /// All entries below `dn` (without itself), one by one, in no particular order. An exception of
    /// `each` passes through and leaves the reader usable.
    /// \throws as read_dn; entries given so far are then a part only.
    void read_below(std::size_t search, const std::string& dn, const std::function<void(EntryMessage)>& each);

    /// The entries of the search that `filter` matches too, in the way of read_below().
    /// \throws as read_dn.
    void read_matching(std::size_t search, const std::string& filter, const std::function<void(EntryMessage)>& each);

    /// All entries of the search, in the way of read_below().
    /// \throws as read_dn.
    void read_all(std::size_t search, const std::function<void(EntryMessage)>& each);

  private:
    struct Question;

    void ask(const Question& question, const std::function<void(EntryMessage)>& each);
    void ask_once(const Question& question, const std::function<void(EntryMessage)>& each);

    ProducerConfig config_;
    std::stop_token stop_;
    std::unique_ptr<ldap::Connection> connection_;
    ProviderKind provider_ = ProviderKind::openldap;  ///< of connection_
};

}  // namespace entstream::producer::sync
