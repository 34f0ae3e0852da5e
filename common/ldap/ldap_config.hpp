#pragma once

#include <chrono>
#include <string>

namespace entstream::ldap {

/// How to reach and enter the directory.
struct LdapConfig {
    std::string uri;            ///< ldap://, ldaps:// or ldapi://
    std::string bind_dn;        ///< empty: SASL EXTERNAL (the process's user) over ldapi://, else anonymous
    std::string bind_password;  ///< resolved from the environment or a file; never logged
    bool start_tls = false;
    std::string ca_file;                       ///< PEM; empty: the system's
    std::chrono::milliseconds timeout{10000};  ///< connect, bind and each question outside the stream
};

}  // namespace entstream::ldap
