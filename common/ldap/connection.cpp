#include "common/ldap/connection.hpp"

#include <algorithm>
#include <csignal>
#include <mutex>
#include <utility>

namespace entstream::ldap {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A waiting thread looks this often whether it is to stop.
constexpr milliseconds stop_check{100};

// A peer that vanished without a word is noticed after idle + probes * interval seconds, or, with data of ours on the
// way, after the TCP_USER_TIMEOUT.
constexpr int keepalive_idle_seconds = 30;
constexpr int keepalive_probes = 3;
constexpr int keepalive_interval_seconds = 10;
constexpr unsigned tcp_user_timeout_ms = 60000;

constexpr ber_len_t read_ahead_octets = 64UL << 10U;

timeval to_timeval(milliseconds duration) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
    return {.tv_sec = seconds.count(), .tv_usec = std::chrono::microseconds(duration - seconds).count()};
}

bool is_local(const LdapConfig& config) {
    return config.uri.starts_with("ldapi:");
}

bool uses_tls(const LdapConfig& config) {
    return config.start_tls || config.uri.starts_with("ldaps:");
}

[[noreturn]] void refuse(const LdapConfig& config, int result_code, const std::string& why) {
    throw LdapError(result_code, "", ErrorClass::config, "LDAP server " + config.uri + ": " + why);
}

void set(LDAP* handle, int option, const void* value, const LdapConfig& config, const char* what) {
    if (ldap_set_option(handle, option, value) != LDAP_OPT_SUCCESS) {
        refuse(config, LDAP_PARAM_ERROR, std::string("cannot set ") + what);
    }
}

void set_tls_options(LDAP* handle, const LdapConfig& config) {
    const int demand = LDAP_OPT_X_TLS_DEMAND;
    set(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand, config, "the check of the server's certificate");
    if (!config.ca_file.empty()) {
        set(handle, LDAP_OPT_X_TLS_CACERTFILE, config.ca_file.c_str(), config, "ldap.ca_file");
    }
    const int as_client = 0;
    set(handle, LDAP_OPT_X_TLS_NEWCTX, &as_client, config,
        config.ca_file.empty()
            ? "up TLS with the system's CA certificates: set ldap.ca_file"
            : ("up TLS: ldap.ca_file " + config.ca_file + " cannot be read as PEM certificates").c_str());
}

// Everything that /etc/ldap/ldap.conf or the environment could have changed is set here.
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
    if (!is_local(config)) {
        set(handle, LDAP_OPT_X_KEEPALIVE_IDLE, &keepalive_idle_seconds, config, "TCP keepalive");
        set(handle, LDAP_OPT_X_KEEPALIVE_PROBES, &keepalive_probes, config, "TCP keepalive");
        set(handle, LDAP_OPT_X_KEEPALIVE_INTERVAL, &keepalive_interval_seconds, config, "TCP keepalive");
        set(handle, LDAP_OPT_TCP_USER_TIMEOUT, &tcp_user_timeout_ms, config, "the TCP user timeout");
    }
    if (uses_tls(config)) {
        set_tls_options(handle, config);
    }
}

std::string option_text(LDAP* handle, int option) {
    char* text = nullptr;
    std::string result;
    if (ldap_get_option(handle, option, &text) == LDAP_OPT_SUCCESS && text != nullptr) {
        result = text;
        ldap_memfree(text);
    }
    return result;
}

int last_result_code(LDAP* handle) {
    int code = LDAP_OTHER;
    ldap_get_option(handle, LDAP_OPT_RESULT_CODE, &code);
    return code;
}

// One read per 64 KiB instead of two per message. TLS has a buffer of its own.
void read_ahead(LDAP* handle) {
    Sockbuf* sockbuf = nullptr;
    if (ldap_tls_inplace(handle) == 0 && ldap_get_option(handle, LDAP_OPT_SOCKBUF, &sockbuf) == LDAP_OPT_SUCCESS &&
        sockbuf != nullptr) {
        ber_len_t size = read_ahead_octets;
        ber_sockbuf_add_io(sockbuf, &ber_sockbuf_io_readahead, LBER_SBIOD_LEVEL_PROVIDER + 5, &size);
    }
}

// libldap writes to connections that the server has closed. That is to be a result code, not the end of the program;
// who has a handler of his own keeps it.
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

std::string binding_as(const LdapConfig& config) {
    return config.bind_dn.empty() ? std::string("binding") : "binding as \"" + config.bind_dn + '"';
}

}  // namespace

Connection::Connection(LdapConfig config, std::stop_token stop) : config_(std::move(config)), stop_(std::move(stop)) {
    if (!config_.bind_dn.empty() && config_.bind_password.empty()) {
        refuse(config_, LDAP_INAPPROPRIATE_AUTH,
               "no password for \"" + config_.bind_dn +
                   "\": the server would take it for an anonymous client; set ldap.bind_password");
    }
    ignore_broken_pipes();
    LDAP* handle = nullptr;
    if (ldap_initialize(&handle, config_.uri.c_str()) != LDAP_SUCCESS) {
        refuse(config_, LDAP_PARAM_ERROR, "this is no LDAP URI: set ldap.uri to ldap://host, ldaps://host or ldapi://");
    }
    handle_.reset(handle);
    set_options(handle, config_);
    if (config_.start_tls) {
        start_tls();
    }
    bind();
    read_ahead(handle);
}

void Connection::start_tls() const {
    int id = -1;
    const int sent = ldap_start_tls(handle(), nullptr, nullptr, &id);
    if (sent != LDAP_SUCCESS) {
        fail(sent, "connecting");
    }
    const MessagePtr answer = receive_or_fail(id, "starting TLS");
    check_result(answer.get(), "starting TLS");
    const int installed = ldap_install_tls(handle());
    if (installed != LDAP_SUCCESS) {
        fail(installed, "starting TLS");
    }
}

