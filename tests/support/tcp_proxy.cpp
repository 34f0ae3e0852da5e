#include "tests/support/tcp_proxy.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <deque>
#include <list>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace entstream::test {

namespace network {

using Clock = std::chrono::steady_clock;

constexpr std::size_t most_pending = 1U << 20U;  // bytes in one direction, then the sender waits
constexpr std::size_t chunk_bytes = 1U << 16U;
constexpr int backlog = 64;
constexpr int most_attempts = 10;

/// A socket that is closed once.
class Socket {
  public:
    explicit Socket(int descriptor = -1) : descriptor_(descriptor) {}
    ~Socket() { close(); }
    Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    Socket& operator=(Socket&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    [[nodiscard]] int get() const { return descriptor_; }
    [[nodiscard]] bool open() const { return descriptor_ >= 0; }
    void close() {
        if (open()) {
            ::close(std::exchange(descriptor_, -1));
        }
    }
    void reset() {
        const linger at_once{.l_onoff = 1, .l_linger = 0};
        if (open()) {
            ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
            close();
        }
    }
    /// Whatever arrives is dropped before the kernel's TCP sees it, or not any more.
    void drop_packets(bool drop) const {
        sock_filter nothing{.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = 0};
        const sock_fprog program{.len = 1, .filter = &nothing};
        const int unused = 0;
        if (open() && drop) {
            ::setsockopt(descriptor_, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
        } else if (open()) {
            ::setsockopt(descriptor_, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused);
        }
    }

  private:
    int descriptor_;
};

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
}

Socket new_socket() {
    return Socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

/// Not open when the port is taken.
Socket bound_socket(int port) {
    Socket socket = new_socket();
    // Connections of before that are not forgotten yet do not keep the port from listening again.
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const auto address = loopback(port);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        socket.close();
    }
    return socket;
}

int port_of(const Socket& socket) {
    sockaddr_in address{};
    socklen_t length = sizeof address;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length);
    return ntohs(address.sin_port);
}

void no_batching(const Socket& socket) {
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/// One side of a connection, with what is on its way to it.
struct Side {
    struct Chunk {
        Clock::time_point due;
        std::string bytes;
    };
    Socket socket;
    std::deque<Chunk> pending;
    std::size_t pending_bytes = 0;
    bool said_end = false;  ///< sends nothing more
    bool told_end = false;  ///< was told that the other sends nothing more

    [[nodiscard]] bool due() const { return !pending.empty() && pending.front().due <= Clock::now(); }
};

enum class State {
    passing,
    unplugged,  ///< waits for the cable
    silent,     ///< what arrives is thrown away, and the end of a side is told to nobody
    deaf,       ///< silent, and the kernels get no answer either
};

struct Connection {
    Side client;
    Side server;
    bool connecting = true;
    State state = State::passing;

    [[nodiscard]] bool gone() const { return !client.socket.open() && !server.socket.open(); }
    void drop_packets(bool drop) const {
        client.socket.drop_packets(drop);
        server.socket.drop_packets(drop);
    }
    void reset() {
        client.socket.reset();
        server.socket.reset();
    }
};

}  // namespace network

using namespace network;

class TcpProxy::Network {
  public:
    explicit Network(int server_port) : server_port_(server_port), wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
        // Only a port that was asked for by number outlives the times without a listener.
        for (int attempt = 0; !listener_.open() && attempt < most_attempts; ++attempt) {
            port_ = port_of(bound_socket(0));
            listener_ = bound_socket(port_);
        }
        if (::listen(listener_.get(), backlog) != 0) {
            throw std::system_error(errno, std::generic_category(), "proxy: no free loopback port");
        }
        thread_ = std::thread([this] { run(); });
    }
    ~Network() {
        ended_ = true;
        wake();
        thread_.join();
        for (Connection& connection : connections_) {
            connection.reset();
        }
    }
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    [[nodiscard]] int port() const { return port_; }

    /// Runs `change` while the thread looks away, and lets the thread look again.
    template <typename Change>
    void change(const Change& change) {
        {
            const std::lock_guard lock(mutex_);
            change(*this);
            std::erase_if(connections_, [](const Connection& connection) { return connection.gone(); });
        }
        wake();
    }
    [[nodiscard]] std::size_t connections() {
        const std::lock_guard lock(mutex_);
        return connections_.size();
    }

