#include "replay/reconciling.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <string_view>

#include "common/kafka/log_reader.hpp"
#include "common/kafka/record.hpp"
#include "common/model/topics.hpp"
#include "common/requests/ask.hpp"
#include "common/requests/request.hpp"
#include "entstream/v1/control.pb.h"

namespace entstream::replay {

namespace {

std::string age(std::chrono::system_clock::duration duration) {
    using namespace std::chrono;
    if (duration >= hours(48)) {
        return fmt::format("{} days", duration_cast<days>(duration).count());
    }
    if (duration >= minutes(120)) {
        return fmt::format("{} h", duration_cast<hours>(duration).count());
    }
    return duration >= seconds(120) ? fmt::format("{} min", duration_cast<minutes>(duration).count())
                                    : fmt::format("{} s", duration_cast<seconds>(duration).count());
}

/// The end of the last reconcile or resync of all searches; nullopt: there was none.
std::optional<std::chrono::system_clock::time_point> last_complete_refresh(const kafka::KafkaConfig& kafka,
                                                                           const std::string& source) {
    constexpr std::string_view key = "reconcile";
    std::optional<std::chrono::system_clock::time_point> completed;
    try {
        // The topic has a record of each entry, too.
        const auto is_completed = [&](const kafka::Record& record) {
            v1::ReconcileState state;
            if (record.key() != key || !record.value() ||
                !state.ParseFromArray(record.value()->data(), static_cast<int>(record.value()->size())) ||
                !state.has_completed_at()) {
                return false;
            }
            completed = std::chrono::system_clock::time_point(std::chrono::microseconds(
                google::protobuf::util::TimeUtil::TimestampToMicroseconds(state.completed_at())));
            return true;
        };
        kafka::find_newest(kafka, Topics::of(kafka.topic_prefix, source).state, is_completed);
    } catch (const kafka::TopicMissing&) {
        return std::nullopt;  // no producer of entstream has run yet
    }
    return completed;
}

}  // namespace

bool reconcile(const Context& context, const std::vector<std::string>& sources, const std::optional<std::string>& entry,
               Progress& progress) {
    for (const std::string& source : sources) {
        v1::ControlRequest request;
        if (entry) {
            *request.mutable_reconcile()->mutable_entry() = requests::entry_of(*entry);
        } else {
            request.mutable_reconcile()->set_everything(true);
        }
        progress.begin("reconcile of " + source);
        progress.say(fmt::format("source {}: the producer compares the directory with the log", source));
        const auto last =
            requests::ask(context.config.kafka, source, request, context.stop, [&](const v1::ControlAnswer& answer) {
                progress.show(static_cast<std::int64_t>(answer.entries_compared()), 0);
            });
        if (!last) {
            return false;
        }
        if (last->status() == v1::ANSWER_STATUS_REFUSED && entry) {
            // Who has left, or was never there: what the log says of him counts.
            spdlog::info("source {}: the producer finds nothing to compare: {}", source, last->reason());
        } else if (last->status() == v1::ANSWER_STATUS_REFUSED) {
            throw runtime::ProgramError(
                runtime::ExitCode::refused,
                fmt::format("the producer of source {} refuses a reconcile: {}; remedy: {}; or leave it out with "
                            "--no-reconcile",
                            source, last->reason(), last->remedy()));
        }
    }
    return true;
}

std::string ages_of_refreshes(const consumer::ConsumerConfig& config) {
    std::string text;
    for (const std::string& source : config.sources) {
        const auto completed = last_complete_refresh(config.kafka, source);
        text += (text.empty() ? "" : "; ") + source + ": ";
        text += completed ? fmt::format("{:%Y-%m-%d %H:%M} UTC, {} ago",
                                        fmt::gmtime(std::chrono::system_clock::to_time_t(*completed)),
                                        age(std::chrono::system_clock::now() - *completed))
                          : "never";
    }
    return text;
}

}  // namespace entstream::replay
