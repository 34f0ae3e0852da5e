#pragma once

#include <chrono>

namespace entstream::runtime {

/// When the kernel gives a connection up whose other side is gone without a word (power cut, dropped by a firewall). A
/// peer whose kernel lives while its program hangs is a matter of the application's own limits. The same for the
/// directory and Kafka (docs/configuration.md, "Connections that break without a word").
namespace tcp_limits {

/// Silence after which the kernel asks for a sign of life ...
inline constexpr std::chrono::seconds keepalive_idle{5};
/// ... and asks again ...
inline constexpr std::chrono::seconds keepalive_interval{3};
/// ... so often: after 14 s in all the connection is broken.
inline constexpr int keepalive_probes = 3;
/// How long sent data may stay unacknowledged.
inline constexpr std::chrono::milliseconds unacknowledged{10000};

}  // namespace tcp_limits

/// Gives a TCP socket these limits, keepalive included. A system that knows one of them not does without it.
void limit_tcp(int descriptor);

}  // namespace entstream::runtime
