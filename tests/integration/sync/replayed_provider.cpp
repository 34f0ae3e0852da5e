#include "tests/integration/sync/replayed_provider.hpp"

#include <arpa/inet.h>
#include <lber.h>
#include <ldap.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <utility>

namespace entstream::test {

namespace {

struct BerDeleter {
    void operator()(BerElement* element) const noexcept { ber_free(element, 1); }
};
using BerPtr = std::unique_ptr<BerElement, BerDeleter>;

// Writes one value of BER with liblber's format letters.
template <typename... Arguments>
std::string ber(const char* format, Arguments... arguments) {
    const BerPtr element(ber_alloc_t(LBER_USE_DER));
    berval flat{};
    if (ber_printf(element.get(), format, arguments...) < 0 || ber_flatten2(element.get(), &flat, 0) < 0) {
        throw std::logic_error(std::string("cannot write ") + format);
    }
    return {flat.bv_val, flat.bv_len};
}

constexpr ber_tag_t controls_tag = LDAP_TAG_CONTROLS;

std::string with_control(std::string operation, const char* oid, const std::string& value) {
    if (value.empty()) {
        return operation;
    }
    return operation + ber("t{{so}}", controls_tag, oid, value.data(), static_cast<ber_len_t>(value.size()));
}

std::string result(ber_tag_t tag, int code) {
    return ber("t{ess}", tag, code, "", "");
}

std::string entry(const std::string& dn, const std::vector<std::pair<std::string, std::string>>& attributes) {
    std::string list;
    for (const auto& [name, value] : attributes) {
        list += ber("{s[s]}", name.c_str(), value.c_str());
    }
    // The list is BER already: written as an OCTET STRING under the tag of SEQUENCE.
    return ber("t{sto}", static_cast<ber_tag_t>(LDAP_RES_SEARCH_ENTRY), dn.c_str(),
               static_cast<ber_tag_t>(LBER_SEQUENCE), list.data(), static_cast<ber_len_t>(list.size()));
}

// An LDAPMessage around an operation (and controls) that is BER already.
std::string message(int id, const std::string& operation) {
    const std::string content = ber("i", id) + operation;
    return ber("to", static_cast<ber_tag_t>(LBER_SEQUENCE), content.data(), static_cast<ber_len_t>(content.size()));
}

// One LDAPMessage from the connection; empty at its end.
std::string read_message(int connection) {
    std::string octets;
    const auto read_some = [&](std::size_t count) {
        const std::size_t start = octets.size();
        octets.resize(start + count);
        for (std::size_t done = 0; done < count;) {
            const ssize_t got = ::recv(connection, octets.data() + start + done, count - done, 0);
            if (got <= 0) {
                return false;
            }
            done += static_cast<std::size_t>(got);
        }
        return true;
    };
    if (!read_some(2)) {
        return {};
    }
    std::size_t length = static_cast<unsigned char>(octets[1]);
    if (length >= 0x80) {  // long form: the low bits say how many octets of length follow
        const std::size_t count = length - 0x80;
        if (!read_some(count)) {
            return {};
        }
        length = 0;
        for (std::size_t i = 0; i < count; ++i) {
            length = length * 256 + static_cast<unsigned char>(octets[2 + i]);
        }
    }
    return read_some(length) ? octets : std::string{};
}

struct Request {
    int id = 0;
    ber_tag_t operation = 0;
    std::string base;
    std::string sync_control;
};

Request parse(std::string octets) {
    Request request;
    berval value{.bv_len = octets.size(), .bv_val = octets.data()};
    const BerPtr element(ber_init(&value));
    ber_len_t length = 0;
    ber_scanf(element.get(), "{i", &request.id);
    request.operation = ber_peek_tag(element.get(), &length);
    if (request.operation == LDAP_REQ_SEARCH) {
        berval base{};
        ber_scanf(element.get(), "{m", &base);
        request.base.assign(base.bv_val, base.bv_len);
        // The Sync Request Control stands at the end of the message; its value follows its OID and criticality.
        const std::size_t oid = octets.find(LDAP_CONTROL_SYNC);
        if (oid != std::string::npos) {
            constexpr std::size_t criticality = 3;
            constexpr std::size_t header = 2;
            request.sync_control = octets.substr(oid + std::string(LDAP_CONTROL_SYNC).size() + criticality + header);
        }
    }
    return request;
}

}  // namespace

std::string tlv(int tag, const std::string& content) {
    return std::string{static_cast<char>(tag), static_cast<char>(content.size())} + content;
}

std::string flag(int tag, bool value) {
    return tlv(tag, std::string(1, value ? '\x01' : '\0'));
}

std::string state_value(producer::sync::EntryState state, const Uuid& uuid, const std::optional<std::string>& cookie) {
    return tlv(0x30, tlv(0x0a, std::string(1, static_cast<char>(state))) + tlv(0x04, uuid.to_bytes()) +
                         (cookie ? tlv(0x04, *cookie) : ""));
}

std::string entry_message(const std::string& uid, const std::string& state_value) {
    return with_control(entry("uid=" + uid + ",ou=people,dc=fr", {{"uid", uid}}), LDAP_CONTROL_SYNC_STATE, state_value);
}

std::string info_message(const std::string& value) {
    return ber("t{tsto}", static_cast<ber_tag_t>(LDAP_RES_INTERMEDIATE), static_cast<ber_tag_t>(LDAP_TAG_IM_RES_OID),
               LDAP_SYNC_INFO, static_cast<ber_tag_t>(LDAP_TAG_IM_RES_VALUE), value.data(),
               static_cast<ber_len_t>(value.size()));
}

std::string done_message(int code, const std::string& done_value) {
    return with_control(result(LDAP_RES_SEARCH_RESULT, code), LDAP_CONTROL_SYNC_DONE, done_value);
}

std::string reference_message() {
    return ber("t{s}", static_cast<ber_tag_t>(LDAP_RES_SEARCH_REFERENCE), "ldap://elsewhere/dc=fr");
}

ReplayedProvider::ReplayedProvider(Script script, std::string root_class)
    : root_class_(std::move(root_class)), scripts_{std::move(script)} {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 || ::listen(listener_, 1) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
        throw std::runtime_error("no free port");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { serve(); });
}

