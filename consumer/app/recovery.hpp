#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <string>

#include "common/runtime/backoff.hpp"
#include "consumer/app/target.hpp"

namespace entstream::consumer::app {

/// Sleeps; true when the program was told to stop meanwhile.
using WaitOrStop = std::function<bool(std::chrono::milliseconds)>;

/// Sits out what passes: repeats work on the target, or on Kafka, until it succeeds, with growing pauses. One log line
/// when an outage begins, one when its words change, one when it is over.
class Recovery {
  public:
    Recovery(Target& target, WaitOrStop wait, runtime::Backoff backoff = runtime::Backoff(first_pause, longest_pause));

    /// Runs `work` on the target; after a transient or in-doubt failure opens the target again and repeats it.
    /// \returns false: told to stop before it succeeded
    /// \throws what `work` throws that does not pass (merge::Failure fenced, permanent, fatal)
    bool on_target(const std::function<void()>& work);

    /// The same for Kafka: repeats after transient kafka::Errors.
    bool on_kafka(const std::function<void()>& work);

  private:
    static constexpr std::chrono::milliseconds first_pause{100};
    static constexpr std::chrono::milliseconds longest_pause{5000};

    /// \returns false: told to stop
    bool pause_after(const std::string& words);
    void succeeded();

    Target& target_;
    WaitOrStop wait_;
    runtime::Backoff backoff_;
    std::string outage_;  ///< its words; empty: none
};

}  // namespace entstream::consumer::app
