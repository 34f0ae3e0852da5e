#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "common/metrics/metrics.hpp"

namespace entstream::metrics {

/// How a program is: the answer to /healthz and /readyz, and entstream_state. Thread-safe.
class Health {
  public:
    /// How long the main loop may be busy with one thing before the program is taken for hung. Larger than any wait
    /// for a server that ends by itself.
    static constexpr std::chrono::milliseconds usual_patience{300000};
    /// What a Wait may take without being one.
    static constexpr std::chrono::milliseconds moment{3000};

    explicit Health(Metrics& metrics, std::chrono::milliseconds patience = usual_patience);

    /// The main loop's sign of life; costs next to nothing.
    void alive() { last_sign_.store(Clock::now().time_since_epoch(), std::memory_order_relaxed); }
    /// What the program does, or waits for, from now on. A sign of life, too. \param reason  for an operator: what is
    /// waited for and why, no personal data; empty: the state says it all
    void enter(State state, std::string reason = {});

    /// A call that may have to wait for a server: if it takes longer than a moment, the program is in that state for as
    /// long as this lives. One at a time.
    class Wait;
    [[nodiscard]] Wait wait_for(State state, std::string reason);

    struct Report {
        bool alive = false;  ///< the main loop has moved lately
        bool ready = false;  ///< running
        State state{};
        std::string reason;
        std::chrono::system_clock::time_point since;
        std::chrono::milliseconds since_sign{};  ///< since the last sign of life
    };
    [[nodiscard]] Report report() const;

  private:
    using Clock = std::chrono::steady_clock;

    std::chrono::milliseconds patience_;
    Program program_;
    std::atomic<Clock::duration> last_sign_;
    mutable std::mutex mutex_;  ///< of what follows
    State state_ = State::starting;
    std::string reason_;
    std::chrono::system_clock::time_point since_;
    struct Waiting {
        State state{};
        std::string reason;
        std::chrono::system_clock::time_point since;
    };
    std::optional<Waiting> waiting_;
    Metrics::Collection collection_;  ///< last: it uses the others
};

class Health::Wait {
  public:
    explicit Wait(Health& health) : health_(health) {}
    ~Wait();
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

  private:
    Health& health_;
};

}  // namespace entstream::metrics