ReplayedProvider::~ReplayedProvider() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
}

std::string ReplayedProvider::uri() const {
    return "ldap://127.0.0.1:" + std::to_string(port_);
}

void ReplayedProvider::then(Script script) {
    const std::scoped_lock lock(mutex_);
    scripts_.push_back(std::move(script));
}

std::string ReplayedProvider::request() const {
    const std::scoped_lock lock(mutex_);
    return requests_.empty() ? "" : requests_.back();
}

std::vector<std::string> ReplayedProvider::requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
}

void ReplayedProvider::serve() {
    for (int connection = ::accept(listener_, nullptr, nullptr); connection >= 0;
         connection = ::accept(listener_, nullptr, nullptr)) {
        serve(connection);
        ::close(connection);
    }
}

void ReplayedProvider::serve(int connection) {
    silent_ = false;
    for (std::string octets = read_message(connection); !octets.empty(); octets = read_message(connection)) {
        const std::string reply = answer(octets);
        ::send(connection, reply.data(), reply.size(), MSG_NOSIGNAL);
    }
}

std::string ReplayedProvider::answer(const std::string& octets) {
    if (silent_) {
        return {};
    }
    const Request request = parse(octets);
    if (request.operation == LDAP_REQ_BIND) {
        return message(request.id, result(LDAP_RES_BIND, LDAP_SUCCESS));
    }
    if (request.operation != LDAP_REQ_SEARCH) {
        return {};
    }
    if (!request.sync_control.empty()) {
        Script script;
        {
            const std::scoped_lock lock(mutex_);
            requests_.push_back(request.sync_control);
            if (!scripts_.empty()) {
                script = std::move(scripts_.front());
                scripts_.pop_front();
            }
        }
        std::string replies;
        for (const std::string& operation : script) {
            silent_ = operation == cut;
            const std::string next = message(request.id, operation);
            replies += silent_ ? next.substr(0, next.size() - 1) : next;
        }
        return replies;
    }
    std::string reply;
    if (request.base.empty()) {
        reply = entry(
            "", {{"supportedControl", LDAP_CONTROL_SYNC}, {"namingContexts", "dc=fr"}, {"objectClass", root_class_}});
    } else {
        reply = entry(request.base, {{"entryUUID", "0f8fad5b-d9cb-469f-a165-70867728950e"}});
    }
    return message(request.id, reply) + message(request.id, result(LDAP_RES_SEARCH_RESULT, LDAP_SUCCESS));
}

}  // namespace entstream::test