    void listen(bool on) {
        if (on && !listening_ && ::listen(listener_.get(), backlog) != 0) {
            throw std::system_error(errno, std::generic_category(), "proxy: cannot listen again");
        }
        if (!on && listening_) {
            ::shutdown(listener_.get(), SHUT_RD);  // keeps the port
        }
        listening_ = on;
    }
    void open_all_ways() {
        listen(true);
        swallows_new_ = false;
        listener_.drop_packets(false);
        for (Connection& connection : connections_) {
            if (connection.state == State::unplugged) {
                connection.drop_packets(false);
                connection.state = State::passing;
            }
        }
    }
    void reset_all() {
        for (Connection& connection : connections_) {
            connection.reset();
        }
    }
    void swallow(Acks acks) {
        swallows_new_ = acks == Acks::kept;
        listener_.drop_packets(acks == Acks::lost);
        for (Connection& connection : connections_) {
            if (connection.state == State::passing && acks == Acks::lost) {
                connection.drop_packets(true);
                connection.state = State::unplugged;
            } else if (connection.state == State::passing) {
                connection.state = State::silent;
            }
        }
    }
    void lose(Side Connection::*side, Acks acks) {
        for (Connection& connection : connections_) {
            if (connection.state == State::passing) {
                (connection.*side).socket.reset();
                connection.state = acks == Acks::lost ? State::deaf : State::silent;
                connection.drop_packets(acks == Acks::lost);
            }
        }
    }
    void set_server(int port) { server_port_ = port; }
    void set_delay(std::chrono::milliseconds delay) { delay_ = delay; }

  private:
    void wake() const {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
    }

    void run() {
        std::vector<pollfd> polled;
        while (!ended_) {
            int patience = -1;
            {
                const std::lock_guard lock(mutex_);
                polled = {{.fd = wake_.get(), .events = POLLIN, .revents = 0}};
                if (listening_) {
                    polled.push_back({.fd = listener_.get(), .events = POLLIN, .revents = 0});
                }
                for (const Connection& connection : connections_) {
                    add_to_poll(connection, polled, patience);
                }
            }
            ::poll(polled.data(), polled.size(), patience);
            std::uint64_t count = 0;
            [[maybe_unused]] const auto read = ::read(wake_.get(), &count, sizeof count);
            const std::lock_guard lock(mutex_);
            accept_new();
            for (Connection& connection : connections_) {
                move(connection);
            }
            std::erase_if(connections_, [](const Connection& connection) { return connection.gone(); });
        }
    }

    static void add_to_poll(const Connection& connection, std::vector<pollfd>& polled, int& patience) {
        if (connection.state == State::unplugged || connection.state == State::deaf) {
            return;
        }
        const bool passing = connection.state == State::passing;
        for (const auto& [side, other] :
             {std::pair(&connection.client, &connection.server), std::pair(&connection.server, &connection.client)}) {
            unsigned events = 0;
            if (!side->said_end && (!passing || other->pending_bytes < most_pending)) {
                events |= POLLIN;
            }
            if (passing && (side->due() || (connection.connecting && side == &connection.server))) {
                events |= POLLOUT;
            } else if (passing && !side->pending.empty()) {
                const auto left =
                    std::chrono::ceil<std::chrono::milliseconds>(side->pending.front().due - Clock::now());
                const int wait = std::max(0, static_cast<int>(left.count()));
                patience = patience < 0 ? wait : std::min(patience, wait);
            }
            if (side->socket.open() && events != 0) {
                polled.push_back({.fd = side->socket.get(), .events = static_cast<short>(events), .revents = 0});
            }
        }
    }

