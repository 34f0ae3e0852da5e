#pragma once

#include <chrono>
#include <thread>

#include "common/runtime/exit_code.hpp"
#include "common/runtime/file_descriptor.hpp"
#include "common/runtime/stop_signal.hpp"

namespace entstream::runtime {

/// Ends the process, with status ok and a warning, when it still lives `patience` after it was told to stop: a call
/// into a library can wait for a server, or for a name to be resolved, and nothing wakes it. Nothing is lost by it:
/// what is not committed is done again by the next start, as after a SIGKILL. While the program can end by itself, it
/// does.
class EndBound {
  public:
    /// How long a program may take to end: with the time it needs to say so, less than five seconds.
    static constexpr std::chrono::milliseconds usual_patience{4000};

    /// \param signal  outlives this object
    /// \throws std::system_error
    EndBound(const StopSignal& signal, std::chrono::milliseconds patience);
    /// The program has ended by itself.
    ~EndBound();
    EndBound(const EndBound&) = delete;
    EndBound& operator=(const EndBound&) = delete;

  private:
    void watch(const StopSignal& signal, std::chrono::milliseconds patience) const;

    FileDescriptor ended_;  ///< readable once the program has ended
    std::thread watcher_;
};

}  // namespace entstream::runtime
