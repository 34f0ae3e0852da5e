#pragma once

#include <stop_token>
#include <thread>

#include "common/runtime/stop_signal.hpp"

namespace entstream::producer::app {

/// The stop signal as a std::stop_token: ends what waits for a server.
class StopSource {
  public:
    explicit StopSource(const runtime::StopSignal& signal);

    [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

  private:
    std::stop_source source_;
    std::jthread watcher_;
};

}  // namespace entstream::producer::app
