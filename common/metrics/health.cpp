#include "common/metrics/health.hpp"

#include <utility>

namespace entstream::metrics {

Health::Health(Metrics& metrics, std::chrono::milliseconds patience)
    : patience_(patience),
      program_(metrics.program()),
      last_sign_(Clock::now().time_since_epoch()),
      since_(std::chrono::system_clock::now()),
      collection_(metrics.at_scrape([this](Samples& samples) {
          const Report now = report();
          for (std::size_t i = 0; i < states; ++i) {
              const auto state = static_cast<State>(i);
              samples.gauge<Id::state>(state == now.state ? 1 : 0, program_, state);
          }
          samples.gauge<Id::state_since>(seconds_of(now.since), program_);
      })) {}

void Health::enter(State state, std::string reason) {
    alive();
    const std::lock_guard lock(mutex_);
    if (state != state_) {
        state_ = state;
        since_ = std::chrono::system_clock::now();
    }
    reason_ = std::move(reason);
}

Health::Wait Health::wait_for(State state, std::string reason) {
    {
        const std::lock_guard lock(mutex_);
        waiting_ = {.state = state, .reason = std::move(reason), .since = std::chrono::system_clock::now()};
    }
    return Wait(*this);
}

Health::Wait::~Wait() {
    health_.alive();
    const std::lock_guard lock(health_.mutex_);
    health_.waiting_.reset();
}

Health::Report Health::report() const {
    const auto since_sign = Clock::now().time_since_epoch() - last_sign_.load(std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    const bool waits = waiting_ && std::chrono::system_clock::now() - waiting_->since > moment;
    const State state = waits ? waiting_->state : state_;
    return {.alive = since_sign < patience_,
            .ready = state == State::running,
            .state = state,
            .reason = waits ? waiting_->reason : reason_,
            .since = waits ? waiting_->since : since_,
            .since_sign = std::chrono::duration_cast<std::chrono::milliseconds>(since_sign)};
}

}  // namespace entstream::metrics