    void accept_new() {
        while (listening_) {
            Socket client(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
            if (!client.open()) {
                return;
            }
            no_batching(client);
            Connection connection;
            if (!swallows_new_) {
                connection.server.socket = new_socket();
                no_batching(connection.server.socket);
                const auto address = loopback(server_port_);
                if (::connect(connection.server.socket.get(), reinterpret_cast<const sockaddr*>(&address),
                              sizeof address) != 0 &&
                    errno != EINPROGRESS) {
                    client.reset();
                    continue;
                }
            } else {
                connection.state = State::silent;
            }
            connection.client.socket = std::move(client);
            connections_.push_back(std::move(connection));
        }
    }

    void move(Connection& connection) {
        if (connection.state == State::silent) {
            throw_away(connection.client);
            throw_away(connection.server);
        } else if (connection.state == State::passing) {
            connection.connecting = connection.connecting && !is_connected(connection);
            const bool alive = receive(connection.client, connection.server) &&
                               receive(connection.server, connection.client) &&
                               (connection.connecting || send(connection.client, connection.server)) &&
                               send(connection.server, connection.client);
            if (!alive) {
                connection.reset();
            } else if (connection.client.told_end && connection.server.told_end) {
                connection.client.socket.close();
                connection.server.socket.close();
            }
        }
    }

    static bool is_connected(Connection& connection) {
        pollfd ready{.fd = connection.server.socket.get(), .events = POLLOUT, .revents = 0};
        return ::poll(&ready, 1, 0) > 0;  // also when it failed: then the next call says why
    }

    static void throw_away(Side& side) {
        std::array<char, chunk_bytes> buffer{};
        while (side.socket.open()) {
            const auto got = ::recv(side.socket.get(), buffer.data(), buffer.size(), 0);
            if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
                return;
            }
            if (got <= 0) {
                side.socket.close();
            }
        }
    }

    /// \returns false: the connection was reset
    bool receive(Side& from, Side& to) const {
        std::array<char, chunk_bytes> buffer{};
        while (!from.said_end && to.pending_bytes < most_pending) {
            const auto got = ::recv(from.socket.get(), buffer.data(), buffer.size(), 0);
            if (got < 0) {
                return errno == EAGAIN || errno == EINTR || errno == ENOTCONN;
            }
            if (got == 0) {
                from.said_end = true;
            } else {
                to.pending.push_back(
                    {Clock::now() + delay_, std::string(buffer.data(), static_cast<std::size_t>(got))});
                to.pending_bytes += static_cast<std::size_t>(got);
            }
        }
        return true;
    }

    /// Sends to `to` what has come from `from`. \returns false: the connection was reset
    static bool send(const Side& from, Side& to) {
        while (to.due()) {
            std::string& bytes = to.pending.front().bytes;
            const auto sent = ::send(to.socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent < 0) {
                return errno == EAGAIN || errno == EINTR;
            }
            to.pending_bytes -= static_cast<std::size_t>(sent);
            bytes.erase(0, static_cast<std::size_t>(sent));
            if (bytes.empty()) {
                to.pending.pop_front();
            }
        }
        if (from.said_end && to.pending.empty() && !to.told_end) {
            to.told_end = true;
            ::shutdown(to.socket.get(), SHUT_WR);
        }
        return true;
    }

    std::mutex mutex_;
    int server_port_;
    Socket wake_;
    Socket listener_;
    int port_ = 0;
    bool listening_ = true;
    bool swallows_new_ = false;
    std::chrono::milliseconds delay_{0};
    std::list<Connection> connections_;
    std::atomic<bool> ended_ = false;
    std::thread thread_;
};

TcpProxy::TcpProxy(int server_port) : network_(std::make_unique<Network>(server_port)) {}
TcpProxy::~TcpProxy() = default;

int TcpProxy::port() const {
    return network_->port();
}
std::size_t TcpProxy::connections() const {
    return network_->connections();
}
void TcpProxy::set_server(int port) {
    network_->change([port](Network& network) { network.set_server(port); });
}
void TcpProxy::pass() {
    network_->change([](Network& network) { network.open_all_ways(); });
}
void TcpProxy::cut() {
    network_->change([](Network& network) {
        network.open_all_ways();
        network.listen(false);
        network.reset_all();
    });
}
void TcpProxy::black_hole(Acks acks) {
    network_->change([acks](Network& network) {
        network.listen(true);
        network.swallow(acks);
    });
}
void TcpProxy::lose_servers(Acks acks) {
    network_->change([acks](Network& network) { network.lose(&Connection::server, acks); });
}
void TcpProxy::lose_clients(Acks acks) {
    network_->change([acks](Network& network) { network.lose(&Connection::client, acks); });
}
void TcpProxy::set_delay(std::chrono::milliseconds delay) {
    network_->change([delay](Network& network) { network.set_delay(delay); });
}

}  // namespace entstream::test
