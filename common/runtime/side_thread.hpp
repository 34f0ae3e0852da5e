#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace entstream::runtime {

/// A thread that does one piece of work at a time beside its owner. What the owner did before run() is seen by the
/// work, and what the work did is seen by the owner once the Turn is over.
class SideThread {
  public:
    SideThread();
    ~SideThread();
    SideThread(const SideThread&) = delete;
    SideThread& operator=(const SideThread&) = delete;

    /// Its end waits for the end of the work.
    class Turn {
      public:
        explicit Turn(SideThread& thread) : thread_(thread) {}
        ~Turn() { thread_.wait(); }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

      private:
        SideThread& thread_;
    };

    /// Begins the work. \pre no Turn lives \param work  must not throw
    [[nodiscard]] Turn run(std::function<void()> work);

  private:
    void serve();
    void wait();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::function<void()> work_;  ///< empty: none
    bool over_ = false;
    std::thread thread_;  ///< last: it uses the others
};

}  // namespace entstream::runtime
