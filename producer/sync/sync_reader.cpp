#include "producer/sync/sync_reader.hpp"

#include <ldap.h>
#include <pthread.h>

#include <algorithm>
#include <csignal>
#include <numeric>
#include <thread>
#include <utility>

#include "producer/sync/message_queue.hpp"
#include "producer/sync/session.hpp"

namespace entstream::producer::sync {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// The thread looks this often whether it is to stop or to ask a probe.
constexpr milliseconds tick{100};

// Messages that have already arrived are handed over together, up to this many octets: waking the publisher for each
// one costs more than parsing it.
constexpr std::size_t most_batch_octets = 64UL << 10U;

// While the publisher has work in a refresh, messages are waited for this long before looking at it again.
constexpr milliseconds gathering{2};

// A slapd that gives up a search (result 4096: its base was renamed) sends the result while it holds locks that the end
// of our connection takes in another order: to close at once can hang the whole server (seen with 2.5.13).
constexpr milliseconds settling{150};

// Positions of the searches: containers first, so that nothing moves unseen while the others are read; then users, then
// groups, then roles. Only OpenLDAP is asked for containers: what 389-ds finds no index for meets its limits.
std::vector<std::size_t> order_of(const std::vector<SearchConfig>& searches, ProviderKind provider) {
    std::vector<std::size_t> order(searches.size());
    std::iota(order.begin(), order.end(), 0);
    if (provider != ProviderKind::openldap) {
        std::erase_if(order, [&searches](std::size_t index) { return searches[index].watch; });
    }
    std::stable_sort(order.begin(), order.end(), [&searches](std::size_t left, std::size_t right) {
        return std::pair(!searches[left].watch, searches[left].kind) <
               std::pair(!searches[right].watch, searches[right].kind);
    });
    return order;
}

// Signals are the main thread's business.
void block_signals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

// The work of the reading thread: lives as long as the session.
class Stream {
  public:
    Stream(const ProducerConfig& config, const std::vector<std::optional<std::string>>& cookies, Session& session,
           MessageQueue& queue)
        : config_(config),
          cookies_(cookies),
          session_(session),
          queue_(queue),
          most_batch_octets_(std::min(most_batch_octets, config.queue_bytes / 16)),
          order_(order_of(config.searches, session.provider().kind)),
          heard_(steady_clock::now()) {}

    // Hands over every message, the end of the session last. Returns when the connection may be closed.
    void follow(const std::stop_token& stop) {
        follow_to_end(stop);
        if (given_up_) {
            std::this_thread::sleep_for(settling);
        }
    }

  private:
    void follow_to_end(const std::stop_token& stop) {
        std::optional<DisconnectedMessage> end;
        try {
            end = read(stop);
        } catch (const ldap::LdapError& error) {
            end = DisconnectedMessage{.why = error.what(), .error_class = error.error_class()};
        }
        if (end) {
            batch_.emplace_back(std::move(*end));
        }
        hand_over();
    }

    // \returns why the session is over; nullopt: stopped.
    std::optional<DisconnectedMessage> read(const std::stop_token& stop) {
        open_next();
        while (!stop.stop_requested()) {
            if (queue_.full()) {
                if (!refreshing_) {
                    return too_slow();
                }
                queue_.wait_for_room(tick);
                heard_ = steady_clock::now();
                continue;
            }
            if (std::optional<DisconnectedMessage> silent = keep_asking()) {
                return silent;
            }
            // In a refresh, a publisher that has work is left alone: few messages at a time are dear to hand over.
            const bool may_gather = refreshing_ && !batch_.empty() && !queue_.empty();
            std::optional<Message> message = session_.next(batch_.empty() ? tick
                                                           : may_gather   ? gathering
                                                                          : milliseconds(0));
            if (!message) {
                if (!may_gather) {
                    hand_over();
                }
                continue;
            }
            heard_ = steady_clock::now();
            if (std::optional<DisconnectedMessage> end = handle(std::move(*message))) {
                return end;
            }
        }
        return std::nullopt;
    }

