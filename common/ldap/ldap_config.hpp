#pragma once

#include <chrono>
#include <string>

namespace entstream::ldap {

/// How to reach and enter the directory.
struct LdapConfig {
    std::string uri;      ///< ldap://, ldaps:// or ldapi://; several with spaces between, tried in this order
    std::string bind_dn;  ///< empty: SASL EXTERNAL (the process's user over ldapi://, or cert_file), else anonymous
    std::string bind_password;  ///< resolved from the environment or a file; never logged
    bool start_tls = false;
    std::string ca_file;                       ///< PEM; empty: the system's
    std::string cert_file;                     ///< certificate that we show to the server, PEM; empty: none
    std::string key_file;                      ///< its private key, PEM, without a password
    std::chrono::milliseconds timeout{10000};  ///< connect, bind and each question outside the stream
};

}  // namespace entstream::ldap
