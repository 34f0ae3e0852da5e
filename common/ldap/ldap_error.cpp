#include "common/ldap/ldap_error.hpp"

#include <ldap.h>

namespace entstream::ldap {

ErrorClass classify(int result_code) {
    switch (result_code) {
        case LDAP_INVALID_CREDENTIALS:
        case LDAP_INSUFFICIENT_ACCESS:
        case LDAP_STRONG_AUTH_REQUIRED:
        case LDAP_CONFIDENTIALITY_REQUIRED:
        case LDAP_INAPPROPRIATE_AUTH:
        case LDAP_AUTH_METHOD_NOT_SUPPORTED:
        case LDAP_X_PROXY_AUTHZ_FAILURE:
            return ErrorClass::auth;
        case LDAP_FILTER_ERROR:
        case LDAP_PARAM_ERROR:
        case LDAP_PROTOCOL_ERROR:
        case LDAP_TIMELIMIT_EXCEEDED:
        case LDAP_SIZELIMIT_EXCEEDED:
        case LDAP_ADMINLIMIT_EXCEEDED:
        case LDAP_UNAVAILABLE_CRITICAL_EXTENSION:
        case LDAP_REFERRAL:
        case LDAP_NO_SUCH_OBJECT:
        case LDAP_INVALID_DN_SYNTAX:
            return ErrorClass::config;
        default:
            return ErrorClass::transient;
    }
}

std::string_view remedy(int result_code) {
    switch (result_code) {
        case LDAP_SERVER_DOWN:
            return "check that the server runs and that ldap.uri names it (host, port, ldap:// or ldaps://)";
        case LDAP_CONNECT_ERROR:
            return "TLS cannot be set up: check that ldap.ca_file has the CA of the server's certificate, that the "
                   "certificate names the host of ldap.uri, and that the server speaks TLS";
        case LDAP_TIMEOUT:
            return "the server hangs, or a firewall swallows the packets; ldap.timeout is how long we wait";
        case LDAP_INVALID_CREDENTIALS:
            return "wrong password or unknown bind DN: check ldap.bind_dn and ldap.bind_password";
        case LDAP_INSUFFICIENT_ACCESS:
            return "give ldap.bind_dn the right to read this";
        case LDAP_STRONG_AUTH_REQUIRED:
        case LDAP_CONFIDENTIALITY_REQUIRED:
            return "the server wants TLS or another way to bind: use ldaps:// or ldap.start_tls = true";
        case LDAP_INAPPROPRIATE_AUTH:
        case LDAP_AUTH_METHOD_NOT_SUPPORTED:
            return "the server does not allow this way to bind: set ldap.bind_dn and ldap.bind_password";
        case LDAP_TIMELIMIT_EXCEEDED:
        case LDAP_SIZELIMIT_EXCEEDED:
        case LDAP_ADMINLIMIT_EXCEEDED:
            return "the server cuts what ldap.bind_dn may read: lift its limits (OpenLDAP: olcLimits: "
                   "dn.exact=\"<bind DN>\" size=unlimited time=unlimited)";
        case LDAP_UNAVAILABLE_CRITICAL_EXTENSION:
            return "the provider does not offer Content Sync for this database: load OpenLDAP's overlay syncprov "
                   "there (389-ds: enable the Content Synchronization plugin)";
        case LDAP_NO_SUCH_OBJECT:
            return "there is no such entry, or ldap.bind_dn may not see it: check the base";
        case LDAP_INVALID_DN_SYNTAX:
            return "this is not a DN: check the base and ldap.bind_dn";
        case LDAP_FILTER_ERROR:
            return "the filter is malformed (RFC 4515): check its parentheses";
        case LDAP_REFERRAL:
            return "another server holds this part of the directory: let ldap.uri name that one";
        default:
            return {};
    }
}

}  // namespace entstream::ldap
