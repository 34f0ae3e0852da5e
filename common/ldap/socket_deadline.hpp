#pragma once

#include <atomic>
#include <chrono>
#include <stop_token>
#include <thread>

namespace entstream::ldap {

/// How often a wait looks whether it is to stop.
inline constexpr std::chrono::milliseconds stop_check{100};

/// Ends what a library does on a socket, when it takes too long or `stop` is requested, by shutting the socket down.
/// For calls without a timeout of their own: libldap's TLS handshake waits for ever for a server that is silent.
class SocketDeadline {
  public:
    /// \param descriptor  stays open as long as this object lives
    SocketDeadline(int descriptor, std::chrono::milliseconds timeout, std::stop_token stop);

    /// Whether the socket was shut down.
    [[nodiscard]] bool expired() const noexcept { return expired_; }

  private:
    std::atomic<bool> expired_ = false;
    std::jthread thread_;
};

}  // namespace entstream::ldap
