#include "common/requests/ask.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/kafka/log_reader.hpp"
#include "common/kafka/producer.hpp"
#include "common/model/topics.hpp"
#include "common/model/uuid.hpp"

namespace entstream::requests {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// How long a producer may take to say that it has the request.
constexpr auto patience = 30s;

std::string name_of_asker() {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    const char* const user = std::getenv("USER");
    return fmt::format("{}@{}, pid {}", user == nullptr ? std::to_string(getuid()) : std::string(user), host.data(),
                       getpid());
}

std::string_view word_for(v1::AnswerStatus status) {
    switch (status) {
        case v1::ANSWER_STATUS_ACCEPTED:
            return "accepted";
        case v1::ANSWER_STATUS_RUNNING:
            return "running";
        case v1::ANSWER_STATUS_DONE:
            return "done";
        case v1::ANSWER_STATUS_REFUSED:
            return "refused";
        default:
            return "?";
    }
}

}  // namespace

std::string describe(const v1::ControlAnswer& answer) {
    std::string line = fmt::format("{} {}: {}", answer.request_id(), answer.task(), word_for(answer.status()));
    if (answer.status() == v1::ANSWER_STATUS_RUNNING || answer.status() == v1::ANSWER_STATUS_DONE) {
        line += fmt::format(", {} entries compared, {} records published, {} removals", answer.entries_compared(),
                            answer.published(), answer.removals());
    }
    if (!answer.reason().empty()) {
        line += fmt::format(": {}; remedy: {}", answer.reason(), answer.remedy());
    }
    return line;
}

runtime::ExitCode exit_code_of(const std::optional<v1::ControlAnswer>& answer) {
    if (!answer) {
        return runtime::ExitCode::temporary;
    }
    return answer->status() == v1::ANSWER_STATUS_DONE ? runtime::ExitCode::ok : runtime::ExitCode::refused;
}

std::optional<v1::ControlAnswer> ask(const kafka::KafkaConfig& config, const std::string& source,
                                     v1::ControlRequest request, const runtime::StopSignal& stop,
                                     const std::function<void(const v1::ControlAnswer&)>& heard) {
    const std::string id = Uuid::random().to_text();
    request.set_request_id(id);
    request.set_asked_by(name_of_asker());
    *request.mutable_asked_at() = google::protobuf::util::TimeUtil::GetCurrentTime();

    const Topics topics = Topics::of(config.topic_prefix, source);
    std::int64_t end = 0;
    {
        const kafka::LogReader look(config, topics.state, 0);
        end = look.bounds().end;
    }
    kafka::LogReader answers(config, topics.state, end);
    kafka::Producer control(config, topics.control);
    control.send(id, request.SerializeAsString(), {});
    control.flush();

    const std::string key = "answer/" + id;
    const auto give_up = Clock::now() + patience;
    for (bool has_answer = false; !stop.requested();) {
        const auto record = answers.poll(100ms);
        v1::ControlAnswer answer;
        if (record && record->key() == key && record->value() &&
            answer.ParseFromArray(record->value()->data(), static_cast<int>(record->value()->size()))) {
            has_answer = true;
            heard(answer);
            if (answer.status() == v1::ANSWER_STATUS_DONE || answer.status() == v1::ANSWER_STATUS_REFUSED) {
                return answer;
            }
        }
        if (!has_answer && Clock::now() >= give_up) {
            throw runtime::ProgramError(
                runtime::ExitCode::unavailable,
                fmt::format(
                    "no entstream-producer of source {} has answered request {} within 30 s; it stays on topic {} "
                    "and is done when one runs: start it, or look at what it logs",
                    source, id, topics.control));
        }
    }
    return std::nullopt;
}

}  // namespace entstream::requests
