#include "common/runtime/side_thread.hpp"

#include <utility>

namespace entstream::runtime {

SideThread::SideThread() : thread_([this] { serve(); }) {}

SideThread::~SideThread() {
    {
        const std::lock_guard lock(mutex_);
        over_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

SideThread::Turn SideThread::run(std::function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        work_ = std::move(work);
    }
    changed_.notify_all();
    return Turn(*this);
}

void SideThread::serve() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return over_ || work_; });
        if (!work_) {
            return;
        }
        lock.unlock();
        work_();
        lock.lock();
        work_ = nullptr;
        changed_.notify_all();
    }
}

void SideThread::wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !work_; });
}

}  // namespace entstream::runtime
