#pragma once

namespace entstream::test {

/// A TCP port of the loopback interface that nobody listens on, and that no outgoing connection will take.
int free_port();

}  // namespace entstream::test
