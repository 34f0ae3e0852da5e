#pragma once

#include <cstddef>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include "producer/producer_config.hpp"
#include "producer/sync/message_queue.hpp"
#include "producer/sync/messages.hpp"

namespace entstream::producer::sync {

/// Reads whole searches once, on a connection and a thread of its own, beside the stream.
///
/// By ordinary searches (as SideReader asks): they show what the stream's bind DN may see now, and unlike a sync search
/// they leave nothing behind on the provider that would queue changes for us. Searches follow each other, users first,
/// then groups, then roles.
///
/// Messages: the EntryMessages of a search, then its DoneMessage (success); a DisconnectedMessage ends it early, and
/// says that what came so far is a part only. They wait in a queue of bounded size; while it is full, the provider is
/// not read.
///
/// pop_all() belongs to one thread.
class FullReader {
  public:
    /// Begins to read. `config` is copied. \param searches  positions in ProducerConfig::searches
    FullReader(ProducerConfig config, std::vector<std::size_t> searches, std::size_t most_octets);
    FullReader(const FullReader&) = delete;
    FullReader& operator=(const FullReader&) = delete;
    /// Stops within 200 ms, and joins.
    ~FullReader();

    /// Up to `most` messages; does not wait.
    std::vector<Message> pop_all(std::size_t most) { return queue_.pop_all(most, std::chrono::milliseconds(0)); }

  private:
    void run(const std::stop_token& stop);

    ProducerConfig config_;
    std::vector<std::size_t> searches_;
    MessageQueue queue_;
    std::jthread thread_;
};

}  // namespace entstream::producer::sync
