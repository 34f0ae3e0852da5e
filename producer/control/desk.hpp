#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "entstream/v1/control.pb.h"
#include "producer/control/request.hpp"
#include "producer/producer_config.hpp"
#include "producer/publish/publisher.hpp"
#include "producer/publish/restore.hpp"

namespace entstream::producer::control {

/// Numbers of an answer.
struct Counts {
    std::uint64_t generation = 0;
    std::uint64_t compared = 0;
    std::uint64_t published = 0;
    std::uint64_t removals = 0;
};

/// The requests of the control topic that wait, and the answers to all of the last days. Everything it says goes into
/// the publisher's open transaction, so that an answer is seen together with what it answers, and a restarted producer
/// goes on with what was not done. Not thread-safe.
class Desk {
  public:
    using Time = std::chrono::system_clock::time_point;

    /// How long an answer stays, and how old a request may be when it is read first.
    static constexpr std::chrono::hours answers_kept{24 * 7};

    Desk(const ProducerConfig& config, publish::Publisher& publisher, const publish::Restored& restored);

    /// Where the control topic is to be read from; 0: from its start.
    [[nodiscard]] std::int64_t next_offset() const { return static_cast<std::int64_t>(state_.next_offset()); }
    /// A record of the control topic: queued and answered as accepted, refused, or known already.
    /// \param asked_at  the record's time
    void take(std::string_view key, std::optional<std::string_view> value, std::int64_t offset, Time asked_at,
              Time now);
    /// The control topic was made anew: it is read from its start, and requests that were answered are not done again.
    void topic_is_new() { state_.set_next_offset(0); }

    /// The oldest request that waits, of those that are done at once or of those that take their time. nullptr: none.
    /// Valid until it is done or refused.
    [[nodiscard]] const v1::ControlRequest* next_short() const { return first(short_); }
    [[nodiscard]] const v1::ControlRequest* next_long() const { return first(long_); }

    /// A former process, or this one, has begun it.
    [[nodiscard]] bool is_running(const v1::ControlRequest& request) const {
        return answers_.at(request.request_id()).status() == v1::ANSWER_STATUS_RUNNING;
    }
    void running(const v1::ControlRequest& request, const Counts& counts);
    void done(const v1::ControlRequest& request, const Counts& counts);
    void refused(const v1::ControlRequest& request, const Refusal& refusal);

    /// Drops answers that have been kept long enough.
    void drop_old(Time now);

  private:
    /// Offsets and request ids. A topic that is made anew begins with the same offsets again.
    using Queue = std::set<std::pair<std::uint64_t, std::string>>;

    [[nodiscard]] const v1::ControlRequest* first(const Queue& queue) const;
    void refuse_unread(const std::string& id, v1::ControlAnswer answer, const Refusal& refusal);
    void settle(const std::string& id, v1::AnswerStatus status);
    void write(const v1::ControlAnswer& answer);

    const ProducerConfig* config_;
    publish::Publisher* publisher_;
    v1::ControlState state_;
    std::map<std::string, v1::ControlAnswer> answers_;  ///< by request id
    Queue short_;
    Queue long_;
};

}  // namespace entstream::producer::control
