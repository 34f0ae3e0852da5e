#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "common/runtime/stop_signal.hpp"
#include "consumer/merge/log_plan.hpp"

namespace entstream::consumer::app {

/// While it lives, statements of a plan end when the program is told to stop: what waits for them throws then.
class CancelsAtStop {
  public:
    /// \param planner, stop  must live longer
    CancelsAtStop(merge::LogPlanner& planner, const runtime::StopSignal& stop);
    /// \param wanted  asked ten times a second, by a thread of its own, whether they are to end
    CancelsAtStop(merge::LogPlanner& planner, const std::function<bool()>& wanted);
    ~CancelsAtStop();
    CancelsAtStop(const CancelsAtStop&) = delete;
    CancelsAtStop& operator=(const CancelsAtStop&) = delete;

  private:
    void watch(merge::LogPlanner& planner, const std::function<bool()>& wanted);

    std::mutex mutex_;
    std::condition_variable ended_;
    bool over_ = false;
    std::thread thread_;
};

}  // namespace entstream::consumer::app
