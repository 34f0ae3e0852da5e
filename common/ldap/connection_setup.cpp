#include "common/ldap/connection_setup.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iterator>
#include <memory>
#include <mutex>
#include <sstream>
#include <system_error>

#include "common/ldap/ldap_error.hpp"

namespace entstream::ldap {

namespace {

using std::chrono::milliseconds;

constexpr ber_len_t read_ahead_octets = 64UL << 10U;

// Debian's, made by its package ca-certificates.
constexpr const char* system_ca_file = "/etc/ssl/certs/ca-certificates.crt";

bool is_ldaps(const LdapConfig& config) {
    return config.uri.starts_with("ldaps:");
}

void set(LDAP* handle, int option, const void* value, const LdapConfig& config, const char* what) {
    if (ldap_set_option(handle, option, value) != LDAP_OPT_SUCCESS) {
        refuse(config, LDAP_PARAM_ERROR, std::string("cannot set ") + what);
    }
}

void check_readable(const LdapConfig& config, const std::string& file, const char* what, const char* key) {
    if (::access(file.c_str(), R_OK) != 0) {
        refuse(config, LDAP_PARAM_ERROR,
               file + " cannot be read as " + what + " (" + std::generic_category().message(errno) + "): check ldap." +
                   key);
    }
}

void set_client_certificate(LDAP* handle, const LdapConfig& config) {
    check_readable(config, config.cert_file, "our certificate", "cert_file");
    check_readable(config, config.key_file, "the key of our certificate", "key_file");
    set(handle, LDAP_OPT_X_TLS_CERTFILE, config.cert_file.c_str(), config, "our certificate");
    set(handle, LDAP_OPT_X_TLS_KEYFILE, config.key_file.c_str(), config, "the key of our certificate");
}

void set_tls_options(LDAP* handle, const LdapConfig& config) {
    const int demand = LDAP_OPT_X_TLS_DEMAND;
    set(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand, config, "the check of the server's certificate");
    const std::string ca_file = config.ca_file.empty() ? system_ca_file : config.ca_file;
    check_readable(config, ca_file, "CA certificates", "ca_file");
    set(handle, LDAP_OPT_X_TLS_CACERTFILE, ca_file.c_str(), config, "the file of CA certificates");
    const int as_client = 0;
    // Once without ours, so that the file that is no PEM can be named.
    if (ldap_set_option(handle, LDAP_OPT_X_TLS_NEWCTX, &as_client) != LDAP_OPT_SUCCESS) {
        refuse(config, LDAP_PARAM_ERROR, ca_file + " cannot be read as CA certificates in PEM: check ldap.ca_file");
    }
    if (config.cert_file.empty()) {
        return;
    }
    set_client_certificate(handle, config);
    if (ldap_set_option(handle, LDAP_OPT_X_TLS_NEWCTX, &as_client) != LDAP_OPT_SUCCESS) {
        refuse(config, LDAP_PARAM_ERROR,
               config.cert_file + " and " + config.key_file +
                   " are no certificate in PEM with its key (without a password): check ldap.cert_file and "
                   "ldap.key_file");
    }
}

}  // namespace

bool is_local(const LdapConfig& config) {
    return config.uri.starts_with("ldapi:");
}

bool uses_tls(const LdapConfig& config) {
    return config.start_tls || is_ldaps(config);
}

timeval to_timeval(milliseconds duration) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
    return {.tv_sec = seconds.count(), .tv_usec = std::chrono::microseconds(duration - seconds).count()};
}

[[noreturn]] void refuse(const LdapConfig& config, int result_code, const std::string& why) {
    throw LdapError(result_code, "", ErrorClass::config, "LDAP server " + config.uri + ": " + why);
}

std::vector<std::string> servers_of(const LdapConfig& config) {
    std::istringstream words(config.uri);
    std::vector<std::string> servers{std::istream_iterator<std::string>(words), {}};
    if (servers.empty()) {
        servers.emplace_back();  // refused like anything else that is no URI
    }
    return servers;
}

bool is_external(const LdapConfig& config) {
    return config.bind_dn.empty() && (is_local(config) || !config.cert_file.empty());
}

Endpoint endpoint_of(const LdapConfig& config) {
    constexpr const char* no_uri = "this is no LDAP URI: set ldap.uri to ldap://host, ldaps://host or ldapi://";
    LDAPURLDesc* parsed = nullptr;
    if (ldap_is_ldap_url(config.uri.c_str()) == 0 || ldap_url_parse(config.uri.c_str(), &parsed) != LDAP_URL_SUCCESS) {
        refuse(config, LDAP_PARAM_ERROR, no_uri);
    }
    const std::unique_ptr<LDAPURLDesc, void (*)(LDAPURLDesc*)> parts(parsed, &ldap_free_urldesc);
    if (is_local(config)) {
        return {.uri = config.uri, .host = {}};
    }
    if (is_ldaps(config) && config.start_tls) {
        refuse(config, LDAP_PARAM_ERROR, "ldaps:// is TLS from the start: remove ldap.start_tls, or use ldap://");
    }
    const bool has_host = parts->lud_host != nullptr && *parts->lud_host != '\0';
    const std::string host = has_host ? parts->lud_host : "localhost";
    const bool is_ipv6 = host.find(':') != std::string::npos;
    return {.uri = "ldap://" + (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(parts->lud_port),
            .host = host,
            .port = parts->lud_port};
}

void set_options(LDAP* handle, const LdapConfig& config) {
    const int version = LDAP_VERSION3;
    set(handle, LDAP_OPT_PROTOCOL_VERSION, &version, config, "the protocol version");
    set(handle, LDAP_OPT_REFERRALS, LDAP_OPT_OFF, config, "referrals off");
    set(handle, LDAP_OPT_RESTART, LDAP_OPT_ON, config, "restart after signals");
    const int never = LDAP_DEREF_NEVER;
    set(handle, LDAP_OPT_DEREF, &never, config, "alias dereferencing off");
    const int no_limit = LDAP_NO_LIMIT;
    set(handle, LDAP_OPT_SIZELIMIT, &no_limit, config, "the size limit");
    set(handle, LDAP_OPT_TIMELIMIT, &no_limit, config, "the time limit");
    const timeval timeout = to_timeval(config.timeout);
    set(handle, LDAP_OPT_NETWORK_TIMEOUT, &timeout, config, "the network timeout");
    set(handle, LDAP_OPT_TIMEOUT, &timeout, config, "the timeout");
    if (uses_tls(config)) {
        set_tls_options(handle, config);
    }
}

void prepare_reading(LDAP* handle) {
    Sockbuf* sockbuf = nullptr;
    if (ldap_get_option(handle, LDAP_OPT_SOCKBUF, &sockbuf) != LDAP_OPT_SUCCESS || sockbuf == nullptr) {
        return;
    }
    int yes = 1;
    ber_sockbuf_ctrl(sockbuf, LBER_SB_OPT_SET_NONBLOCK, &yes);
    if (ldap_tls_inplace(handle) == 0) {
        ber_len_t size = read_ahead_octets;
        ber_sockbuf_add_io(sockbuf, &ber_sockbuf_io_readahead, LBER_SBIOD_LEVEL_PROVIDER + 5, &size);
    }
}

void ignore_broken_pipes() {
    static std::once_flag once;
    std::call_once(once, [] {
        struct sigaction current {};
        if (sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL) {
            current.sa_handler = SIG_IGN;
            sigaction(SIGPIPE, &current, nullptr);
        }
    });
}

}  // namespace entstream::ldap
