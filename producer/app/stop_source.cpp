#include "producer/app/stop_source.hpp"

namespace entstream::producer::app {

namespace {

using namespace std::chrono_literals;

/// How soon the watcher notices that it is not needed any more.
constexpr auto watch_interval = 100ms;

}  // namespace

StopSource::StopSource(const runtime::StopSignal& signal)
    : watcher_([source = source_, &signal](const std::stop_token& finished) mutable {
          while (!finished.stop_requested()) {
              if (signal.wait(watch_interval)) {
                  source.request_stop();
                  return;
              }
          }
      }) {}

}  // namespace entstream::producer::app
