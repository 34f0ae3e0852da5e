#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "producer/producer_config.hpp"
#include "producer/sync/message_queue.hpp"
#include "producer/sync/messages.hpp"
#include "producer/sync/provider_state.hpp"

namespace entstream::producer::sync {

class Session;

/// One connection to the provider, read by a thread of its own: the provider never waits for the publisher.
///
/// Life: connect(), look at what it returns, start(), pop_all() until a DisconnectedMessage comes; then nothing more
/// comes. Build a new one (with backoff) to go on from the stored cookies.
///
///     SyncReader reader(config);
///     const ProviderState provider = reader.connect();
///     reader.start(cookies_that_fit(provider));
///     for (;;) for (Message& message : reader.pop_all(4000, 100ms)) ...
///
/// Order: the searches are opened containers first, then users, then groups, then roles; each when the refresh of the
/// one before is done; all stay open in persist. Messages come in the order of the wire. Probes begin when the first
/// search is open.
///
/// Back-pressure: messages wait in a queue of ProducerConfig::queue_bytes. While a search is in refresh, a full queue
/// makes the reader wait. When all are in persist it ends the session (DisconnectedMessage::queue_full): the provider
/// would otherwise queue for us in its memory.
///
/// A SearchResultDone is passed on and ends the session: a DisconnectedMessage follows it.
///
/// Threads: connect(), start() and pop_all() belong to one thread; stop() may be called from any.
class SyncReader {
  public:
    /// Does not connect yet. `config` is copied.
    explicit SyncReader(const ProducerConfig& config);
    SyncReader(const SyncReader&) = delete;
    SyncReader& operator=(const SyncReader&) = delete;
    /// Stops and joins.
    ~SyncReader();

    /// Connects, binds and looks at the provider: it must announce the sync control, and the bases must exist in one
    /// naming context.
    /// \throws ldap::LdapError.
    ProviderState connect();

    /// Starts reading. `cookies`: by position in ProducerConfig::searches, nullopt for a cookie-less refresh.
    /// \pre connect() has returned; called once.
    void start(std::vector<std::optional<std::string>> cookies);

    /// Up to `most` messages; waits up to `timeout` for the first and returns what is there then. Empty when nothing
    /// came.
    std::vector<Message> pop_all(std::size_t most, std::chrono::milliseconds timeout);

    /// What waits to be popped. From any thread.
    [[nodiscard]] MessageQueue::Fill waiting() const { return queue_->fill(); }

    /// Ends the session within 200 ms, also inside connect() once the TCP connection stands. Messages not popped yet
    /// are dropped; pop_all() returns at once.
    void stop();

  private:
    void run(const std::vector<std::optional<std::string>>& cookies);

    ProducerConfig config_;
    std::unique_ptr<MessageQueue> queue_;
    std::unique_ptr<Session> session_;
    std::stop_source stop_;
    std::jthread thread_;
};

}  // namespace entstream::producer::sync
