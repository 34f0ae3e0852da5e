#include "producer/app/ask.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <optional>

#include "common/kafka/log_reader.hpp"
#include "common/kafka/producer.hpp"
#include "common/model/topics.hpp"
#include "producer/control/request.hpp"
#include "producer/publish/publisher.hpp"

namespace entstream::producer::app {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// How long a producer may take to say that it has the request.
constexpr auto patience = 30s;

[[noreturn]] void refuse_words(const std::string& why) {
    throw runtime::ProgramError(
        runtime::ExitCode::usage,
        "--ask: " + why +
            "; it is one of: reconcile, reconcile ENTRY, reconcile search NAME, resync, republish ENTRY, approve, "
            "approve VIEW, purge DAYS, purge UUID; ENTRY is a UUID, a DN or a filter in parentheses");
}

v1::EntryChoice entry_of(const std::string& word) {
    v1::EntryChoice entry;
    if (word.starts_with('(')) {
        entry.set_filter(word);
    } else if (Uuid::from_text(word)) {
        entry.set_uuid(word);
    } else {
        entry.set_dn(word);
    }
    return entry;
}

void set_purge(v1::Purge& purge, const std::string& word) {
    const bool number = !word.empty() && word.size() < 6 &&
                        std::all_of(word.begin(), word.end(), [](unsigned char c) { return c >= '0' && c <= '9'; });
    if (number) {
        purge.set_older_than_days(static_cast<std::uint32_t>(std::stoul(word)));
    } else {
        purge.set_uuid(word);
    }
}

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

}  // namespace

v1::ControlRequest request_of(const std::vector<std::string>& words) {
    v1::ControlRequest request;
    const std::string task = words.empty() ? "" : words[0];
    const std::size_t more = words.empty() ? 0 : words.size() - 1;
    if (task == "reconcile" && more == 0) {
        request.mutable_reconcile()->set_everything(true);
    } else if (task == "reconcile" && more == 1) {
        *request.mutable_reconcile()->mutable_entry() = entry_of(words[1]);
    } else if (task == "reconcile" && more == 2 && words[1] == "search") {
        request.mutable_reconcile()->set_search(words[2]);
    } else if (task == "resync" && more == 0) {
        request.mutable_resync();
    } else if (task == "republish" && more == 1) {
        *request.mutable_republish()->mutable_entry() = entry_of(words[1]);
    } else if (task == "approve" && more <= 1) {
        request.mutable_approve()->set_view(more == 0 ? "" : words[1]);
    } else if (task == "purge" && more == 1) {
        set_purge(*request.mutable_purge(), words[1]);
    } else {
        refuse_words(task.empty() ? "it asks for nothing" : "these words mean nothing");
    }
    return request;
}

runtime::ExitCode ask(const ProducerConfig& config, const std::vector<std::string>& words,
                      const runtime::StopSignal& stop) {
    v1::ControlRequest request = request_of(words);
    const std::string id = Uuid::random().to_text();
    request.set_request_id(id);
    request.set_asked_by(name_of_asker());
    *request.mutable_asked_at() = publish::to_timestamp(std::chrono::system_clock::now());
    if (const auto refusal = control::check(request, id, config)) {
        throw runtime::ProgramError(runtime::ExitCode::usage,
                                    "--ask: " + refusal->reason + "; remedy: " + refusal->remedy);
    }

    const Topics topics = Topics::of(config.kafka.topic_prefix, config.source);
    std::int64_t end = 0;
    {
        const kafka::LogReader look(config.kafka, topics.state, 0);
        end = look.bounds().end;
    }
    kafka::LogReader answers(config.kafka, topics.state, end);
    kafka::Producer control(config.kafka, topics.control);
    control.send(id, request.SerializeAsString(), {});
    control.flush();

    const std::string key = "answer/" + id;
    const auto give_up = Clock::now() + patience;
    for (bool heard = false; !stop.requested();) {
        const auto record = answers.poll(100ms);
        v1::ControlAnswer answer;
        if (record && record->key() == key && record->value() &&
            answer.ParseFromArray(record->value()->data(), static_cast<int>(record->value()->size()))) {
            heard = true;
            fmt::print("{}\n", describe(answer));
            static_cast<void>(std::fflush(stdout));
            if (answer.status() == v1::ANSWER_STATUS_DONE) {
                return runtime::ExitCode::ok;
            }
            if (answer.status() == v1::ANSWER_STATUS_REFUSED) {
                return runtime::ExitCode::refused;
            }
        }
        if (!heard && Clock::now() >= give_up) {
            throw runtime::ProgramError(runtime::ExitCode::unavailable,
                                        "no entstream-producer of source " + config.source + " has answered request " +
                                            id + " within 30 s; it stays on topic " + topics.control +
                                            " and is done when one runs: start it, or look at what it logs");
        }
    }
    return runtime::ExitCode::temporary;
}

}  // namespace entstream::producer::app
