#pragma once

#include <chrono>
#include <csignal>

#include "common/runtime/file_descriptor.hpp"

namespace entstream::runtime {

/// SIGTERM and SIGINT as a question that the program asks: "was I told to stop?". The signals are blocked and stay
/// pending; nothing is interrupted. Make it first thing in main, before any thread (threads inherit what is blocked).
/// Its functions may be called from any thread.
class StopSignal {
  public:
    StopSignal();
    /// Forgets a pending signal and restores what was blocked.
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    [[nodiscard]] bool requested() const;

    /// Sleeps, but not past a stop. \returns requested()
    [[nodiscard]] bool wait(std::chrono::milliseconds duration) const;

    /// For poll(2): readable from the moment of the signal on.
    [[nodiscard]] int fd() const { return descriptor_.get(); }

  private:
    sigset_t former_{};
    FileDescriptor descriptor_;
};

}  // namespace entstream::runtime