void Connection::bind() const {
    const bool external = config_.bind_dn.empty() && is_local(config_);
    std::string password = config_.bind_password;
    // EXTERNAL needs credentials that are empty, not absent.
    berval credentials{.bv_len = external ? 0 : password.size(), .bv_val = password.data()};
    int id = -1;
    // Asynchronous: libldap's synchronous bind waits for ever for a server that accepts and then says nothing.
    const int sent = ldap_sasl_bind(handle(), external ? nullptr : config_.bind_dn.c_str(),
                                    external ? "EXTERNAL" : nullptr, &credentials, nullptr, nullptr, &id);
    if (sent != LDAP_SUCCESS) {
        fail(sent, "connecting");
    }
    const std::string doing = binding_as(config_);
    const MessagePtr answer = receive_or_fail(id, doing);
    check_result(answer.get(), doing);
}

MessagePtr Connection::receive(int id, milliseconds timeout) const {
    const auto deadline = steady_clock::now() + timeout;
    milliseconds left = timeout;
    while (!stop_.stop_requested()) {
        timeval wait = to_timeval(std::clamp(left, milliseconds(0), stop_check));
        LDAPMessage* message = nullptr;
        const int type = ldap_result(handle(), id, LDAP_MSG_ONE, &wait, &message);
        if (type > 0) {
            return MessagePtr(message);
        }
        if (type < 0) {
            fail(last_result_code(handle()), "waiting for an answer");
        }
        left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
        if (left <= milliseconds(0)) {
            break;
        }
    }
    return nullptr;
}

MessagePtr Connection::receive_or_fail(int id, const std::string& doing) const {
    MessagePtr message = receive(id, config_.timeout);
    if (message == nullptr) {
        ldap_abandon_ext(handle(), id, nullptr, nullptr);
        if (stop_.stop_requested()) {
            throw LdapError(LDAP_USER_CANCELLED, "", "LDAP server " + config_.uri + ": stopped while " + doing);
        }
        throw LdapError(LDAP_TIMEOUT, "",
                        "LDAP server " + config_.uri + ": no answer in " + std::to_string(config_.timeout.count()) +
                            " ms while " + doing + ": " + std::string(remedy(LDAP_TIMEOUT)));
    }
    return message;
}

Connection::Result Connection::result_of(LDAPMessage* answer) const {
    Result result;
    char* text = nullptr;
    const int parsed = ldap_parse_result(handle(), answer, &result.code, nullptr, &text, nullptr, nullptr, 0);
    result.diagnostic = text == nullptr ? "" : text;
    ldap_memfree(text);
    if (parsed != LDAP_SUCCESS) {
        fail(parsed, "reading a result");
    }
    return result;
}

void Connection::check_result(LDAPMessage* answer, const std::string& doing) const {
    const Result result = result_of(answer);
    if (result.code != LDAP_SUCCESS) {
        throw error(result.code, result.diagnostic, doing);
    }
}

std::vector<std::vector<std::string>> Connection::read_values(const std::string& dn,
                                                              const std::vector<std::string>& attributes) const {
    const std::string doing = dn.empty() ? std::string("reading the root DSE") : "reading \"" + dn + '"';
    std::vector<std::string> names = attributes;
    std::vector<char*> raw_names;
    raw_names.reserve(names.size() + 1);
    for (std::string& name : names) {
        raw_names.push_back(name.data());
    }
    raw_names.push_back(nullptr);
    int id = -1;
    const int sent = ldap_search_ext(handle(), dn.c_str(), LDAP_SCOPE_BASE, "(objectClass=*)", raw_names.data(), 0,
                                     nullptr, nullptr, nullptr, LDAP_NO_LIMIT, &id);
    if (sent != LDAP_SUCCESS) {
        fail(sent, doing);
    }
    std::vector<std::vector<std::string>> result(attributes.size());
    while (true) {
        const MessagePtr message = receive_or_fail(id, doing);
        if (ldap_msgtype(message.get()) == LDAP_RES_SEARCH_RESULT) {
            check_result(message.get(), doing);
            return result;
        }
        for (std::size_t i = 0; i < attributes.size(); ++i) {
            std::vector<std::string> values = values_of(message.get(), attributes[i]);
            if (!values.empty()) {
                result[i] = std::move(values);
            }
        }
    }
}

std::vector<std::string> Connection::values_of(LDAPMessage* entry, const std::string& attribute) const {
    std::vector<std::string> result;
    if (berval** values = ldap_get_values_len(handle(), entry, attribute.c_str()); values != nullptr) {
        for (berval** value = values; *value != nullptr; ++value) {
            result.emplace_back((*value)->bv_val, (*value)->bv_len);
        }
        ldap_value_free_len(values);
    }
    return result;
}

LdapError Connection::error(int result_code, const std::string& diagnostic, const std::string& doing) const {
    std::string message = "LDAP server " + config_.uri + ": " + ldap_err2string(result_code) + " (result " +
                          std::to_string(result_code) + ") while " + doing;
    if (!diagnostic.empty()) {
        message += ", it says \"" + diagnostic + '"';
    }
    if (const std::string_view advice = remedy(result_code); !advice.empty()) {
        message.append(": ").append(advice);
    }
    return {result_code, diagnostic, message};
}

void Connection::fail(int result_code, const std::string& doing) const {
    throw error(result_code, option_text(handle(), LDAP_OPT_DIAGNOSTIC_MESSAGE), doing);
}

}  // namespace entstream::ldap
