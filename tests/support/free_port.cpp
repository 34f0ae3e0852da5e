#include "tests/support/free_port.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <random>
#include <stdexcept>

namespace entstream::test {

namespace {

// As in deploy/dev/servers/ports.sh: below the kernel's range for outgoing connections, so that none of those takes the
// port of a program that is stopped and comes back.
constexpr int first_port = 20000;
constexpr int last_port = 31999;
constexpr int tries = 200;

bool is_free(int port) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    const bool bound = ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    ::close(descriptor);
    return bound;
}

}  // namespace

int free_port() {
    std::random_device random;
    std::uniform_int_distribution<int> ports(first_port, last_port);
    for (int i = 0; i < tries; ++i) {
        if (const int port = ports(random); is_free(port)) {
            return port;
        }
    }
    throw std::runtime_error("no free port between 20000 and 31999");
}

}  // namespace entstream::test
