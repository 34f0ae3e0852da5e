#include "consumer/app/cancels_at_stop.hpp"

#include <chrono>

namespace entstream::consumer::app {

CancelsAtStop::CancelsAtStop(merge::LogPlanner& planner, const runtime::StopSignal& stop)
    : thread_([this, &planner, &stop] {
          constexpr std::chrono::milliseconds pause{100};
          std::unique_lock lock(mutex_);
          while (!over_) {
              lock.unlock();
              if (stop.requested()) {
                  planner.cancel();
              }
              lock.lock();
              ended_.wait_for(lock, pause, [this] { return over_; });
          }
      }) {}

CancelsAtStop::~CancelsAtStop() {
    {
        const std::lock_guard lock(mutex_);
        over_ = true;
    }
    ended_.notify_all();
    thread_.join();
}

}  // namespace entstream::consumer::app
