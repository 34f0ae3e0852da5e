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

/// Learns of outages, for metrics. Not called but by the thread that recovers.
class OutageWatch {
  public:
    OutageWatch() = default;
    OutageWatch(const OutageWatch&) = delete;
    OutageWatch& operator=(const OutageWatch&) = delete;
    virtual ~OutageWatch() = default;

    enum class Server { database, kafka };
    /// An attempt has failed, and will be repeated. \param words  without personal data
    virtual void failed(Server server, const std::exception_ptr& error, const std::string& words) = 0;
    /// The database was opened again.
    virtual void reopened() = 0;
    /// An outage is over.
    virtual void over() = 0;
};

/// Sits out what passes: repeats work on the target, or on Kafka, until it succeeds, with growing pauses. One log line
/// when an outage begins, one when its words change, one when it is over.
class Recovery {
  public:
    /// \param watch  nullptr: nobody wants to know; must live longer
    Recovery(Target& target, WaitOrStop wait, runtime::Backoff backoff = usual_backoff(), OutageWatch* watch = nullptr);

    static runtime::Backoff usual_backoff() { return {first_pause, longest_pause}; }

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
    bool pause_after(OutageWatch::Server server, const std::string& words);
    void succeeded();

    Target& target_;
    WaitOrStop wait_;
    runtime::Backoff backoff_;
    OutageWatch* watch_;
    std::string outage_;  ///< its words; empty: none
};

}  // namespace entstream::consumer::app
