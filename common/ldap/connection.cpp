#include "common/ldap/connection.hpp"

#include <openldap.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "common/ldap/connection_setup.hpp"
#include "common/ldap/socket_deadline.hpp"
#include "common/ldap/tcp_connect.hpp"

namespace entstream::ldap {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

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

std::string binding_as(const LdapConfig& config) {
    if (is_external(config)) {
        return is_local(config) ? "binding as the user of this process" : "binding with the certificate ldap.cert_file";
    }
    return config.bind_dn.empty() ? "binding" : "binding as \"" + config.bind_dn + '"';
}

}  // namespace

Connection::Connection(LdapConfig config, std::stop_token stop) : config_(std::move(config)), stop_(std::move(stop)) {
    if (!config_.bind_dn.empty() && config_.bind_password.empty()) {
        refuse(config_, LDAP_INAPPROPRIATE_AUTH,
               "no password for \"" + config_.bind_dn +
                   "\": the server would take it for an anonymous client; set ldap.bind_password");
    }
    ignore_broken_pipes();
    const std::vector<std::string> servers = servers_of(config_);
    std::string failures;
    for (std::size_t i = 0; i < servers.size(); ++i) {
        config_.uri = servers[i];
        try {
            open();
            return;
        } catch (const LdapError& error) {
            handle_.reset();
            const bool is_last = i + 1 == servers.size();
            if (error.error_class() != ErrorClass::transient || stop_.stop_requested() ||
                (is_last && failures.empty())) {
                throw;
            }
            if (is_last) {
                throw LdapError(error.result_code(), error.diagnostic(), error.error_class(), failures + error.what());
            }
            spdlog::warn("{}; trying the next server of ldap.uri", error.what());
            failures += std::string(error.what()) + "; ";
        }
    }
}

void Connection::open() {
    connect();
    if (config_.start_tls) {
        ask_for_tls();
    }
    if (uses_tls(config_)) {
        start_tls();
    }
    bind();
    prepare_reading(handle());
}

void Connection::connect() {
    constexpr const char* doing = "connecting";
    const Endpoint endpoint = endpoint_of(config_);
    LDAP* handle = nullptr;
    if (is_local(config_)) {
        if (ldap_initialize(&handle, endpoint.uri.c_str()) != LDAP_SUCCESS) {
            refuse(config_, LDAP_PARAM_ERROR, "libldap does not understand this URI: check ldap.uri");
        }
        handle_.reset(handle);
        set_options(handle, config_);
        if (const int connected = ldap_connect(handle); connected != LDAP_SUCCESS) {
            fail(connected, doing);
        }
        return;
    }
    try {
        runtime::FileDescriptor socket = connect_tcp(endpoint.host, endpoint.port, config_.timeout, stop_);
        if (ldap_init_fd(socket.get(), LDAP_PROTO_TCP, endpoint.uri.c_str(), &handle) != LDAP_SUCCESS) {
            refuse(config_, LDAP_PARAM_ERROR, "libldap does not understand this URI: check ldap.uri");
        }
        static_cast<void>(socket.release());
    } catch (const CannotConnect& reason) {
        if (reason.reason() == CannotConnect::Reason::refused) {
            throw error(LDAP_SERVER_DOWN, reason.what(), doing);
        }
        fail_without_answer(doing);
    }
    handle_.reset(handle);
    set_options(handle, config_);
}

void Connection::ask_for_tls() const {
    int id = -1;
    const int sent = ldap_start_tls(handle(), nullptr, nullptr, &id);
    if (sent != LDAP_SUCCESS) {
        fail(sent, "asking for TLS");
    }
    const MessagePtr answer = receive_or_fail(id, "asking for TLS");
    check_result(answer.get(), "asking for TLS");
}

void Connection::start_tls() const {
    constexpr const char* doing = "starting TLS";
    // With a timeout of its own, libldap's handshake over GnuTLS asks a silent server again and again, for ever.
    ldap_set_option(handle(), LDAP_OPT_NETWORK_TIMEOUT, nullptr);
    int descriptor = -1;
    ldap_get_option(handle(), LDAP_OPT_DESC, &descriptor);
    const SocketDeadline deadline(descriptor, config_.timeout, stop_);
    const int started = ldap_install_tls(handle());
    if (started == LDAP_SUCCESS && !deadline.expired()) {
        return;
    }
    if (deadline.expired()) {
        fail_without_answer(doing);
    }
    // What libldap has to say of a certificate that does not verify, because GnuTLS itself saw no error.
    constexpr const char* no_gnutls_error = "(unknown error code)";
    if (option_text(handle(), LDAP_OPT_DIAGNOSTIC_MESSAGE) != no_gnutls_error) {
        fail(started, doing);
    }
    refuse(config_, started,
           "its certificate is refused: check that ldap.ca_file has the CA that signed it, that it names the host of "
           "ldap.uri, and that it is in date");
}

void Connection::bind() const {
    const bool external = is_external(config_);
    std::string password = config_.bind_password;
    // EXTERNAL needs credentials that are empty, not absent.
    berval credentials{.bv_len = external ? 0 : password.size(), .bv_val = password.data()};
    int id = -1;
    // Asynchronous: libldap's synchronous bind waits for ever for a server that accepts and then says nothing.
    const int sent = ldap_sasl_bind(handle(), external ? nullptr : config_.bind_dn.c_str(),
                                    external ? "EXTERNAL" : nullptr, &credentials, nullptr, nullptr, &id);
    const std::string doing = binding_as(config_);
    MessagePtr answer;
    try {
        if (sent != LDAP_SUCCESS) {
            fail(sent, doing);
        }
        answer = receive_or_fail(id, doing);
    } catch (const LdapError& lost) {
        // In TLS 1.3 the handshake is over for us before the server has looked at our certificate.
        if (lost.result_code() != LDAP_SERVER_DOWN || !uses_tls(config_)) {
            throw;
        }
        refuse(
            config_, LDAP_CONNECT_ERROR,
            config_.cert_file.empty()
                ? "it closes the connection after TLS was set up: it may want a certificate of ours: set "
                  "ldap.cert_file and ldap.key_file"
                : "it closes the connection after TLS was set up: it may refuse our certificate: check that it trusts "
                  "the CA that signed ldap.cert_file");
    }
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
        fail_without_answer(doing);
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

void Connection::fail_without_answer(const std::string& doing) const {
    if (stop_.stop_requested()) {
        throw LdapError(LDAP_USER_CANCELLED, "", "LDAP server " + config_.uri + ": stopped while " + doing);
    }
    throw LdapError(LDAP_TIMEOUT, "",
                    "LDAP server " + config_.uri + ": no answer in " + std::to_string(config_.timeout.count()) +
                        " ms while " + doing + ": " + std::string(remedy(LDAP_TIMEOUT)));
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
