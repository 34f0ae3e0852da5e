#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

namespace entstream::test {

/// A network between a client and a server on this machine that can be made to fail: a TCP proxy on a free loopback
/// port, served by a thread of its own until it is destroyed (which resets all its connections).
///
///     TcpProxy link(server_port);               // the client is told link.port()
///     link.black_hole(TcpProxy::Acks::kept);
///
/// What it keeps of a real network: order and flow control, half-closed connections, resets, and that nobody is told of
/// a loss unless the mode says so. What it does not keep:
/// - A client of a server that is down sees its connection accepted and then reset, not refused.
/// - Loopback: no loss of single packets, no MTU, hardly any time of travel (set_delay() adds some).
/// - With Acks::kept both kernels go on answering each other (data and keepalive probes are acknowledged), as with a
///   peer whose process hangs: only limits of the application notice. With Acks::lost the proxy's sockets drop every
///   packet before the kernel sees it, as when a cable is pulled: keepalive and TCP_USER_TIMEOUT notice too, and new
///   connections get no answer to their SYN.
///
/// All functions return when the new mode is in force. Thread-safe.
class TcpProxy {
  public:
    enum class Acks {
        kept,  ///< a peer that hangs
        lost,  ///< a peer or cable that is gone
    };

    /// \param server_port  of the loopback server; 0: set_server() tells it later, until then clients are reset
    /// \throws std::system_error
    explicit TcpProxy(int server_port = 0);
    ~TcpProxy();
    TcpProxy(const TcpProxy&) = delete;
    TcpProxy& operator=(const TcpProxy&) = delete;

    void set_server(int port);
    /// Where clients connect; stays the same in all modes.
    [[nodiscard]] int port() const;
    /// Connections that have an open side.
    [[nodiscard]] std::size_t connections() const;

    /// Everything works, from now on. A connection that was silent with Acks::lost goes on where it was, as after a
    /// cable is put back; one that had its bytes swallowed, or lost a side, stays as it is: open, silent and useless.
    void pass();
    /// Existing connections are reset on both sides, new ones refused, until pass().
    void cut();
    /// Existing connections stay open, and nothing passes in either direction, until pass(). New connections are
    /// accepted (Acks::kept) or hang (Acks::lost).
    void black_hole(Acks acks);
    /// The server's sides of the existing connections are reset; the clients hear nothing of it. New connections pass.
    void lose_servers(Acks acks);
    /// The clients' sides of the existing connections are reset; the server hears nothing of it. New connections pass.
    void lose_clients(Acks acks);
    /// What arrives from now on waits so long before it is passed on. New connections are made at once.
    void set_delay(std::chrono::milliseconds delay);

  private:
    class Network;
    std::unique_ptr<Network> network_;
};

}  // namespace entstream::test
