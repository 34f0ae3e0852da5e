#include "producer/sync/full_reader.hpp"

#include <ldap.h>
#include <pthread.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "producer/sync/side_reader.hpp"

namespace entstream::producer::sync {

namespace {

constexpr std::chrono::milliseconds room_interval{100};
/// Handed over together: waking the publisher for each entry costs more than parsing it.
constexpr std::size_t entries_at_once = 64;

}  // namespace

FullReader::FullReader(ProducerConfig config, std::vector<std::size_t> searches, std::size_t most_octets)
    : config_(std::move(config)), searches_(std::move(searches)), queue_(most_octets) {
    std::stable_sort(searches_.begin(), searches_.end(), [this](std::size_t left, std::size_t right) {
        return config_.searches[left].kind < config_.searches[right].kind;
    });
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

FullReader::~FullReader() {
    thread_.request_stop();
    queue_.close();
}

void FullReader::run(const std::stop_token& stop) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);

    SideReader reader(config_, stop);
    std::vector<Message> batch;
    const auto hand_over = [&] {
        while (queue_.full() && !stop.stop_requested()) {
            queue_.wait_for_room(room_interval);
        }
        queue_.push_all(batch);
    };
    try {
        for (const std::size_t search : searches_) {
            reader.read_all(search, [&](EntryMessage entry) {
                batch.emplace_back(std::move(entry));
                if (batch.size() >= entries_at_once) {
                    hand_over();
                }
            });
            batch.emplace_back(DoneMessage{
                .search = search, .result_code = LDAP_SUCCESS, .diagnostic = {}, .cookie = {}, .refresh_deletes = {}});
            hand_over();
        }
    } catch (const ldap::LdapError& error) {
        batch.emplace_back(DisconnectedMessage{.why = error.what(), .error_class = error.error_class()});
        hand_over();
    }
}

}  // namespace entstream::producer::sync
