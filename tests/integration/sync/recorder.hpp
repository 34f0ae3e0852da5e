#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "producer/sync/cookie.hpp"
#include "producer/sync/sync_reader.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {

/// Follows a source as the publisher does and keeps what came, probes apart.
class Recorder {
  public:
    using Message = producer::sync::Message;

    /// Connects and starts. \param cookies  as SyncReader::start()
    explicit Recorder(const producer::ProducerConfig& config, std::vector<std::optional<std::string>> cookies = {})
        : reader_(config), provider_(reader_.connect()) {
        reader_.start(std::move(cookies));
    }

    [[nodiscard]] producer::sync::SyncReader& reader() { return reader_; }
    [[nodiscard]] const producer::sync::ProviderState& provider() const { return provider_; }
    /// All messages so far but probes.
    [[nodiscard]] const std::vector<Message>& messages() const { return messages_; }
    [[nodiscard]] const std::vector<producer::sync::ProbeMessage>& probes() const { return probes_; }
    /// What to resume a search from, as a producer of one search builds it.
    [[nodiscard]] const producer::sync::Cookie& cookie() const { return cookie_; }

    /// Reads until a message of this type is there, beyond those that next() gave before. Fails the test when none
    /// comes.
    template <typename Kind>
    Kind next(const std::function<bool(const Kind&)>& wanted = [](const Kind&) { return true; }) {
        std::optional<Kind> found;
        wait_until([&] {
            for (; !found && position_ < messages_.size(); ++position_) {
                const auto* const message = std::get_if<Kind>(&messages_[position_]);
                if (message != nullptr && wanted(*message)) {
                    found = *message;
                }
            }
            if (!found) {
                read();
            }
            return found.has_value();
        });
        EXPECT_TRUE(found) << "the awaited message did not come";
        return found.value_or(Kind{});
    }

    /// Reads until the end of the refresh of a search.
    producer::sync::RefreshMessage end_of_refresh(std::size_t search = 0) {
        return next<producer::sync::RefreshMessage>(
            [search](const auto& message) { return message.search == search && message.done; });
    }

    /// Reads until the provider has answered a probe that was asked from now on: what it had to say before is here.
    void settle() {
        const auto now = std::chrono::system_clock::now();
        wait_until([&] {
            read();
            return !probes_.empty() && probes_.back().asked_at > now;
        });
    }

    /// The entries among messages(), from position `from` on.
    [[nodiscard]] std::vector<producer::sync::EntryMessage> entries(std::size_t from = 0) const {
        std::vector<producer::sync::EntryMessage> result;
        for (std::size_t i = from; i < messages_.size(); ++i) {
            if (const auto* const entry = std::get_if<producer::sync::EntryMessage>(&messages_[i])) {
                result.push_back(*entry);
            }
        }
        return result;
    }

  private:
    void read() {
        for (Message& message : reader_.pop_all(1000, std::chrono::milliseconds(20))) {
            if (auto* const probe = std::get_if<producer::sync::ProbeMessage>(&message)) {
                probes_.push_back(*probe);
            } else {
                note_cookie(message);
                messages_.push_back(std::move(message));
            }
        }
    }

    // Cookies count in persist and at the end of the refresh only.
    void note_cookie(const Message& message) {
        using namespace producer::sync;
        if (const auto* const refresh = std::get_if<RefreshMessage>(&message)) {
            persist_ = persist_ || refresh->done;
            cookie_.merge(Cookie::parse(refresh->done ? refresh->cookie.value_or("") : ""));
        } else if (const auto* const entry = std::get_if<EntryMessage>(&message); entry != nullptr && persist_) {
            cookie_.merge(Cookie::parse(entry->cookie.value_or("")));
        } else if (const auto* const newer = std::get_if<NewCookieMessage>(&message)) {
            cookie_.merge(Cookie::parse(newer->cookie));
        }
    }

    producer::sync::SyncReader reader_;
    producer::sync::ProviderState provider_;
    std::vector<Message> messages_;
    std::vector<producer::sync::ProbeMessage> probes_;
    producer::sync::Cookie cookie_;
    std::size_t position_ = 0;
    bool persist_ = false;
};

/// The first value of an attribute; empty when there is none.
inline std::string value_of(const producer::sync::EntryMessage& entry, std::string_view attribute) {
    const auto* const found = producer::sync::find_attribute(entry.attributes, attribute);
    return found == nullptr || found->values.empty() ? "" : found->values.front();
}

}  // namespace entstream::test
