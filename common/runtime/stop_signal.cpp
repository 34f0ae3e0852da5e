#include "common/runtime/stop_signal.hpp"

#include <poll.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>

namespace entstream::runtime {

StopSignal::StopSignal() {
    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGINT);
    if (const int error = pthread_sigmask(SIG_BLOCK, &stops, &former_); error != 0) {
        throw std::system_error(error, std::generic_category(), "pthread_sigmask");
    }
    descriptor_ = FileDescriptor(::signalfd(-1, &stops, SFD_NONBLOCK | SFD_CLOEXEC));
    if (descriptor_.get() < 0) {
        throw std::system_error(errno, std::generic_category(), "signalfd");
    }
}

StopSignal::~StopSignal() {
    signalfd_siginfo ignored{};
    while (::read(descriptor_.get(), &ignored, sizeof ignored) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &former_, nullptr);
}

bool StopSignal::requested() const {
    return wait(std::chrono::milliseconds(0));
}

bool StopSignal::wait(std::chrono::milliseconds duration) const {
    // Nobody reads the descriptor, so that it stays readable: the answer does not change any more.
    pollfd waiting{.fd = descriptor_.get(), .events = POLLIN, .revents = 0};
    constexpr std::int64_t longest = std::numeric_limits<int>::max();
    return ::poll(&waiting, 1, static_cast<int>(std::clamp<std::int64_t>(duration.count(), 0, longest))) > 0;
}

}  // namespace entstream::runtime
