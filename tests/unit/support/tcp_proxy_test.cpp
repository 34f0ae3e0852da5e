// The failing network of the other tests: each mode does what its description says, and no more.

#include "tests/support/tcp_proxy.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string>

#include "common/runtime/file_descriptor.hpp"

namespace entstream::test {
namespace {

using runtime::FileDescriptor;
using Acks = TcpProxy::Acks;

constexpr int long_enough = 20'000;  // ms; ends a hanging test
constexpr int a_while = 100;         // ms in which nothing may come

sockaddr_in at(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
}

/// A connection's end.
class End {
  public:
    explicit End(int descriptor) : descriptor_(descriptor) {}

    /// \returns 0 or errno
    static int try_connect(int port, int timeout_ms) {
        const FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
        return connect(socket.get(), port, timeout_ms);
    }
    static End to(int port) {
        End end(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
        EXPECT_EQ(connect(end.descriptor_.get(), port, long_enough), 0);
        return end;
    }

    void say(const std::string& text) const {
        EXPECT_EQ(::send(descriptor_.get(), text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
    }
    void end() const { ::shutdown(descriptor_.get(), SHUT_WR); }
    void give_up_after(unsigned milliseconds) const {
        ::setsockopt(descriptor_.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
    }
    /// What comes next: text, "end", "reset", "timeout of TCP" or, when nothing comes, "silence".
    [[nodiscard]] std::string hears(int patience_ms = long_enough) const {
        pollfd ready{.fd = descriptor_.get(), .events = POLLIN, .revents = 0};
        if (::poll(&ready, 1, patience_ms) == 0) {
            return "silence";
        }
        std::array<char, 100> buffer{};
        const auto got = ::recv(descriptor_.get(), buffer.data(), buffer.size(), 0);
        if (got < 0) {
            return errno == ECONNRESET ? "reset" : errno == ETIMEDOUT ? "timeout of TCP" : "another error";
        }
        return got == 0 ? "end" : std::string(buffer.data(), static_cast<std::size_t>(got));
    }

  private:
    static int connect(int socket, int port, int timeout_ms) {
        const auto address = at(port);
        if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
            return 0;
        }
        pollfd ready{.fd = socket, .events = POLLOUT, .revents = 0};
        if (::poll(&ready, 1, timeout_ms) == 0) {
            return ETIMEDOUT;
        }
        int error = 0;
        socklen_t length = sizeof error;
        ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length);
        return error;
    }

    FileDescriptor descriptor_;
};

/// A server whose ends of connections the test holds.
class Server {
  public:
    Server() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        auto address = at(0);
        socklen_t length = sizeof address;
        EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), length), 0);
        EXPECT_EQ(::listen(listener_.get(), 8), 0);
        ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &length);
        port_ = ntohs(address.sin_port);
    }
    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] End accept() const { return End(::accept(listener_.get(), nullptr, nullptr)); }

  private:
    FileDescriptor listener_;
    int port_ = 0;
};

class Proxy : public ::testing::Test {
  protected:
    void expect_works() const {
        const End client = End::to(proxy_.port());
        const End server = server_.accept();
        client.say("question");
        EXPECT_EQ(server.hears(), "question");
        server.say("answer");
        EXPECT_EQ(client.hears(), "answer");
    }

    Server server_;
    TcpProxy proxy_{server_.port()};
};

TEST_F(Proxy, PassesBytesAndEndsInBothDirections) {
    expect_works();
    const End client = End::to(proxy_.port());
    const End server = server_.accept();
    client.say("the last word");
    client.end();
    EXPECT_EQ(server.hears(), "the last word");
    EXPECT_EQ(server.hears(), "end");
    server.say("after the end");
    EXPECT_EQ(client.hears(), "after the end");
    server.end();
    EXPECT_EQ(client.hears(), "end");
}

TEST_F(Proxy, CutResetsWhatIsOpenAndRefusesWhatIsNew) {
    const End client = End::to(proxy_.port());
    const End server = server_.accept();
    proxy_.cut();
    EXPECT_EQ(client.hears(), "reset");
    EXPECT_EQ(server.hears(), "reset");
    EXPECT_EQ(End::try_connect(proxy_.port(), long_enough), ECONNREFUSED);
    proxy_.pass();
    expect_works();
}

