#pragma once

namespace entstream::test {

/// A TCP port of the loopback interface that nobody listens on.
int free_port();

}  // namespace entstream::test
