#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <random>

namespace entstream::runtime {

/// How long to wait before the next attempt: at random between `first` and three times the last delay, never more than
/// `most` ("decorrelated jitter"), so that many clients of a server that comes back do not return in step.
///
/// Attempts that go well for a while start anew: call reset(). Not thread-safe.
class Backoff {
  public:
    using Milliseconds = std::chrono::milliseconds;
    /// A number in [low, high]; tests inject their own.
    using Random = std::function<std::int64_t(std::int64_t low, std::int64_t high)>;

    Backoff(Milliseconds first, Milliseconds most, Random random = random_device());

    /// The delay before the next attempt. The first one is `first`.
    Milliseconds next();
    void reset() { last_ = Milliseconds::zero(); }

    static Random random_device();

  private:
    Milliseconds first_;
    Milliseconds most_;
    Milliseconds last_{};
    Random random_;
};

}  // namespace entstream::runtime
