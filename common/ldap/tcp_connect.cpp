#include "common/ldap/tcp_connect.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

#include "common/ldap/socket_deadline.hpp"
#include "common/runtime/tcp_limits.hpp"

namespace entstream::ldap {

namespace {

using runtime::FileDescriptor;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Reason = CannotConnect::Reason;

struct AddressesDeleter {
    void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, AddressesDeleter>;

std::string text_of_errno(int error) {
    return std::generic_category().message(error);
}

Addresses resolve(const std::string& host, int port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG;
    addrinfo* list = nullptr;
    int failed = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
    if (failed == EAI_NONAME || failed == EAI_ADDRFAMILY || failed == EAI_NODATA) {
        // A machine with nothing but loopback has no "configured" addresses.
        hints.ai_flags = AI_NUMERICSERV;
        failed = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
    }
    if (failed != 0) {
        throw CannotConnect(Reason::refused, host + ": " + ::gai_strerror(failed));
    }
    return Addresses(list);
}

/// Until the connect has ended, one way or the other.
void wait_for_end(int descriptor, milliseconds timeout, const std::stop_token& stop) {
    const auto deadline = steady_clock::now() + timeout;
    for (milliseconds left = timeout; left > milliseconds(0);
         left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now())) {
        if (stop.stop_requested()) {
            throw CannotConnect(Reason::stopped, "stopped");
        }
        pollfd waiting{.fd = descriptor, .events = POLLOUT, .revents = 0};
        if (::poll(&waiting, 1, static_cast<int>(std::min(left, stop_check).count())) > 0) {
            return;
        }
    }
    throw CannotConnect(Reason::timeout, "no answer");
}

FileDescriptor connect_to(const addrinfo& address, milliseconds timeout, const std::stop_token& stop) {
    FileDescriptor socket(::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (socket.get() < 0) {
        throw CannotConnect(Reason::refused, text_of_errno(errno));
    }
    runtime::limit_tcp(socket.get());
    if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) != 0) {
        if (errno != EINPROGRESS) {
            throw CannotConnect(Reason::refused, text_of_errno(errno));
        }
        wait_for_end(socket.get(), timeout, stop);
        int error = 0;
        socklen_t size = sizeof error;
        ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0) {
            throw CannotConnect(Reason::refused, text_of_errno(error));
        }
    }
    ::fcntl(socket.get(), F_SETFL, ::fcntl(socket.get(), F_GETFL) & ~O_NONBLOCK);
    return socket;
}

}  // namespace

runtime::FileDescriptor connect_tcp(const std::string& host, int port, milliseconds timeout,
                                    const std::stop_token& stop) {
    const auto deadline = steady_clock::now() + timeout;
    const Addresses addresses = resolve(host, port);
    int left = 0;
    for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
        ++left;
    }
    for (const addrinfo* address = addresses.get();; address = address->ai_next) {
        const auto share = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()) / left;
        try {
            return connect_to(*address, std::max(share, milliseconds(1)), stop);
        } catch (const CannotConnect& error) {
            if (--left == 0 || error.reason() == Reason::stopped) {
                throw;
            }
        }
    }
}

}  // namespace entstream::ldap
