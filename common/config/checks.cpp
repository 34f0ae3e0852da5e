#include "common/config/checks.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>
#include <string_view>
#include <utility>

#include "common/ldap/filter.hpp"
#include "common/model/after_image.hpp"

namespace entstream::config {

namespace {

constexpr std::string_view lower_case = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view upper_case = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view digits = "0123456789";

/// Not empty, and made of these characters only.
bool consists_of(std::string_view text, std::initializer_list<std::string_view> sets) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return std::any_of(sets.begin(), sets.end(),
                           [c](std::string_view set) { return set.find(c) != std::string_view::npos; });
    });
}

bool is_port(std::string_view text) {
    int port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && port > 0 && port <= 65535;
}

/// One server.
std::optional<Fault> check_one_ldap_uri(const std::string& value) {
    for (const std::string_view scheme : {"ldap://", "ldaps://", "ldapi://"}) {
        if (value.starts_with(scheme)) {
            const bool complete = scheme == "ldapi://" || value.size() > scheme.size();
            return complete ? std::nullopt
                            : std::optional(Fault{.what = "names no host", .remedy = "write " + value + "host:port"});
        }
    }
    return Fault{.what = "'" + value + "' is not the URI of a directory",
                 .remedy = "write ldap://host:port, ldaps://host:port or ldapi://path"};
}

}  // namespace

std::optional<Fault> check_name(const std::string& value) {
    if (consists_of(value, {lower_case, digits, "-"})) {
        return std::nullopt;
    }
    return Fault{.what = "'" + value + "' cannot be a name here", .remedy = "use lower-case letters, digits and -"};
}

std::optional<Fault> check_ldap_uri(const std::string& value) {
    std::istringstream servers(value);
    for (std::string server; servers >> server;) {
        if (auto fault = check_one_ldap_uri(server)) {
            return fault;
        }
    }
    return value.find_first_not_of(' ') == std::string::npos ? check_one_ldap_uri(value) : std::nullopt;
}

std::optional<Fault> check_listen_address(const std::string& value) {
    const std::size_t colon = value.rfind(':');
    std::string host = value.substr(0, colon);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) {
        host = host.substr(1, host.size() - 2);
    }
    in6_addr address{};
    const std::string port = colon == std::string::npos ? "" : value.substr(colon + 1);
    if (value.empty() ||
        (inet_pton(bracketed ? AF_INET6 : AF_INET, host.c_str(), &address) == 1 && (port == "0" || is_port(port)))) {
        return std::nullopt;
    }
    return Fault{.what = "'" + value + "' is not an address and a port of this machine",
                 .remedy = "write 127.0.0.1:port, 0.0.0.0:port for every address, [::1]:port, or \"\" for none"};
}

std::optional<Fault> check_server_list(const std::string& value) {
    for (std::string_view rest = value;;) {
        const std::string_view server = rest.substr(0, rest.find(','));
        const std::size_t colon = server.rfind(':');
        if (colon == std::string_view::npos || colon == 0 || !is_port(server.substr(colon + 1))) {
            return Fault{.what = "'" + std::string(server) + "' is not a server",
                         .remedy = "write host:port, several of them with commas between"};
        }
        if (server.size() == rest.size()) {
            return std::nullopt;
        }
        rest.remove_prefix(server.size() + 1);
    }
}

std::optional<Fault> check_topic_prefix(const std::string& value) {
    if (consists_of(value, {lower_case, upper_case, digits, "._-"})) {
        return std::nullopt;
    }
    return Fault{.what = "'" + value + "' cannot start the name of a topic",
                 .remedy = "use letters, digits, '.', '_' and '-'"};
}

std::optional<Fault> check_filter(const std::string& value) {
    const auto filter = ldap::Filter::parse(value);
    if (filter) {
        return std::nullopt;
    }
    return Fault{.what = "is not a filter: " + filter.error().to_text(),
                 .remedy = "correct it (RFC 4515), like \"(objectClass=person)\""};
}

std::optional<Fault> check_attribute(const std::string& value) {
    if (value == "*" || value == "+") {
        return Fault{.what = "'" + value + "' would publish whatever the directory holds",
                     .remedy = "name each attribute that the mapping needs"};
    }
    if (same_attribute(value, "userPassword")) {
        return Fault{.what = "userPassword must not leave the directory", .remedy = "remove it"};
    }
    if (!consists_of(value, {lower_case, upper_case, digits, "-_.;"})) {
        return Fault{.what = "'" + value + "' is not the name of an attribute",
                     .remedy = "use its name in the directory's schema"};
    }
    return std::nullopt;
}

std::optional<Fault> check_kafka_property(const std::string& name) {
    constexpr std::array own_keys = {
        std::pair<std::string_view, std::string_view>{"bootstrap.servers", "bootstrap_servers in [kafka]"},
        std::pair<std::string_view, std::string_view>{"metadata.broker.list", "bootstrap_servers in [kafka]"}};
    for (const auto& [property, key] : own_keys) {
        if (name == property) {
            return Fault{.what = "has a key of its own", .remedy = "use " + std::string(key)};
        }
    }
    // What makes a change arrive exactly once, in order.
    constexpr std::array<std::string_view, 15> reserved = {"transactional.id",
                                                           "allow.auto.create.topics",
                                                           "enable.idempotence",
                                                           "acks",
                                                           "request.required.acks",
                                                           "max.in.flight",
                                                           "max.in.flight.requests.per.connection",
                                                           "group.id",
                                                           "group.instance.id",
                                                           "isolation.level",
                                                           "enable.auto.commit",
                                                           "enable.auto.offset.store",
                                                           "auto.offset.reset",
                                                           "auto.commit.enable",
                                                           "enable.partition.eof"};
    if (std::find(reserved.begin(), reserved.end(), name) != reserved.end()) {
        return Fault{.what = "is set by entstream itself, since delivery depends on it", .remedy = "remove it"};
    }
    return std::nullopt;
}

}  // namespace entstream::config
