#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <vector>

#include "producer/sync/messages.hpp"

namespace entstream::producer::sync {

/// Octets that a message holds in memory, nearly.
std::size_t memory_of(const Message& message);
std::size_t memory_of(const EntryMessage& message);

/// Messages on their way from the thread that reads the wire to the one that publishes. The bound is in octets, and the
/// writer's to respect: a message that has been read must not be lost. Thread-safe, one writer and one reader.
class MessageQueue {
  public:
    explicit MessageQueue(std::size_t most_octets) : most_octets_(most_octets) {}

    /// Appends the messages and leaves `messages` empty.
    void push_all(std::vector<Message>& messages);

    [[nodiscard]] bool empty() const;
    /// Whether the bound is reached.
    [[nodiscard]] bool full() const;

    struct Fill {
        std::size_t messages = 0;
        std::size_t octets = 0;
    };
    [[nodiscard]] Fill fill() const;

    /// Waits until the queue is no longer full, closed, or the time is over.
    void wait_for_room(std::chrono::milliseconds timeout);

    /// Up to `most` messages, in order; waits up to `timeout` for the first. Empty when there is none, or closed.
    std::vector<Message> pop_all(std::size_t most, std::chrono::milliseconds timeout);

    /// Drops what is there and wakes both sides for good.
    void close();

  private:
    const std::size_t most_octets_;
    mutable std::mutex mutex_;
    std::condition_variable filled_;
    std::condition_variable emptied_;
    struct Waiting {
        Message message;
        std::size_t octets{};
    };
    std::deque<Waiting> messages_;
    std::size_t octets_ = 0;
    bool closed_ = false;
};

}  // namespace entstream::producer::sync
