#include "consumer/app/applier.hpp"

#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

#include "common/log/context.hpp"
#include "consumer/read/split.hpp"

namespace entstream::consumer::app {

Applier::Applier(Target& target, Recovery& recovery, read::DeadLetters& dead_letters, FetchRecord fetch)
    : target_(target), recovery_(recovery), dead_letters_(dead_letters), fetch_(std::move(fetch)) {}

std::optional<merge::ApplySummary> Applier::apply(const Batch& batch, const std::string& topic) {
    if (!recovery_.on_kafka([&] { dead_letters_.flush(); })) {
        return std::nullopt;
    }
    auto summary = apply_stretch(batch, topic);
    if (summary) {
        sequences_[batch.source] = batch.last_sequence;
    }
    return summary;
}

bool Applier::is_in(const Batch& batch) {
    const auto stored = target_.position(batch.source);
    return stored && stored->next_offset == batch.next_offset;
}

std::optional<merge::ApplySummary> Applier::apply_stretch(const Batch& batch, const std::string& topic) {
    merge::ApplySummary summary;
    bool repeated = false;
    try {
        const bool done = recovery_.on_target([&] {
            // After a failure the answer to the commit may be what was lost.
            if (!std::exchange(repeated, true) || !is_in(batch)) {
                summary = target_.apply(batch);
            }
        });
        return done ? std::optional(summary) : std::nullopt;
    } catch (const std::exception& failure) {
        if (merge::classify(std::current_exception()) != merge::Failure::permanent) {
            throw;
        }
        spdlog::debug("source {}: {}", batch.source, failure.what());
        return apply_parts(batch, topic, merge::words_without_values(failure));
    }
}

std::optional<merge::ApplySummary> Applier::apply_parts(const Batch& batch, const std::string& topic,
                                                        const std::string& why) {
    const std::size_t deltas = read::delta_count(batch);
    if (deltas <= 1) {
        return reject(batch, topic, why);
    }
    const log::Context of_batch({.source = batch.source, .offset = batch.first_offset});
    spdlog::info("source {}: offsets {} to {} are applied in two parts: {}", batch.source, batch.first_offset,
                 batch.next_offset - 1, why);
    const auto [first, second] = read::split(batch, sequences_[batch.source]);
    auto summary = apply_stretch(first, topic);
    if (!summary) {
        return std::nullopt;
    }
    const auto of_second = apply_stretch(second, topic);
    if (!of_second) {
        return std::nullopt;
    }
    summary->counts += of_second->counts;
    return summary;
}

std::optional<merge::ApplySummary> Applier::reject(const Batch& batch, const std::string& topic,
                                                   const std::string& why) {
    if (!batch.has_deltas()) {
        throw std::runtime_error("source " + batch.source + ": the position cannot be moved to " +
                                 std::to_string(batch.next_offset) + " in entstream.position: " + why +
                                 "; look for a trigger or constraint on the schema entstream of Moodle's database");
    }
    const Offset offset = read::only_version(batch);
    const log::Context of_record({.source = batch.source, .offset = offset});
    const read::Rejection rejection{.stage = read::Stage::task_put, .reason = why};
    Batch rest = read::without_deltas(batch);
    const bool stored = recovery_.on_kafka([&] {
        const bool found = fetch_(topic, offset, [&](const read::LogRecord& record) {
            spdlog::warn(
                "source {}: offset {}, {}: goes to the dead letters, and waits in entstream.refused: {}; sweeps try "
                "again",
                batch.source, offset, record.key, why);
            dead_letters_.add(topic, record, rejection);
            rest.refused = RefusedRecord{.key = std::string(record.key),
                                         .value = std::string(record.value.value_or("")),
                                         .version = offset,
                                         .reason = why};
        });
        if (!found) {
            spdlog::warn("source {}: offset {} is passed over ({}): a later record of the same key follows",
                         batch.source, offset, why);
        }
    });
    if (!stored || !recovery_.on_kafka([&] { dead_letters_.flush(); })) {
        return std::nullopt;
    }
    return apply_stretch(rest, topic);
}

}  // namespace entstream::consumer::app