    static DisconnectedMessage too_slow() {
        return {.why =
                    "the publisher is slower than the LDAP server: the connection is given up, so that changes wait "
                    "in the server's log and not in its memory",
                .error_class = ldap::ErrorClass::transient,
                .queue_full = true};
    }

    void hand_over() {
        queue_.push_all(batch_);
        batch_octets_ = 0;
    }

    void open_next() {
        refreshing_ = opened_ < order_.size();
        if (refreshing_) {
            const std::size_t index = order_[opened_++];
            session_.start_search(index, cookies_.at(index));
        }
    }

    std::optional<DisconnectedMessage> handle(Message message) {
        if (auto* const disconnected = std::get_if<DisconnectedMessage>(&message)) {
            return std::move(*disconnected);
        }
        const auto* const refresh = std::get_if<RefreshMessage>(&message);
        const bool opens = refresh != nullptr && refresh->done && refresh->search == order_[opened_ - 1];
        const auto* const done = std::get_if<DoneMessage>(&message);
        std::optional<DisconnectedMessage> end =
            done == nullptr ? std::nullopt : std::optional(session_.ended_by(*done));
        given_up_ = given_up_ || (done != nullptr && done->result_code == LDAP_SYNC_REFRESH_REQUIRED);
        batch_octets_ += memory_of(message);
        batch_.push_back(std::move(message));
        if (batch_octets_ >= most_batch_octets_) {
            hand_over();
        }
        if (opens) {
            open_next();
        }
        return end;
    }

    // Asks for contextCSN when it is time. \returns the end of the session when the server has been silent too long.
    std::optional<DisconnectedMessage> keep_asking() {
        const auto now = steady_clock::now();
        if (session_.probe_under_way()) {
            if (now - std::max(asked_, heard_) < config_.ldap.timeout) {
                return std::nullopt;
            }
            return DisconnectedMessage{.why = "LDAP server " + session_.provider().uri + ": silent for " +
                                              std::to_string(config_.ldap.timeout.count()) +
                                              " ms, also when asked for contextCSN: it hangs, or the network does"};
        }
        if (now - asked_ >= config_.probe_interval) {
            session_.ask_probe();
            asked_ = now;
        }
        return std::nullopt;
    }

    const ProducerConfig& config_;
    const std::vector<std::optional<std::string>>& cookies_;
    Session& session_;
    MessageQueue& queue_;
    std::vector<Message> batch_;
    std::size_t batch_octets_ = 0;
    std::size_t most_batch_octets_;
    std::vector<std::size_t> order_;
    std::size_t opened_ = 0;
    bool refreshing_ = false;
    bool given_up_ = false;
    steady_clock::time_point asked_;
    steady_clock::time_point heard_;
};

}  // namespace

SyncReader::SyncReader(const ProducerConfig& config)
    : config_(config), queue_(std::make_unique<MessageQueue>(config.queue_bytes)) {
    config_.searches = all_searches(config);
}

SyncReader::~SyncReader() {
    stop();
}

ProviderState SyncReader::connect() {
    session_ = std::make_unique<Session>(config_.ldap, config_.searches, stop_.get_token());
    return session_->provider();
}

void SyncReader::start(std::vector<std::optional<std::string>> cookies) {
    cookies.resize(config_.searches.size());
    thread_ = std::jthread([this, own = std::move(cookies)] { run(own); });
}

void SyncReader::run(const std::vector<std::optional<std::string>>& cookies) {
    block_signals();
    Stream(config_, cookies, *session_, *queue_).follow(stop_.get_token());
    // At once: until then the server queues for us.
    session_.reset();
}

std::vector<Message> SyncReader::pop_all(std::size_t most, milliseconds timeout) {
    return queue_->pop_all(most, timeout);
}

void SyncReader::stop() {
    stop_.request_stop();
    queue_->close();
}

}  // namespace entstream::producer::sync
