#pragma once

#include <chrono>
#include <stdexcept>
#include <stop_token>
#include <string>

#include "common/runtime/file_descriptor.hpp"

namespace entstream::ldap {

/// Why there is no connection. what(): the system's words.
class CannotConnect : public std::runtime_error {
  public:
    enum class Reason { refused, timeout, stopped };
    CannotConnect(Reason reason, const std::string& why) : std::runtime_error(why), reason_(reason) {}

    [[nodiscard]] Reason reason() const noexcept { return reason_; }

  private:
    Reason reason_;
};

/// Connects to `host`, to one of its addresses after the other. libldap's own connect can neither be ended from outside
/// nor share its timeout between the addresses of a host.
/// \param timeout  for all addresses together; what the resolver takes is not in it
/// \param stop     ends the wait within stop_check
/// \returns a socket in blocking mode, with TCP's limits for a peer that vanishes (runtime/tcp_limits.hpp)
/// \throws CannotConnect
runtime::FileDescriptor connect_tcp(const std::string& host, int port, std::chrono::milliseconds timeout,
                                    const std::stop_token& stop);

}  // namespace entstream::ldap
