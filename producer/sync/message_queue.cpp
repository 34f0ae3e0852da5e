#include "producer/sync/message_queue.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace entstream::producer::sync {

namespace {

// Nothing while the characters lie within the string itself.
std::size_t heap_of(const std::string& text) {
    static const std::size_t within = std::string().capacity();
    return text.capacity() > within ? text.capacity() + 1 : 0;
}

std::size_t heap_of(const EntryMessage& entry) {
    std::size_t octets = heap_of(entry.dn) + entry.attributes.capacity() * sizeof(Attribute);
    for (const Attribute& attribute : entry.attributes) {
        octets += heap_of(attribute.name) + attribute.values.capacity() * sizeof(std::string);
        for (const std::string& value : attribute.values) {
            octets += heap_of(value);
        }
    }
    return octets;
}

std::size_t heap_of(const IdSetMessage& set) {
    return set.uuids.size() * sizeof(Uuid);
}

template <typename Small>
std::size_t heap_of(const Small& /*message*/) {
    return 0;
}

}  // namespace

std::size_t memory_of(const Message& message) {
    return sizeof(Message) + std::visit([](const auto& content) { return heap_of(content); }, message);
}

std::size_t memory_of(const EntryMessage& message) {
    return sizeof(EntryMessage) + heap_of(message);
}

void MessageQueue::push_all(std::vector<Message>& messages) {
    bool first = false;
    {
        const std::scoped_lock lock(mutex_);
        first = messages_.empty();
        for (Message& message : messages) {
            if (!closed_) {
                const std::size_t octets = memory_of(message);
                octets_ += octets;
                messages_.push_back({.message = std::move(message), .octets = octets});
            }
        }
    }
    messages.clear();
    if (first) {
        filled_.notify_one();
    }
}

bool MessageQueue::empty() const {
    const std::scoped_lock lock(mutex_);
    return messages_.empty();
}

MessageQueue::Fill MessageQueue::fill() const {
    const std::lock_guard lock(mutex_);
    return {.messages = messages_.size(), .octets = octets_};
}

bool MessageQueue::full() const {
    const std::scoped_lock lock(mutex_);
    return octets_ >= most_octets_;
}

void MessageQueue::wait_for_room(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    emptied_.wait_for(lock, timeout, [this] { return closed_ || octets_ < most_octets_; });
}

std::vector<Message> MessageQueue::pop_all(std::size_t most, std::chrono::milliseconds timeout) {
    std::vector<Message> result;
    {
        std::unique_lock lock(mutex_);
        filled_.wait_for(lock, timeout, [this] { return closed_ || !messages_.empty(); });
        const std::size_t count = std::min(most, messages_.size());
        result.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            octets_ -= messages_.front().octets;
            result.push_back(std::move(messages_.front().message));
            messages_.pop_front();
        }
    }
    emptied_.notify_one();
    return result;
}

void MessageQueue::close() {
    {
        const std::scoped_lock lock(mutex_);
        closed_ = true;
        messages_.clear();
        octets_ = 0;
    }
    filled_.notify_all();
    emptied_.notify_all();
}

}  // namespace entstream::producer::sync
