#include "producer/control/desk.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace entstream::producer::control {

namespace {

constexpr const char* control_key = "control";
constexpr std::size_t longest_asked_by = 200;

bool is_open(const v1::ControlAnswer& answer) {
    return answer.status() == v1::ANSWER_STATUS_ACCEPTED || answer.status() == v1::ANSWER_STATUS_RUNNING;
}

void set_counts(v1::ControlAnswer& answer, const Counts& counts) {
    answer.set_generation(counts.generation);
    answer.set_entries_compared(counts.compared);
    answer.set_published(counts.published);
    answer.set_removals(counts.removals);
}

Desk::Time time_of(const google::protobuf::Timestamp& timestamp) {
    return Desk::Time(std::chrono::seconds(timestamp.seconds()));
}

}  // namespace

Desk::Desk(const ProducerConfig& config, publish::Publisher& publisher, const publish::Restored& restored)
    : config_(&config),
      publisher_(&publisher),
      state_(restored.control.value_or(v1::ControlState())),
      answers_(restored.answers) {
    for (const auto& [id, answer] : answers_) {
        if (is_open(answer)) {
            (is_short(answer.request()) ? short_ : long_).emplace(answer.offset(), id);
        }
    }
}

const v1::ControlRequest* Desk::first(const Queue& queue) const {
    return queue.empty() ? nullptr : &answers_.at(queue.begin()->second).request();
}

void Desk::write(const v1::ControlAnswer& answer) {
    publisher_->state("answer/" + answer.request_id(), &answer);
}

void Desk::refuse_unread(const std::string& id, v1::ControlAnswer answer, const Refusal& refusal) {
    spdlog::warn("request {} on the control topic is refused: {}; remedy: {}", id, refusal.reason, refusal.remedy);
    answer.set_status(v1::ANSWER_STATUS_REFUSED);
    answer.set_reason(refusal.reason);
    answer.set_remedy(refusal.remedy);
    write(answer);
    answers_[id] = std::move(answer);
}

void Desk::take(std::string_view key, std::optional<std::string_view> value, std::int64_t offset, Time asked_at,
                Time now) {
    state_.set_next_offset(static_cast<std::uint64_t>(offset) + 1);
    publisher_->state(control_key, &state_);
    if (!value) {
        return;
    }
    // An answer needs a key of its own, also where the request has none.
    const std::string id = is_request_id(key) ? std::string(key) : "offset-" + std::to_string(offset);
    if (answers_.contains(id)) {
        return;
    }
    v1::ControlAnswer answer;
    answer.set_request_id(id);
    answer.set_offset(static_cast<std::uint64_t>(offset));
    *answer.mutable_updated_at() = publish::to_timestamp(now);
    *answer.mutable_asked_at() = publish::to_timestamp(asked_at);
    v1::ControlRequest request;
    if (!request.ParseFromArray(value->data(), static_cast<int>(value->size()))) {
        refuse_unread(id, std::move(answer),
                      {.reason = "its value is not an entstream.v1.ControlRequest",
                       .remedy = "encode it as proto/entstream/v1/control.proto says"});
        return;
    }
    answer.set_asked_by(request.asked_by().substr(0, longest_asked_by));
    answer.set_task(task_name(request));
    if (const auto refusal = check(request, key, *config_)) {
        refuse_unread(id, std::move(answer), *refusal);
        return;
    }
    if (now - asked_at > answers_kept) {
        refuse_unread(id, std::move(answer),
                      {.reason = "it was asked too long ago: nobody knows any more whether it was done",
                       .remedy = "ask again, with another request_id"});
        return;
    }
    spdlog::info("request {}: {} is accepted", id, answer.task());
    answer.set_status(v1::ANSWER_STATUS_ACCEPTED);
    (is_short(request) ? short_ : long_).emplace(answer.offset(), id);
    *answer.mutable_request() = std::move(request);
    write(answer);
    answers_[id] = std::move(answer);
}

void Desk::running(const v1::ControlRequest& request, const Counts& counts) {
    v1::ControlAnswer& answer = answers_.at(request.request_id());
    answer.set_status(v1::ANSWER_STATUS_RUNNING);
    set_counts(answer, counts);
    *answer.mutable_updated_at() = publish::to_timestamp(std::chrono::system_clock::now());
    write(answer);
}

void Desk::settle(const std::string& id, v1::AnswerStatus status) {
    v1::ControlAnswer& answer = answers_.at(id);
    short_.erase({answer.offset(), id});
    long_.erase({answer.offset(), id});
    answer.set_status(status);
    answer.clear_request();  // it may name a person, and `id` may be its
    *answer.mutable_updated_at() = publish::to_timestamp(std::chrono::system_clock::now());
    write(answer);
}

void Desk::done(const v1::ControlRequest& request, const Counts& counts) {
    const std::string& id = request.request_id();
    v1::ControlAnswer& answer = answers_.at(id);
    set_counts(answer, counts);
    spdlog::info("request {}: {} is done: {} entries compared, {} records published, {} of them removals", id,
                 answer.task(), counts.compared, counts.published, counts.removals);
    settle(id, v1::ANSWER_STATUS_DONE);
}

void Desk::refused(const v1::ControlRequest& request, const Refusal& refusal) {
    const std::string& id = request.request_id();
    v1::ControlAnswer& answer = answers_.at(id);
    answer.set_reason(refusal.reason);
    answer.set_remedy(refusal.remedy);
    spdlog::warn("request {}: {} is refused: {}; remedy: {}", id, answer.task(), refusal.reason, refusal.remedy);
    settle(id, v1::ANSWER_STATUS_REFUSED);
}

void Desk::drop_old(Time now) {
    std::erase_if(answers_, [&](const auto& each) {
        if (is_open(each.second) || now - time_of(each.second.updated_at()) <= answers_kept) {
            return false;
        }
        publisher_->state("answer/" + each.first, nullptr);
        return true;
    });
}

}  // namespace entstream::producer::control