TEST_F(Proxy, PassesAgainWhereConnectionsEndedInPeace) {
    {
        const End client = End::to(proxy_.port());
        const End server = server_.accept();
        server.end();  // the proxy's side of the client says goodbye first, and lingers
        EXPECT_EQ(client.hears(), "end");
        client.end();
        EXPECT_EQ(server.hears(), "end");
    }
    proxy_.cut();
    proxy_.pass();
    expect_works();
}

TEST_F(Proxy, BlackHoleSwallowsInBothDirections) {
    const End client = End::to(proxy_.port());
    const End server = server_.accept();
    proxy_.black_hole(Acks::kept);
    client.give_up_after(1);  // TCP itself notices nothing
    client.say("lost");
    server.say("lost");
    EXPECT_EQ(client.hears(a_while), "silence");
    EXPECT_EQ(server.hears(a_while), "silence");
    const End late = End::to(proxy_.port());
    late.say("lost");
    EXPECT_EQ(late.hears(a_while), "silence");
    proxy_.pass();
    expect_works();
    client.say("still lost");
    EXPECT_EQ(server.hears(a_while), "silence");
}

TEST_F(Proxy, PulledCableIsNoticedByTcp) {
    const End impatient = End::to(proxy_.port());
    const End server_of_impatient = server_.accept();
    const End patient = End::to(proxy_.port());
    const End server_of_patient = server_.accept();
    proxy_.black_hole(Acks::lost);
    impatient.give_up_after(a_while);
    impatient.say("lost");
    patient.say("late");
    EXPECT_EQ(impatient.hears(), "timeout of TCP");
    EXPECT_EQ(server_of_impatient.hears(a_while), "silence");
    EXPECT_EQ(End::try_connect(proxy_.port(), a_while), ETIMEDOUT);
    proxy_.pass();
    EXPECT_EQ(server_of_patient.hears(), "late");
    expect_works();
}

TEST_F(Proxy, ServersAreLostWithoutTheClientsHearing) {
    const End client = End::to(proxy_.port());
    const End server = server_.accept();
    proxy_.lose_servers(Acks::kept);
    EXPECT_EQ(server.hears(), "reset");
    client.say("to nobody");
    EXPECT_EQ(client.hears(a_while), "silence");
    expect_works();
}

TEST_F(Proxy, ClientsAreLostWithoutTheServerHearing) {
    const End client = End::to(proxy_.port());
    const End server = server_.accept();
    proxy_.lose_clients(Acks::kept);
    EXPECT_EQ(client.hears(), "reset");
    server.say("to nobody");
    EXPECT_EQ(server.hears(a_while), "silence");
    expect_works();
}

TEST_F(Proxy, LostServerDoesNotAcknowledge) {
    const End client = End::to(proxy_.port());
    const End server = server_.accept();
    proxy_.lose_servers(Acks::lost);
    client.give_up_after(a_while);
    client.say("to nobody");
    EXPECT_EQ(client.hears(), "timeout of TCP");
}

TEST_F(Proxy, DelayHoldsBytesBack) {
    const End client = End::to(proxy_.port());
    const End server = server_.accept();
    const auto delay = std::chrono::milliseconds(3 * a_while);
    proxy_.set_delay(delay);
    const auto sent = std::chrono::steady_clock::now();
    client.say("late");
    EXPECT_EQ(server.hears(), "late");
    EXPECT_GE(std::chrono::steady_clock::now() - sent, delay);
}

TEST_F(Proxy, ServerThatIsDownResetsTheClient) {
    TcpProxy proxy;
    EXPECT_EQ(End::to(proxy.port()).hears(), "reset");
    proxy.set_server(server_.port());
    const End client = End::to(proxy.port());
    client.say("question");
    EXPECT_EQ(server_.accept().hears(), "question");
}

}  // namespace
}  // namespace entstream::test
