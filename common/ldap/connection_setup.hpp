#pragma once

#include <ldap.h>

#include <chrono>
#include <string>
#include <vector>

#include "common/ldap/ldap_config.hpp"

/// How a libldap handle is made ready before and after it connects: the parts of Connection that know libldap's
/// options.
namespace entstream::ldap {

bool is_local(const LdapConfig& config);  ///< ldapi://
bool uses_tls(const LdapConfig& config);

timeval to_timeval(std::chrono::milliseconds duration);

/// Throws that the configuration cannot work. \throws LdapError of class config.
[[noreturn]] void refuse(const LdapConfig& config, int result_code, const std::string& why);

/// The servers of LdapConfig::uri, in their order.
std::vector<std::string> servers_of(const LdapConfig& config);

/// Whether the bind is SASL EXTERNAL: nobody is named, and the transport knows who we are.
bool is_external(const LdapConfig& config);

/// Where to connect to before TLS is started: libldap's own way of ldaps:// cannot be ended from outside, nor does it
/// tell a server that is not there from TLS that fails.
struct Endpoint {
    std::string uri;  ///< ldap:// or ldapi://
    std::string host;
    int port = 0;
};
/// \pre LdapConfig::uri names one server.
/// \throws LdapError: not an LDAP URI; ldaps:// and start_tls together.
Endpoint endpoint_of(const LdapConfig& config);

/// Sets everything that /etc/ldap/ldap.conf or the environment could have changed, timeouts and TLS.
/// \throws LdapError: a file of certificates or the key cannot be read.
void set_options(LDAP* handle, const LdapConfig& config);

/// After connecting: a message that comes in part only must not hold up ldap_result() beyond its timeout; and one read
/// per 64 KiB instead of two per message (TLS has a buffer of its own).
void prepare_reading(LDAP* handle);

/// libldap writes to connections that the server has closed. That is to be a result code, not the end of the program:
/// SIGPIPE is ignored in the process, unless somebody handles it.
void ignore_broken_pipes();

}  // namespace entstream::ldap
