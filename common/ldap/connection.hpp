#pragma once

#include <ldap.h>

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "common/ldap/ldap_config.hpp"
#include "common/ldap/ldap_error.hpp"

namespace entstream::ldap {

struct MessageDeleter {
    void operator()(LDAPMessage* message) const noexcept { ldap_msgfree(message); }
};
/// A message or result of libldap.
using MessagePtr = std::unique_ptr<LDAPMessage, MessageDeleter>;

/// A bound LDAPv3 connection. Referrals are not followed, signals do not break it, a peer that vanished is noticed by
/// TCP (runtime/tcp_limits.hpp). SIGPIPE is ignored in the whole process from the first connection on. For one thread
/// at a time.
class Connection {
  public:
    /// Connects, starts TLS and binds: with the DN and password of `config`; by SASL EXTERNAL when no bind_dn is given
    /// but who we are is known, over ldapi:// or by a certificate; anonymously otherwise. Takes at most about
    /// LdapConfig::timeout for each of these steps; `stop` ends it sooner, except while a name is resolved or ldapi://
    /// connects. Where LdapConfig::uri names several servers, the first one that can be used counts; those before it
    /// are logged. \throws LdapError.
    explicit Connection(LdapConfig config, std::stop_token stop = {});

    /// For libldap's functions; owned by this object.
    [[nodiscard]] LDAP* handle() const noexcept { return handle_.get(); }
    /// As given; its uri is the one of the server that answered.
    [[nodiscard]] const LdapConfig& config() const noexcept { return config_; }

    /// The next message of operation `id` (or LDAP_RES_ANY); null when none came in time or `stop` was requested.
    /// \throws LdapError when the connection is gone.
    MessagePtr receive(int id, std::chrono::milliseconds timeout) const;

    /// The values of an entry's attributes, read by DN alone: LDAP_SCOPE_BASE, any object class.
    /// \returns values by attribute, in the order asked; all empty when the entry has none of them.
    /// \throws LdapError, with result code LDAP_NO_SUCH_OBJECT when there is no such entry.
    std::vector<std::vector<std::string>> read_values(const std::string& dn,
                                                      const std::vector<std::string>& attributes) const;

    /// What a result code of this server means, as an exception. `doing`: "searching \"ou=people\"".
    [[nodiscard]] LdapError error(int result_code, const std::string& diagnostic, const std::string& doing) const;

    /// Throws error() with the text that libldap keeps of its last failure.
    [[noreturn]] void fail(int result_code, const std::string& doing) const;

    /// receive() within LdapConfig::timeout.
    /// \throws LdapError with LDAP_TIMEOUT when nothing came, LDAP_USER_CANCELLED when stopped.
    MessagePtr receive_or_fail(int id, const std::string& doing) const;

    /// Code and text of an operation's result message.
    struct Result {
        int code = LDAP_OTHER;
        std::string diagnostic;
    };
    /// \throws LdapError when the message is malformed.
    [[nodiscard]] Result result_of(LDAPMessage* answer) const;

    /// \throws error() when the result of an operation is not success.
    void check_result(LDAPMessage* answer, const std::string& doing) const;

  private:
    struct HandleDeleter {
        void operator()(LDAP* handle) const noexcept { ldap_unbind_ext(handle, nullptr, nullptr); }
    };

    [[noreturn]] void fail_without_answer(const std::string& doing) const;
    /// The server of config_.uri. \throws LdapError
    void open();
    void connect();
    void ask_for_tls() const;
    void start_tls() const;
    void bind() const;
    std::vector<std::string> values_of(LDAPMessage* entry, const std::string& attribute) const;

    LdapConfig config_;
    std::stop_token stop_;
    std::unique_ptr<LDAP, HandleDeleter> handle_;
};

}  // namespace entstream::ldap
