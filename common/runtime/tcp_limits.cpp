#include "common/runtime/tcp_limits.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace entstream::runtime {

void limit_tcp(int descriptor) {
    const auto set = [descriptor](int level, int option, int value) {
        ::setsockopt(descriptor, level, option, &value, sizeof value);
    };
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
    set(IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(tcp_limits::keepalive_idle.count()));
    set(IPPROTO_TCP, TCP_KEEPINTVL, static_cast<int>(tcp_limits::keepalive_interval.count()));
    set(IPPROTO_TCP, TCP_KEEPCNT, tcp_limits::keepalive_probes);
    set(IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(tcp_limits::unacknowledged.count()));
}

}  // namespace entstream::runtime
