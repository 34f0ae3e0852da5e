#include "common/ldap/socket_deadline.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace entstream::ldap {

namespace {

using std::chrono::steady_clock;

}  // namespace

SocketDeadline::SocketDeadline(int descriptor, std::chrono::milliseconds timeout, std::stop_token stop)
    : thread_([this, descriptor, timeout, outer = std::move(stop)](const std::stop_token& done) {
          const auto deadline = steady_clock::now() + timeout;
          std::mutex mutex;
          std::condition_variable_any over;
          std::unique_lock lock(mutex);
          while (!done.stop_requested() && !outer.stop_requested() && steady_clock::now() < deadline) {
              const auto next_look = std::min(deadline, steady_clock::now() + stop_check);
              over.wait_until(lock, done, next_look, [] { return false; });
          }
          if (!done.stop_requested()) {
              expired_ = true;
              ::shutdown(descriptor, SHUT_RDWR);
          }
      }) {}

}  // namespace entstream::ldap
