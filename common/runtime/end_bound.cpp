#include "common/runtime/end_bound.hpp"

#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace entstream::runtime {

EndBound::EndBound(const StopSignal& signal, std::chrono::milliseconds patience)
    : ended_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (ended_.get() < 0) {
        throw std::system_error(errno, std::generic_category(), "eventfd");
    }
    watcher_ = std::thread([this, &signal, patience] { watch(signal, patience); });
}

EndBound::~EndBound() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(ended_.get(), &one, sizeof one);
    watcher_.join();
}

void EndBound::watch(const StopSignal& signal, std::chrono::milliseconds patience) const {
    constexpr int for_ever = -1;
    std::array<pollfd, 2> waiting = {pollfd{.fd = ended_.get(), .events = POLLIN, .revents = 0},
                                     pollfd{.fd = signal.fd(), .events = POLLIN, .revents = 0}};
    while (::poll(waiting.data(), waiting.size(), for_ever) < 0 && errno == EINTR) {
    }
    if (waiting[0].revents != 0 || ::poll(waiting.data(), 1, static_cast<int>(patience.count())) > 0) {
        return;
    }
    spdlog::warn(
        "told to stop {} ms ago, and still waiting for a server that does not answer: ended without it; the next start "
        "does again what is not committed",
        patience.count());
    spdlog::default_logger()->flush();
    ::_exit(static_cast<int>(ExitCode::ok));
}

}  // namespace entstream::runtime
