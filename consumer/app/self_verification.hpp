#pragma once

#include <atomic>
#include <thread>

#include "common/runtime/stop_signal.hpp"
#include "consumer/app/verify_schedule.hpp"
#include "consumer/consumer_config.hpp"
#include "consumer/merge/verifications.hpp"

namespace entstream::consumer::app {

/// Compares the logs with Moodle beside the stream, now and then: on a thread of its own with low priority, a
/// connection of its own and a reader of its own, for `consumer.verify_most` at the longest. It plans a forced replay,
/// of which nothing is done. The result goes to entstream.run and to the log; no failure of it is one of the consumer.
///
/// Not thread-safe.
class SelfVerification {
  public:
    /// \param config, stop  must live longer
    SelfVerification(const ConsumerConfig& config, const runtime::StopSignal& stop);
    /// Waits for a comparison that goes on, which a stop or this ends soon.
    ~SelfVerification();
    SelfVerification(const SelfVerification&) = delete;
    SelfVerification& operator=(const SelfVerification&) = delete;

    /// Whether one is to begin now. Costs nothing.
    [[nodiscard]] bool is_due() const;
    /// Begins one. \pre is_due(); the sources are applied up to the ends of their logs
    void begin();
    /// When another one ended, as the database says: the next one counts from there.
    void ended_before(VerifySchedule::Time time);

  private:
    void run();
    [[nodiscard]] merge::Verification compare();

    const ConsumerConfig& config_;
    const runtime::StopSignal& stop_;
    VerifySchedule schedule_;
    VerifySchedule::Time next_{};
    std::atomic<bool> over_ = false;     ///< the program does not want it any more
    std::atomic<bool> running_ = false;  ///< the thread is at work
    std::thread thread_;
};

}  // namespace entstream::consumer::app
