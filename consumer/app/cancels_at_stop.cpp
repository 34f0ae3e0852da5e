#include "consumer/app/cancels_at_stop.hpp"

#include <chrono>

namespace entstream::consumer::app {

CancelsAtStop::CancelsAtStop(merge::LogPlanner& planner, const runtime::StopSignal& stop)
    : CancelsAtStop(planner, [&stop] { return stop.requested(); }) {}

CancelsAtStop::CancelsAtStop(merge::LogPlanner& planner, const std::function<bool()>& wanted)
    : thread_([this, &planner, wanted] { watch(planner, wanted); }) {}

CancelsAtStop::~CancelsAtStop() {
    {
        const std::lock_guard lock(mutex_);
        over_ = true;
    }
    ended_.notify_all();
    thread_.join();
}

void CancelsAtStop::watch(merge::LogPlanner& planner, const std::function<bool()>& wanted) {
    constexpr std::chrono::milliseconds pause{100};
    std::unique_lock lock(mutex_);
    while (!over_) {
        lock.unlock();
        if (wanted()) {
            planner.cancel();
        }
        lock.lock();
        ended_.wait_for(lock, pause, [this] { return over_; });
    }
}

}  // namespace entstream::consumer::app
