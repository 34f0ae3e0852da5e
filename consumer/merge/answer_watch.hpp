#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "consumer/merge/refused_connection.hpp"

namespace entstream::consumer::merge {

/// Notices that work on a connection waits for an answer that will not come: the server hangs, or the network swallows
/// what is sent (a peer that is gone is noticed by TCP itself). A long statement looks the same from here, so a second
/// connection asks, once work takes longer than a few seconds, whether the server still answers and whether our session
/// is at work there. When not, the socket is shut down, which the waiting call sees as a broken connection: within 15
/// s.
///
/// begin() and the end of its result belong to one thread; the watching is done by a thread of its own.
class AnswerWatch {
  public:
    explicit AnswerWatch(ConnectionParameters parameters);
    ~AnswerWatch();
    AnswerWatch(const AnswerWatch&) = delete;
    AnswerWatch& operator=(const AnswerWatch&) = delete;

    /// Work is watched for as long as this lives.
    class Watched {
      public:
        explicit Watched(AnswerWatch& watch) : watch_(watch) {}
        ~Watched() { watch_.end(); }
        Watched(const Watched&) = delete;
        Watched& operator=(const Watched&) = delete;

      private:
        AnswerWatch& watch_;
    };

    /// \param socket   of the connection at work
    /// \param backend  the server's process for it; 0: unknown (a pooler is between us), then only whether the server
    ///                 answers is asked
    [[nodiscard]] Watched begin(int socket, int backend);

  private:
    void end();
    void watch();
    /// \pre the mutex is held by `lock`
    void watch_one(std::unique_lock<std::mutex>& lock);

    ConnectionParameters parameters_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t turn_ = 0;  ///< counts begins
    int socket_ = -1;         ///< -1: nothing is at work
    int backend_ = 0;
    std::atomic<bool> ends_{false};
    std::thread thread_;
};

}  // namespace entstream::consumer::merge
